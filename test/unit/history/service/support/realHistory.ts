import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RecordClaims } from '../../../../../src/services/history/claims/recordClaims';
import {
  HistoryService,
  type HistoryServiceOptions,
} from '../../../../../src/services/history/historyService';
import { TaskSupervisor } from '../../../../../src/services/tasks/taskSupervisor';
import { systemClock } from '../../../../../src/shared/clock';
import { historyExportWorkerProtocol } from '../../../../../src/shared/protocol/historyExportWorker';
import type { HistoryRetention } from '../../../../../src/shared/history/query';
import { historyWorkerProtocol } from '../../../../../src/shared/protocol/historyWorker';
import { spawnThread, type Thread } from '../../../../../src/workers/thread';
import { WorkerClient } from '../../../../../src/workers/workerClient';
import { FixtureBundle } from '../../../support/fixtureBundle';
import { RecordingLogger } from '../../../support/recordingLogger';
import { wasmFile } from '../../support/openDatabase';

/** Histories on real threads and a real folder. */
export class RealHistory {
  readonly logger = new RecordingLogger();
  readonly supervisor = new TaskSupervisor({ clock: systemClock, logger: this.logger });
  readonly root = mkdtempSync(path.join(tmpdir(), 'sentinel-history-'));
  readonly folder = path.join(this.root, 'history');
  readonly claimsFolder = path.join(this.folder, 'running');
  /** Every thread that was started, the newest last. */
  readonly threads: Thread[] = [];
  private readonly services: HistoryService[] = [];

  private constructor(private readonly bundle: FixtureBundle) {}

  static async bundle(): Promise<FixtureBundle> {
    const bundle = new FixtureBundle();
    await bundle.build('src/workers/history.worker.ts', 'src/workers/historyExport.worker.ts');
    return bundle;
  }

  static on(bundle: FixtureBundle): RealHistory {
    return new RealHistory(bundle);
  }

  /** Another window on the same folder. */
  open(
    retention: HistoryRetention = { maxRecords: 100_000, maxAgeDays: 0 },
    claims: HistoryServiceOptions['claims'] = this.claims(),
  ): HistoryService {
    const { logger, supervisor } = this;
    const service = new HistoryService({
      threads: {
        createHistory: () =>
          new WorkerClient({
            name: 'history',
            protocol: historyWorkerProtocol,
            clock: systemClock,
            logger,
            spawn: () => this.spawn('history.worker'),
          }),
        createExport: () =>
          new WorkerClient({
            name: 'historyExport',
            protocol: historyExportWorkerProtocol,
            clock: systemClock,
            logger,
            spawn: () => this.spawn('historyExport.worker'),
          }),
      },
      claims,
      supervisor,
      clock: systemClock,
      logger,
      retention,
    });
    this.services.push(service);
    return service;
  }

  claims(): RecordClaims {
    return new RecordClaims({ folder: this.claimsFolder, clock: systemClock, logger: this.logger });
  }

  spawn(
    bundle: 'history.worker' | 'historyExport.worker',
    workerData: unknown = { folder: this.folder, wasmFile },
  ): Thread {
    const thread = spawnThread(this.bundle.file(bundle), { name: bundle, logger: this.logger, workerData });
    this.threads.push(thread);
    return thread;
  }

  async stop(): Promise<void> {
    await this.supervisor.stop();
    await Promise.all(this.services.map((service) => service.stop()));
    await Promise.all(this.threads.map((thread) => thread.terminate()));
    rmSync(this.root, { recursive: true, force: true });
  }
}
