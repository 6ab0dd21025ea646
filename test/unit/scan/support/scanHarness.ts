import type {
  EngineAnswer,
  EngineControl,
  FileEngine,
  FileTarget,
} from '../../../../src/services/scan/fileEngine';
import { ScanService, type ScanServiceOptions } from '../../../../src/services/scan/scanService';
import type { FileResult, ScanEnd } from '../../../../src/services/scan/scans';
import type { SafeMark } from '../../../../src/services/scan/markedSafe';
import type { Task } from '../../../../src/services/tasks/task';
import { TaskSupervisor } from '../../../../src/services/tasks/taskSupervisor';
import type { EngineReport, EngineState, Finding, ScanRecord } from '../../../../src/shared/scan/record';
import { defaultScanSettings } from '../../../../src/shared/scan/settings';
import { FakeClock, settle } from '../../support/fakeClock';
import { FakeHistory } from '../../support/fakeHistory';
import { RecordingLogger } from '../../support/recordingLogger';
import { FakeCoordinator } from './fakeCoordinator';

/** An engine that a test answers for. */
export class AskedEngine implements FileEngine {
  readonly asked: { readonly target: FileTarget; readonly control: EngineControl }[] = [];
  private readonly answers: ((answer: EngineAnswer) => void)[] = [];
  declinesFolders?: () => Promise<EngineReport | undefined>;

  constructor(
    readonly id: string,
    readonly timeLimitMs = 60_000,
  ) {}

  ask(target: FileTarget, control: EngineControl): Promise<EngineAnswer> {
    this.asked.push({ target, control });
    return new Promise((resolve) => this.answers.push(resolve));
  }

  async say(state: EngineState, given: Partial<EngineReport> = {}, findings: Finding[] = []): Promise<void> {
    const report = { id: this.id, name: this.id, state, ...given };
    for (const answer of this.answers.splice(0)) answer({ report, findings });
    await settle();
  }
}

export const found = (engine: string, weight: Finding['weight'] = 'malicious', path?: string): Finding => ({
  engine,
  rule: 'Some.Signature',
  title: 'Some.Signature',
  severity: 'high',
  weight,
  ...(path === undefined ? {} : { path }),
});

/** The service of scans with a coordinator that a test answers for. */
export class ScanHarness {
  readonly clock = new FakeClock();
  readonly thread = new FakeCoordinator();
  readonly history = new FakeHistory();
  readonly marks: SafeMark[] = [];
  readonly results: FileResult[] = [];
  readonly ends: ScanEnd[] = [];
  /** Every record that was put, in order. */
  readonly puts: ScanRecord[] = [];
  private readonly supervisor = new TaskSupervisor({ clock: this.clock, logger: new RecordingLogger() });

  constructor(private readonly given: Partial<Pick<ScanServiceOptions, 'settings' | 'watchFolder'>> = {}) {}

  service(...engines: readonly FileEngine[]): ScanService {
    const { clock, thread, history, supervisor, marks } = this;
    const service = new ScanService({
      thread,
      supervisor,
      history: {
        put: (record) => {
          this.puts.push(record);
          return history.put(record);
        },
      },
      markedSafe: { list: () => Promise.resolve(marks) },
      clock,
      logger: new RecordingLogger(),
      engines,
      settings: defaultScanSettings,
      exclusionsOf: (base) => ({ base, globs: [] }),
      titleOf: () => 'scan',
      ...this.given,
    });
    service.onFileResult((result) => this.results.push(result));
    service.onEnded((end) => this.ends.push(end));
    return service;
  }

  /** The scan of a file of which the coordinator has been asked. */
  async start(...engines: readonly FileEngine[]): Promise<Task<ScanRecord>> {
    const before = this.thread.scans.length;
    const task = this.service(...engines).scanFile('/nowhere/file');
    await this.untilAsked(before + 1);
    return task;
  }

  async untilAsked(count = 1): Promise<void> {
    while (this.thread.scans.length < count) await settle();
  }

  /** Lets what asks the file system come to its end. */
  async quiet(): Promise<void> {
    for (let round = 0; round < 20; round++) await settle();
  }

  async recordOf(task: Task<ScanRecord>): Promise<ScanRecord> {
    await this.quiet();
    const outcome = await task.outcome;
    if (outcome.status !== 'finished') throw new Error(`The scan ended as ${outcome.status}.`);
    return outcome.result;
  }

  get lastPut(): ScanRecord {
    const record = this.puts.at(-1);
    if (record === undefined) throw new Error('Nothing was put into the history.');
    return record;
  }

  async stop(): Promise<void> {
    await this.supervisor.stop();
  }
}

/** `failed timedOut`: what an engine says for itself. */
export function stateOf({ engines }: Pick<ScanRecord, 'engines'>, id: string): string | undefined {
  const engine = engines.find((one) => one.id === id);
  return engine && [engine.state, engine.reason].filter(Boolean).join(' ');
}
