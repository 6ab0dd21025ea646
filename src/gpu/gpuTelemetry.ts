import type { Disposable } from '../shared/disposable';
import type { Event } from '../shared/event';
import type { GpuState } from '../shared/gpu/gpu';
import type { GpuProviderName } from '../shared/protocol/gpuLines';
import type { GpuProcessCost } from './gpuProcessCosts';
import type { GpuError, GpuService } from './gpuService';

/** What a person sets. */
export interface GpuTelemetrySettings {
  readonly enabled: boolean;
  /** Empty: those that suit the system. */
  readonly providers: readonly GpuProviderName[];
  readonly intervalMs: number;
}

export type SupervisedGpu = Pick<
  GpuService,
  'state' | 'cost' | 'error' | 'start' | 'stop' | 'restart' | 'pause' | 'resume' | 'configure' | 'dispose'
>;

/**
 * Whether telemetry runs, and how often it samples: as a person wants it by settings and commands, and only while
 * somebody looks. The process is started when that is first the case.
 */
export class GpuTelemetry implements Disposable {
  /** Until `start`, and after a person stopped it by a command although the settings want it. */
  private stopped = true;
  /** How often those who look want figures; undefined while nobody looks. */
  private followedMs: number | undefined;

  constructor(
    private readonly service: SupervisedGpu,
    private settings: GpuTelemetrySettings,
  ) {}

  get state(): GpuState {
    if (this.settings.enabled) return this.service.state;
    return { status: 'stopped', reason: 'Switched off in the settings', count: 0, devices: [] };
  }

  get cost(): GpuProcessCost | undefined {
    return this.service.cost;
  }

  /** Telemetry failed too often and is off until `restart`. */
  get onGivenUp(): Event<GpuError> {
    return this.service.error;
  }

  /** @param intervalMs of those who look, or undefined when nobody does any more */
  follow(intervalMs: number | undefined): void {
    this.followedMs = intervalMs;
    this.apply();
  }

  configure(settings: GpuTelemetrySettings): void {
    this.settings = settings;
    this.apply();
  }

  /** Lets telemetry run, at the end of startup, after a stop, and when Sentinel had given it up. */
  start(): void {
    if (this.state.status === 'breakerOpen') {
      this.restart();
      return;
    }
    this.stopped = false;
    this.apply();
  }

  /** Ends the process until `start` or `restart`. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.service.stop();
  }

  /** Starts anew, also after failures that had made Sentinel give up. */
  restart(): void {
    this.stopped = false;
    if (this.settings.enabled) this.service.restart();
    this.apply();
  }

  /** Ends the process and waits for it. */
  async end(): Promise<void> {
    await this.stop();
    this.service.dispose();
  }

  dispose(): void {
    this.stopped = true;
    this.service.dispose();
  }

  private apply(): void {
    const { enabled, providers, intervalMs } = this.settings;
    if (!enabled || this.stopped) {
      void this.service.stop();
      return;
    }
    this.service.configure({
      intervalMs: Math.max(intervalMs, this.followedMs ?? 0),
      ...(providers.length === 0 ? {} : { providers: [...providers] }),
    });
    if (this.followedMs === undefined) {
      this.service.pause();
      return;
    }
    this.service.resume();
    this.service.start();
  }
}
