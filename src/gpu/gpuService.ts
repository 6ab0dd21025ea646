import type { Clock } from '../shared/clock';
import type { Disposable } from '../shared/disposable';
import { errorMessage } from '../shared/errors';
import { Emitter } from '../shared/event';
import type { GpuDevice, GpuState, GpuStatus } from '../shared/gpu/gpu';
import type { Logger } from '../shared/logger';
import {
  defaultGpuIntervalMs,
  type GpuLine,
  type GpuProcessOptionsInput,
  type GpuProviderName,
} from '../shared/protocol/gpuLines';
import { CircuitBreaker, type CircuitBreakerLimits, defaultBreakerLimits } from './circuitBreaker';
import type { GpuChild, StartGpuChild } from './gpuChild';
import type { GpuLineProblem } from './gpuLineReader';
import { GpuProcessCosts, type GpuProcessCost } from './gpuProcessCosts';
import { defaultGpuRunLimits, GpuProcessRun, type GpuRunFailure, type GpuRunLimits } from './gpuProcessRun';
import { defaultRestartLimits, type RestartLimits, RestartPolicy } from './restartPolicy';

/** What a person can set. A change of `intervalMs` alone reaches the running process; others restart it. */
export type GpuServiceSettings = Omit<GpuProcessOptionsInput, 'paused'>;

export interface GpuServiceDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number;
  readonly startChild: StartGpuChild;
}

export interface GpuServiceLimits extends CircuitBreakerLimits, RestartLimits, GpuRunLimits {}

export const defaultGpuServiceLimits: GpuServiceLimits = {
  ...defaultBreakerLimits,
  ...defaultRestartLimits,
  ...defaultGpuRunLimits,
};

export interface GpuCountChange {
  readonly previous: number;
  readonly count: number;
}

/** Telemetry was given up. */
export interface GpuError {
  readonly code: 'gpuGivenUp';
  /** How many times in a row the process failed. */
  readonly failures: number;
  /** How it failed the last time: what it or the system said. */
  readonly reason: string;
}

/** A reading older than this many intervals, and the slack, is not the present. */
const staleAfterIntervals = 3;
const staleSlackMs = 2_000;

/**
 * Keeps the GPU process running and holds its last good reading. A process that fails is restarted after a
 * growing delay; one that fails three times in a row is given up until `restart`.
 */
export class GpuService implements Disposable {
  private readonly metricsEmitter: Emitter<GpuState>;
  private readonly statusEmitter: Emitter<GpuState>;
  private readonly countEmitter: Emitter<GpuCountChange>;
  private readonly errorEmitter: Emitter<GpuError>;
  private readonly breaker: CircuitBreaker;
  private readonly restartPolicy: RestartPolicy;
  private readonly costs = new GpuProcessCosts();

  private status: GpuStatus = 'notStarted';
  private reason: string | undefined;
  /** Whether the present run has said what devices there are. */
  private hasRead = false;
  private devices: readonly GpuDevice[] = [];
  private devicesJson: string | undefined;
  private readAt: string | undefined;
  private readAtMs = 0;
  private run: GpuProcessRun | undefined;
  private pendingRestart: Disposable | undefined;
  /** Runs that were asked to end and have not yet. */
  private readonly ending = new Map<GpuProcessRun, Promise<void>>();
  private readonly failingProviders = new Map<GpuProviderName, string>();
  private readonly dropped: Record<GpuLineProblem, number> = { invalid: 0, overlong: 0, flood: 0 };
  private readonly loggedProblems = new Set<GpuLineProblem>();
  private paused = false;
  private disposed = false;

  constructor(
    private settings: GpuServiceSettings,
    private readonly dependencies: GpuServiceDependencies,
    private readonly limits: GpuServiceLimits = defaultGpuServiceLimits,
  ) {
    const onListenerError = (error: unknown): void => {
      dependencies.logger.error('a listener failed', error);
    };
    this.metricsEmitter = new Emitter(onListenerError);
    this.statusEmitter = new Emitter(onListenerError);
    this.countEmitter = new Emitter(onListenerError);
    this.errorEmitter = new Emitter(onListenerError);
    this.breaker = new CircuitBreaker(dependencies.clock, limits);
    this.restartPolicy = new RestartPolicy(dependencies.random, limits);
  }

  /** The devices or one of their figures are not what they were. */
  get metricsUpdated(): Emitter<GpuState>['event'] {
    return this.metricsEmitter.event;
  }

  /** The status or its reason is not what it was. */
  get statusChanged(): Emitter<GpuState>['event'] {
    return this.statusEmitter.event;
  }

  /** A device came or went; not for the first reading of all. */
  get gpuCountChanged(): Emitter<GpuCountChange>['event'] {
    return this.countEmitter.event;
  }

  /** Telemetry has been given up, and a person may want to know. */
  get error(): Emitter<GpuError>['event'] {
    return this.errorEmitter.event;
  }

  get state(): GpuState {
    return {
      status: this.status,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      count: this.devices.length,
      devices: this.devices,
      ...(this.status === 'breakerOpen' ? { failures: this.limits.maxFailures } : {}),
      ...(this.readAt === undefined ? {} : { readAt: this.readAt }),
      ...(this.isStale ? { stale: true } : {}),
    };
  }

  /** Age of the last good reading; undefined before the first. */
  get readingAgeMs(): number | undefined {
    return this.readAt === undefined ? undefined : this.dependencies.clock.monotonicMs() - this.readAtMs;
  }

  /** What the GPU process and its tools cost; undefined before the first heartbeat. */
  get cost(): GpuProcessCost | undefined {
    return this.costs.current;
  }

  /** Lines of the process that were dropped, by reason, since the service was made. */
  get droppedLines(): Readonly<Record<GpuLineProblem, number>> {
    return this.dropped;
  }

  /** Starts the process. Does nothing while it runs, is about to be restarted, or the breaker is open. */
  start(): void {
    if (this.disposed || this.breaker.isOpen || this.run !== undefined || this.pendingRestart !== undefined)
      return;
    this.launch();
  }

  /** Ends the process and keeps the last reading. Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.endRun();
    if (this.status !== 'notStarted' && !this.breaker.isOpen) this.setStatus('stopped');
    await Promise.all(this.ending.values());
  }

  /** Closes the breaker, forgets earlier failures and starts the process anew. */
  restart(): void {
    if (this.disposed) return;
    this.breaker.close();
    this.restartPolicy.reset();
    this.loggedProblems.clear();
    this.endRun();
    this.launch();
  }

  /** Stops the sampling in the process, for as long as nobody looks. */
  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.run?.send({ type: 'pause' });
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.run?.send({ type: 'resume' });
  }

  configure(settings: GpuServiceSettings): void {
    const { intervalMs: oldIntervalMs, ...oldRest } = this.settings;
    const { intervalMs, ...rest } = settings;
    this.settings = settings;
    if (JSON.stringify(oldRest) !== JSON.stringify(rest)) {
      if (this.run === undefined && this.pendingRestart === undefined) return;
      this.endRun();
      this.launch();
    } else if (intervalMs !== undefined && intervalMs !== oldIntervalMs) {
      this.run?.send({ type: 'interval', intervalMs });
    }
  }

  /** Kills the process. Await `stop` before, where the process's own clean end matters. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.pendingRestart?.dispose();
    this.run?.dispose();
    this.run = undefined;
    for (const run of this.ending.keys()) run.dispose();
    for (const emitter of [this.metricsEmitter, this.statusEmitter, this.countEmitter, this.errorEmitter]) {
      emitter.dispose();
    }
  }

  /** Asked for with each snapshot rather than told: nothing happens at the moment at which a reading is too old. */
  private get isStale(): boolean {
    if (this.devices.length === 0) return false;
    if (this.status !== 'running' && this.status !== 'degraded') return true;
    const intervalMs = this.settings.intervalMs ?? defaultGpuIntervalMs;
    return (this.readingAgeMs ?? 0) > staleAfterIntervals * intervalMs + staleSlackMs;
  }

  private launch(): void {
    this.pendingRestart = undefined;
    this.failingProviders.clear();
    this.hasRead = false;
    const { clock, logger, startChild } = this.dependencies;
    let child: GpuChild;
    try {
      child = startChild({ ...this.settings, paused: this.paused });
    } catch (error) {
      this.onFailure({ reason: `could not be started: ${errorMessage(error)}`, blindMs: 0, healthyMs: 0 });
      return;
    }
    this.run = new GpuProcessRun(
      child,
      clock,
      logger,
      {
        onMessage: (message) => {
          this.onMessage(message);
        },
        onProblem: (problem, detail) => {
          this.onProblem(problem, detail);
        },
        onFailure: (failure) => {
          this.onFailure(failure);
        },
      },
      this.limits,
    );
    // Last: a listener may stop the service, which must find the run that it is to end.
    this.setStatus('starting', this.reason);
  }

  /** Ends the current run, if any, without counting it as a failure. */
  private endRun(): void {
    this.pendingRestart?.dispose();
    this.pendingRestart = undefined;
    const { run } = this;
    this.run = undefined;
    this.costs.endRun();
    if (run === undefined) return;
    this.ending.set(
      run,
      run.stop().finally(() => this.ending.delete(run)),
    );
  }

  private onMessage(message: GpuLine): void {
    switch (message.type) {
      case 'init':
        this.dependencies.logger.debug(`asks ${message.providers.join(', ') || 'no provider'}`);
        break;
      case 'heartbeat':
        this.costs.record(message);
        break;
      case 'metrics':
        this.hasRead = true;
        break;
      case 'providerError':
        if (this.failingProviders.get(message.provider) === message.message) break;
        this.dependencies.logger.warning(`${message.provider}: ${message.message}`);
        this.failingProviders.set(message.provider, message.message);
        break;
      case 'providerRecovered':
        if (this.failingProviders.delete(message.provider)) {
          this.dependencies.logger.info(`${message.provider}: answers again`);
        }
        break;
      case 'fatal':
        // The process ends by itself; the failure is counted at its exit, with this message as the reason.
        return;
    }
    if (this.failingProviders.size > 0) {
      this.setStatus(
        'degraded',
        [...this.failingProviders].map(([name, text]) => `${name}: ${text}`).join('; '),
      );
    } else if (this.hasRead) {
      this.setStatus('running');
    } else if (this.status === 'degraded') {
      this.setStatus('starting');
    }
    // Last: a listener may stop the service, which the lines above would undo.
    if (message.type === 'metrics') this.onReading(message.ts, message.gpus);
  }

  private onReading(readAt: string, devices: readonly GpuDevice[]): void {
    const previous = this.readAt === undefined ? undefined : this.devices.length;
    this.readAt = readAt;
    this.readAtMs = this.dependencies.clock.monotonicMs();
    const devicesJson = JSON.stringify(devices);
    if (devicesJson === this.devicesJson) return;
    this.devices = devices;
    this.devicesJson = devicesJson;
    if (previous !== undefined && previous !== devices.length) {
      this.dependencies.logger.info(`number of GPUs: ${previous} → ${devices.length}`);
      this.countEmitter.fire({ previous, count: devices.length });
    }
    this.metricsEmitter.fire(this.state);
  }

  private onProblem(problem: GpuLineProblem, detail: string): void {
    this.dropped[problem] += 1;
    if (this.loggedProblems.has(problem)) return;
    this.loggedProblems.add(problem);
    this.dependencies.logger.warning(
      `dropped a line (${problem}): ${detail}; more of these are only counted`,
    );
  }

  private onFailure({ reason, blindMs, healthyMs }: GpuRunFailure): void {
    const { clock, logger } = this.dependencies;
    this.run = undefined;
    this.costs.endRun();
    if (this.breaker.recordFailure(blindMs)) {
      const failures = this.limits.maxFailures;
      logger.error(`telemetry is off: failed ${failures} times in a row; the last time: ${reason}`);
      this.setStatus('breakerOpen', reason);
      // A listener may have started it anew.
      if (this.breaker.isOpen) this.errorEmitter.fire({ code: 'gpuGivenUp', failures, reason });
      return;
    }
    const delayMs = this.restartPolicy.nextDelayMs(healthyMs);
    logger.warning(`process failed: ${reason}; restarts in ${Math.round(delayMs)} ms`);
    this.pendingRestart = clock.setTimeout(() => {
      this.launch();
    }, delayMs);
    this.setStatus('starting', reason);
  }

  private setStatus(status: GpuStatus, reason?: string): void {
    if (this.status === status && this.reason === reason) return;
    if (this.status !== status)
      this.dependencies.logger.info(`status: ${status}${reason ? ` (${reason})` : ''}`);
    this.status = status;
    this.reason = reason;
    this.statusEmitter.fire(this.state);
  }
}
