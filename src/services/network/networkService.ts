import type { NetworkHost } from '../../shared/network/networkDetails';
import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { SentinelError } from '../../shared/errors';
import { Emitter } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import type { ScanRecord } from '../../shared/scan/record';
import { ResultCache } from '../cache/resultCache';
import type { History } from '../history/history';
import { keepRecord } from '../history/keepRecord';
import type { ProcessStarter } from '../process/processInTask';
import type { Task, TaskContext } from '../tasks/task';
import { defaultKindLimits, type TaskKind } from '../tasks/taskKinds';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import type { NmapLocator, NmapProgram } from './nmap/nmapLocator';
import { networkRecord, type NetworkRecord } from './networkRecord';
import { runNmap } from './networkScan';
import { isSetupProblem, type NetworkProblem } from './networkProblem';
import { previousScan } from './previousScan';
import {
  type Consent,
  type NetworkScanRequest,
  type PreparedScan,
  prepareScan,
  type ResolveName,
  scanKey,
} from './scanRequest';

export interface NetworkServiceOptions {
  readonly locator: Pick<NmapLocator, 'locate'>;
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly processes: ProcessStarter;
  readonly history: Pick<History, 'put' | 'page' | 'get'>;
  readonly resolve: ResolveName;
  /** Whether raw sockets are worth a try. */
  readonly privileged: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the task is called. */
  readonly titleOf: (request: NetworkScanRequest) => string;
}

export interface NetworkScanResult {
  readonly request: NetworkScanRequest;
  /** Absent where nmap was not even asked. */
  readonly record?: NetworkRecord;
  readonly problem?: NetworkProblem;
  /** Set where the result was at hand: how long ago it was made. */
  readonly ageMs?: number;
}

/** What goes on while a scan runs; `id` tells scans apart. */
export type NetworkScanEvent =
  | { readonly type: 'started'; readonly id: number; readonly request: NetworkScanRequest }
  | { readonly type: 'hostUp'; readonly id: number; readonly address: string }
  | { readonly type: 'host'; readonly id: number; readonly host: NetworkHost }
  | { readonly type: 'ended'; readonly id: number; readonly result: NetworkScanResult };

const minuteMs = 60_000;
const keptMs = 30 * minuteMs;
const mostKept = 50;
/** A kind's time limit is for so many addresses; larger networks get more in proportion, up to a point. */
const addressesOfLimit = 256;
const longestLimitMs = 12 * 60 * minuteMs;

/** Scans of networks by nmap: as tasks, with their results kept for a while and in the history. */
export class NetworkService implements Disposable {
  private readonly events: Emitter<NetworkScanEvent>;
  private readonly results: ResultCache<NetworkScanResult>;
  private lastId = 0;

  readonly onEvent;

  constructor(private readonly options: NetworkServiceOptions) {
    const { clock, logger } = options;
    this.events = new Emitter((error) => {
      logger.error('A listener to network scans failed.', error);
    });
    this.onEvent = this.events.event;
    this.results = new ResultCache({
      clock,
      ttlMs: keptMs,
      maxEntries: mostKept,
      isCacheable: ({ record, problem }) => problem === undefined && record?.details.complete === true,
    });
  }

  /** Judges what is to be scanned, and says what a person has to be asked first. */
  prepare(typed: Parameters<typeof prepareScan>[0]): Promise<PreparedScan> {
    return prepareScan(typed, this.options.resolve);
  }

  /** The result that is at hand, with its age. */
  peek(request: NetworkScanRequest): NetworkScanResult | undefined {
    const cached = this.results.peek(cacheKey(request));
    return cached && { ...cached.value, ageMs: cached.ageMs };
  }

  /**
   * Scans, unless there is a result that is at most half an hour old; whoever asks for the same meanwhile gets the
   * same. Rejects for nothing that a scan can come to.
   * @param consents what a person has said yes to
   * @throws SentinelError `network.unconfirmed` where the request needs more of them
   */
  async scan(
    request: NetworkScanRequest,
    consents: readonly Consent[],
    { refresh = false }: { readonly refresh?: boolean } = {},
  ): Promise<NetworkScanResult> {
    const missing = request.needs.filter((need) => !consents.includes(need));
    if (missing.length > 0) {
      throw new SentinelError(
        'network.unconfirmed',
        `Nobody has confirmed this target: ${missing.join(', ')}.`,
      );
    }
    const cached = refresh ? undefined : this.peek(request);
    return cached ?? this.results.get(cacheKey(request), () => this.run(request), { refresh });
  }

  /** The scan of the same target in the same way that came to its end before this one; undefined where none is kept. */
  async previous(record: NetworkRecord): Promise<NetworkRecord | undefined> {
    return previousScan(this.options.history, record);
  }

  dispose(): void {
    this.results.dispose();
    this.events.dispose();
  }

  private async run(request: NetworkScanRequest): Promise<NetworkScanResult> {
    const id = ++this.lastId;
    let result: NetworkScanResult = { request, problem: { type: 'cancelled' } };
    const kind = kindOf(request);
    const task: Task<void> = this.options.supervisor.submit({
      kind,
      title: this.options.titleOf(request),
      userStarted: true,
      timeLimitMs: timeLimitMs(kind, request.addressCount),
      // Looking up names is silent, and takes as long as the servers let it.
      watched: false,
      run: async (context) => {
        this.events.fire({ type: 'started', id, request });
        result = await this.inTask(context, id, request, () => task.metrics.runningMs);
        context.signal.throwIfAborted();
      },
    });
    const outcome = await task.outcome;
    if (outcome.status === 'failed') {
      result = { request, problem: { type: 'failed', message: outcome.error.message } };
    } else if (outcome.status === 'timedOut') result = { ...result, problem: { type: 'timedOut' } };
    this.events.fire({ type: 'ended', id, result });
    return result;
  }

  private async inTask(
    context: TaskContext,
    id: number,
    request: NetworkScanRequest,
    runningMs: () => number,
  ): Promise<NetworkScanResult> {
    const { locator, processes, privileged, clock, logger } = this.options;
    const startedAt = clock.now();
    const program = await locator.locate(context.signal);
    if (!isProgram(program)) return { request, problem: program };
    logger.info(`nmap ${program.version} (${program.file}) scans ${request.addressCount} addresses.`);
    const outcome = await runNmap(
      context,
      program,
      request,
      { processes, privileged },
      {
        onHost: (host) => {
          this.events.fire({ type: 'host', id, host });
        },
        onHostUp: (address) => {
          this.events.fire({ type: 'hostUp', id, address });
        },
      },
    );
    const { problem } = outcome;
    if (problem !== undefined && isSetupProblem(problem)) return { request, problem };
    const finishedAt = clock.now();
    const record = networkRecord({
      request,
      outcome,
      version: program.version,
      startedAt,
      finishedAt,
      durationMs: Math.max(0, Math.min(runningMs(), finishedAt - startedAt)),
    });
    await this.keep(record);
    return problem === undefined ? { request, record } : { request, record, problem };
  }

  private keep(record: ScanRecord): Promise<void> {
    return keepRecord(this.options.history, record, this.options.logger);
  }
}

/** A name may lead elsewhere by now. */
function cacheKey(request: NetworkScanRequest): string {
  return `${scanKey(request)} ${request.address}`;
}

function isProgram(found: NmapProgram | NetworkProblem): found is NmapProgram {
  return 'file' in found && 'version' in found;
}

function kindOf({ profile }: NetworkScanRequest): TaskKind {
  return profile === 'quick' || profile === 'discovery' ? 'networkQuick' : 'networkThorough';
}

function timeLimitMs(kind: TaskKind, addressCount: number): number {
  const shares = Math.ceil(addressCount / addressesOfLimit);
  return Math.min(longestLimitMs, defaultKindLimits[kind].timeLimitMs * shares);
}
