import {
  HistoryService,
  type HistoryServiceOptions,
} from '../../../../../src/services/history/historyService';
import type { HistoryThreads } from '../../../../../src/services/history/historyThreads';
import { TaskSupervisor } from '../../../../../src/services/tasks/taskSupervisor';
import { historyExportWorkerProtocol } from '../../../../../src/shared/protocol/historyExportWorker';
import { historyWorkerProtocol, type HistoryPush } from '../../../../../src/shared/protocol/historyWorker';
import { WorkerClient } from '../../../../../src/workers/workerClient';
import { FakeClock, settle } from '../../../support/fakeClock';
import { RecordingLogger } from '../../../support/recordingLogger';
import { FakeThread } from '../../../workers/support/fakeThread';

export const idleMs = 180_000;

/** A service whose threads answer as the test tells them. */
export class ServiceHarness {
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly threads: FakeThread[] = [];
  readonly exportThreads: FakeThread[] = [];
  readonly supervisor = new TaskSupervisor({ clock: this.clock, logger: this.logger });
  readonly service: HistoryService;
  /** False: the next threads cannot be started. */
  threadsStart = true;

  constructor(options: Partial<HistoryServiceOptions> = {}) {
    const { clock, logger } = this;
    const spawn = (list: FakeThread[]) => () => {
      if (!this.threadsStart) throw new Error('no such file');
      const thread = new FakeThread();
      list.push(thread);
      return thread;
    };
    const threads: HistoryThreads = {
      createHistory: () =>
        new WorkerClient({
          name: 'history',
          protocol: historyWorkerProtocol,
          clock,
          logger,
          idleMs,
          spawn: spawn(this.threads),
        }),
      createExport: () =>
        new WorkerClient({
          name: 'historyExport',
          protocol: historyExportWorkerProtocol,
          clock,
          logger,
          spawn: spawn(this.exportThreads),
        }),
    };
    this.service = new HistoryService({
      threads,
      claims: { put: (_, write) => write() },
      supervisor: this.supervisor,
      clock,
      logger,
      retention: { maxRecords: 100, maxAgeDays: 0 },
      ...options,
    });
  }

  get thread(): FakeThread {
    const thread = this.threads.at(-1);
    if (thread === undefined) throw new Error('No thread was started.');
    return thread;
  }

  /** What the present thread was asked and has not answered: name and payload. */
  get asked(): { id: number; name: string; payload: unknown }[] {
    return this.thread.ofType('request').map(({ id, name, payload }) => ({
      id: Number(id),
      name: String(name),
      payload,
    }));
  }

  /** The operations of each write that the present thread got, by the targets or types. */
  get written(): string[][] {
    return this.asked
      .filter(({ name }) => name === 'write')
      .map(({ payload }) =>
        (payload as { operations: { type: string; record?: { id: string } }[] }).operations.map(
          ({ type, record }) => record?.id ?? type,
        ),
      );
  }

  /** What the present thread was told without being asked. */
  get told(): unknown[] {
    return this.thread.ofType('notification').map(({ payload }) => payload);
  }

  /** Answers the latest request. */
  async answer(value: unknown): Promise<void> {
    this.thread.reply(value);
    await settle();
  }

  async refuse(code: string): Promise<void> {
    const id = this.asked.at(-1)?.id;
    this.thread.messages.fire({ type: 'failure', id, error: { code, message: code } });
    await settle();
  }

  async push(push: HistoryPush): Promise<void> {
    this.thread.messages.fire({ type: 'push', payload: push });
    await settle();
  }

  async crash(): Promise<void> {
    this.thread.crash();
    await settle();
  }
}

export const unwritable: HistoryPush = {
  type: 'state',
  state: { type: 'unwritable', problem: 'full', systemCode: 'ENOSPC', waiting: 1, message: 'no space' },
};
export const ready: HistoryPush = { type: 'state', state: { type: 'ready' } };
