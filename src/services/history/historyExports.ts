import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { HistoryExportRequest, HistoryExportResult } from '../../shared/history/export';
import type { HistoryOperation } from '../../shared/history/operation';
import type { HistoryFilter } from '../../shared/history/query';
import type { Task } from '../tasks/task';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import { runOnThread } from '../tasks/threadWork';
import type { HistorySetAside } from './history';
import type { HistoryThreads } from './historyThreads';

export interface HistoryExportsOptions {
  readonly threads: Pick<HistoryThreads, 'createExport'>;
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly clock: Clock;
  readonly onSetAside: (aside: HistorySetAside) => void;
}

/** What an export takes from the history. */
export interface ExportSource {
  readonly filter: HistoryFilter;
  /** Asked when the export begins: how many records match, once what was added before has been answered. */
  count(): Promise<number>;
  /** What cannot be found in the files, because they cannot be written. */
  waiting(): readonly HistoryOperation[];
}

/** Beyond the limit of every export. */
const msPerRecord = 1;

/** Exports as tasks, each on a thread of its own. */
export class HistoryExports implements Disposable {
  private readonly running = new Set<Disposable>();

  constructor(private readonly options: HistoryExportsOptions) {}

  start(source: ExportSource, request: HistoryExportRequest, title: string): Task<HistoryExportResult> {
    const { threads, supervisor, clock, onSetAside } = this.options;
    return supervisor.submit({
      kind: 'export',
      title,
      userStarted: true,
      run: async (context) => {
        const client = threads.createExport();
        this.running.add(client);
        client.onPush(({ aside }) => {
          onSetAside(aside);
        });
        try {
          // Starts while the records are counted.
          const starting = client.keepAlive();
          context.extendTimeLimit((await source.count()) * msPerRecord);
          starting.dispose();
          const { filter } = source;
          const waiting = [...source.waiting()];
          return await runOnThread(context, client, clock, (control) =>
            client.request('export', { control, filter, request, waiting }),
          );
        } finally {
          this.running.delete(client);
          await client.stop();
        }
      },
    });
  }

  dispose(): void {
    for (const client of this.running) client.dispose();
  }
}
