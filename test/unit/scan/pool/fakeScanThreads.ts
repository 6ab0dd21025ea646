import { Emitter } from '../../../../src/shared/event';
import { SentinelError } from '../../../../src/shared/errors';
import type { Prepared, ScanThreadRequests } from '../../../../src/shared/protocol/scanThread';
import type { ScanThreadClient } from '../../../../src/services/scan/pool/scanThread';
import { ThreadSign } from '../../../../src/workers/threadSign';
import type { WorkerExit } from '../../../../src/workers/workerClient';

type Requests = ScanThreadRequests;

/** What a fake thread does when it is asked; may stay unsettled, as a thread that is stuck. */
export interface FakeBehaviour {
  prepare?: (request: Requests['prepare']['request'], thread: FakeThread) => Promise<Partial<Prepared>>;
  scanBatch?: (
    request: Requests['scanBatch']['request'],
    thread: FakeThread,
  ) => Promise<Requests['scanBatch']['reply']>;
  scanFile?: (
    request: Requests['scanFile']['request'],
    thread: FakeThread,
  ) => Promise<Requests['scanFile']['reply']>;
}

export const idleCosts = { scanCount: 1, memoryBytes: 10 };

/** A client whose thread is a script of the test. */
export class FakeThread implements ScanThreadClient {
  readonly asked: string[] = [];
  readonly replaced: string[] = [];
  stopped = false;
  private readonly exits = new Emitter<WorkerExit>();
  readonly onExited = this.exits.event;
  private readonly pending = new Set<(error: Error) => void>();

  constructor(
    readonly name: string,
    private readonly behaviour: FakeBehaviour,
  ) {}

  async request<K extends keyof Requests>(
    name: K,
    payload: Requests[K]['request'],
  ): Promise<Requests[K]['reply']> {
    this.asked.push(name);
    return new Promise<Requests[K]['reply']>((resolve, reject) => {
      this.pending.add(reject);
      this.answer(name, payload).then(resolve, reject);
    });
  }

  /** Ends the thread as if it had failed by itself. */
  crash(code: string): void {
    this.fail(new SentinelError(code, 'It ended.'));
  }

  replace(why: string): Promise<void> {
    this.replaced.push(why);
    this.fail(new SentinelError('worker.terminated', why));
    return Promise.resolve();
  }

  dispose(): void {
    this.stopped = true;
    this.fail(new SentinelError('worker.disposed', 'disposed'));
  }

  stop(): Promise<void> {
    this.dispose();
    return Promise.resolve();
  }

  private fail(error: Error): void {
    this.exits.fire({ reason: 'terminated', planned: true });
    for (const reject of this.pending) reject(error);
    this.pending.clear();
  }

  private async answer<K extends keyof Requests>(
    name: K,
    payload: Requests[K]['request'],
  ): Promise<Requests[K]['reply']> {
    const { behaviour } = this;
    if (name === 'prepare') {
      const request = payload as Requests['prepare']['request'];
      new ThreadSign(request.sign).step(0);
      const prepared = await (behaviour.prepare?.(request, this) ?? Promise.resolve({}));
      const ruleNames = request.sources.map(({ namespace }) => `${namespace}/rule`);
      return { ruleNames, faults: [], memoryBytes: 10, elapsedMs: 1, ...prepared } satisfies Prepared;
    }
    if (name === 'scanBatch') {
      const request = payload as Requests['scanBatch']['request'];
      const none = new Uint8Array(request.paths.length).fill(1);
      return (
        behaviour.scanBatch?.(request, this) ??
        Promise.resolve({ judgements: [], unchanged: none, bytes: 0, costs: idleCosts })
      );
    }
    const request = payload as Requests['scanFile']['request'];
    if (behaviour.scanFile === undefined) throw new Error('The test does not expect this.');
    return behaviour.scanFile(request, this);
  }
}
