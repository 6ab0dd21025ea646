import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { Emitter, type Event } from '../../shared/event';
import type { GpuState } from '../../shared/gpu/gpu';
import type { Logger } from '../../shared/logger';
import { type HistoryPoint, historyPoint } from '../../shared/metrics/history';
import type { MachineSnapshot, MetricsSnapshot, OwnCost } from '../../shared/metrics/snapshot';
import {
  type ProcessDemand,
  processDemands,
  samplingBoundsMs,
  type SamplingConfig,
} from '../../shared/protocol/metricsWorker';
import type { WorkerClient } from '../../workers/workerClient';
import { SilenceTimer } from '../../shared/silenceTimer';
import { MetricsHistory } from './metricsHistory';
import type { VolumeSource } from './remoteVolumes';

/** What someone who shows metrics needs; held as long as it is needed. */
export interface MetricsDemand {
  readonly intervalMs: number;
  readonly processes: ProcessDemand;
}

/** A demand that is held; disposing it ends the demand. */
export interface MetricsHold extends Disposable {
  /** Puts another demand in this one's place, so that sampling goes on in between. */
  change(demand: MetricsDemand): void;
}

/** Where the GPU part of a snapshot comes from. */
export interface GpuSource {
  readonly state: GpuState;
  /** Processor time of the GPU process so far, which only grows, and its memory now; undefined before it ran. */
  readonly cost: { readonly cpuMs: number; readonly rssMB: number } | undefined;
  /** Tells how often figures are wanted; undefined: nobody looks, or a person paused. */
  follow(intervalMs: number | undefined): void;
}

export type MetricsWorker = Pick<
  WorkerClient<Record<string, never>, SamplingConfig, MachineSnapshot>,
  'onStarted' | 'onPush' | 'notify' | 'keepAlive' | 'replace' | 'stop'
> & {
  /** Milliseconds that this process spent on checking the newest sample. */
  readonly checkingMs?: number;
};

/** A thread that misses this many samples in a row hangs. */
const missedSamples = 3;
/** A busy machine may delay a sample; this much is added before people are told that no samples come … */
const lateSlackMs = 2_000;
/** … and this much before the thread counts as hung. */
const silenceSlackMs = 5_000;
/**
 * The machine's figures, sampled on a thread as often as the most demanding of those who look, and not at all while
 * nobody does or a person paused it. Keeps the history for charts.
 */
export class MetricsService implements Disposable {
  private readonly store = new DisposableStore();
  private readonly snapshots: Emitter<MetricsSnapshot>;
  private readonly pauses: Emitter<boolean>;
  private readonly intervals: Emitter<number | undefined>;
  private readonly lateness: Emitter<string | undefined>;
  private readonly demands = new Set<{ demand: MetricsDemand }>();
  private readonly points = new MetricsHistory();
  private latest: MetricsSnapshot | undefined;
  private config: SamplingConfig | undefined;
  private running: Disposable | undefined;
  private silence: SilenceTimer | undefined;
  private lateTimer: SilenceTimer | undefined;
  private lateSinceTime: string | undefined;
  private isPaused = false;
  private disposed = false;
  /** What listeners in this process spent on the previous snapshot. */
  private listenersMs = 0;
  private gpuCpuMs: number | undefined;

  constructor(
    private readonly worker: MetricsWorker,
    private readonly gpu: GpuSource,
    private readonly volumes: VolumeSource,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    const onListenerError = (error: unknown): void => {
      logger.error('Someone who shows metrics failed.', error);
    };
    this.snapshots = this.store.add(new Emitter(onListenerError));
    this.pauses = this.store.add(new Emitter(onListenerError));
    this.intervals = this.store.add(new Emitter(onListenerError));
    this.lateness = this.store.add(new Emitter(onListenerError));
    this.onSnapshot = this.snapshots.event;
    this.onPausedChanged = this.pauses.event;
    this.onIntervalChanged = this.intervals.event;
    this.onLateChanged = this.lateness.event;
    // Each new thread, also one that replaces another, is told what to do before anything else.
    this.store.add(
      worker.onStarted(() => {
        if (this.config !== undefined) worker.notify(this.config);
      }),
    );
    this.store.add(
      worker.onPush((sample) => {
        this.receive(sample);
      }),
    );
  }

  readonly onSnapshot: Event<MetricsSnapshot>;
  readonly onPausedChanged: Event<boolean>;
  /** Fires with the new value of `intervalMs`. */
  readonly onIntervalChanged: Event<number | undefined>;
  /** Fires with the new value of `lateSince`. */
  readonly onLateChanged: Event<string | undefined>;

  /** The newest snapshot; undefined before the first. */
  get current(): MetricsSnapshot | undefined {
    return this.latest;
  }

  /** Oldest first, a quarter of an hour at most. */
  get history(): readonly HistoryPoint[] {
    return this.points.all;
  }

  /** The pace in force, which may be faster than what one holder demands; undefined while nothing is sampled. */
  get intervalMs(): number | undefined {
    return this.config?.intervalMs;
  }

  /** Since when (ISO 8601) the thread owes a sample; undefined while samples come, and while none are asked for. */
  get lateSince(): string | undefined {
    return this.lateSinceTime;
  }

  get paused(): boolean {
    return this.isPaused;
  }

  setPaused(paused: boolean): void {
    if (paused === this.isPaused || this.disposed) return;
    this.isPaused = paused;
    this.logger.info(paused ? 'Paused.' : 'Resumed.');
    this.apply();
    this.pauses.fire(paused);
  }

  /** Asks for snapshots until the returned hold is disposed. */
  demand(demand: MetricsDemand): MetricsHold {
    const held = { demand };
    if (!this.disposed) {
      this.demands.add(held);
      this.apply();
    }
    return {
      change: (next) => {
        if (!this.demands.has(held)) return;
        held.demand = next;
        this.apply();
      },
      dispose: () => {
        if (this.demands.delete(held)) this.apply();
      },
    };
  }

  /**
   * Ends the thread and waits for it, though not long: one that asks a broken disk ends when that answers.
   * Never rejects.
   */
  async stop(): Promise<void> {
    this.dispose();
    await this.worker.stop();
  }

  dispose(): void {
    this.disposed = true;
    this.demands.clear();
    this.apply();
    this.store.dispose();
  }

  private apply(): void {
    const next = this.isPaused ? undefined : strongest(this.demands);
    if (next?.intervalMs === this.config?.intervalMs && next?.processes === this.config?.processes) return;
    const intervalChanged = next?.intervalMs !== this.config?.intervalMs;
    this.config = next;
    this.gpu.follow(next?.intervalMs);
    // Whoever wants every change of the processes looks at a panel, which shows the volumes as well.
    this.volumes.follow(next?.processes === 'everyTick');
    this.silence?.dispose();
    this.silence = undefined;
    this.lateTimer?.dispose();
    this.lateTimer = undefined;
    if (next === undefined) this.end();
    else {
      this.watch(next);
      this.expect(next);
      if (this.running === undefined) this.running = this.worker.keepAlive();
      else this.worker.notify(next);
    }
    if (intervalChanged) this.intervals.fire(next?.intervalMs);
  }

  /** The thread ends: after a pause of any length rates begin anew instead of being means over the pause. */
  private end(): void {
    this.running?.dispose();
    this.running = undefined;
    void this.worker.replace('nobody looks at metrics');
    this.setLate(undefined);
  }

  /** Says so when samples stay away, sooner than the thread is given up: old figures must not pass for present ones. */
  private expect(config: SamplingConfig): void {
    this.lateTimer = undefined;
    if (this.lateSinceTime !== undefined) return;
    this.lateTimer = new SilenceTimer(
      this.clock,
      missedSamples * config.intervalMs + lateSlackMs,
      (silentMs) => {
        this.lateTimer = undefined;
        this.setLate(new Date(this.clock.now() - silentMs).toISOString());
      },
    );
  }

  private setLate(since: string | undefined): void {
    if (since === this.lateSinceTime) return;
    this.lateSinceTime = since;
    this.lateness.fire(since);
  }

  /** Replaces a thread that hangs: a thread that exits is replaced by its client. */
  private watch(config: SamplingConfig): void {
    const limitMs = missedSamples * config.intervalMs + silenceSlackMs;
    this.silence = new SilenceTimer(this.clock, limitMs, (silentMs) => {
      this.logger.warning(`No sample for ${Math.round(silentMs / 1_000)} s: the metrics thread is replaced.`);
      void this.worker.replace('it sent no samples');
      this.watch(config);
    });
  }

  private receive(sample: MachineSnapshot): void {
    // A sample that was on its way when sampling stopped is no longer asked for.
    if (this.config === undefined) return;
    this.silence?.heard();
    this.lateTimer?.heard();
    const startedMs = this.clock.monotonicMs();
    const snapshot: MetricsSnapshot = {
      ...sample,
      disk: { ...sample.disk, volumes: this.volumes.merge(sample.disk.volumes) },
      gpu: this.gpu.state,
      sentinel: this.ownCost(sample),
    };
    this.latest = snapshot;
    this.points.add(historyPoint(snapshot));
    if (this.lateSinceTime !== undefined) {
      this.setLate(undefined);
      this.expect(this.config);
    }
    this.snapshots.fire(snapshot);
    this.listenersMs = this.clock.monotonicMs() - startedMs;
  }

  /** Thread, GPU process, checking this sample, and what showing the previous snapshot took in this process. */
  private ownCost({ sentinel, elapsedMs }: MachineSnapshot): OwnCost {
    const { cost } = this.gpu;
    const gpuMs = cost === undefined ? 0 : cost.cpuMs - (this.gpuCpuMs ?? cost.cpuMs);
    this.gpuCpuMs = cost?.cpuMs;
    return {
      ...(sentinel.cpuPercent === undefined || elapsedMs === undefined
        ? {}
        : {
            cpuPercent:
              sentinel.cpuPercent +
              (100 * ((this.worker.checkingMs ?? 0) + this.listenersMs + gpuMs)) / elapsedMs,
          }),
      ...(sentinel.rssMB === undefined ? {} : { rssMB: sentinel.rssMB + (cost?.rssMB ?? 0) }),
    };
  }
}

/** One configuration that satisfies everyone. */
function strongest(demands: ReadonlySet<{ readonly demand: MetricsDemand }>): SamplingConfig | undefined {
  if (demands.size === 0) return undefined;
  let intervalMs: number = samplingBoundsMs.max;
  let rank = 0;
  for (const { demand } of demands) {
    intervalMs = Math.min(intervalMs, demand.intervalMs);
    rank = Math.max(rank, processDemands.indexOf(demand.processes));
  }
  return {
    intervalMs: Math.max(samplingBoundsMs.min, intervalMs),
    processes: processDemands[rank] ?? 'never',
  };
}
