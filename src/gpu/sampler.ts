import type { Clock } from '../shared/clock';
import type { Disposable } from '../shared/disposable';
import { errorMessage } from '../shared/errors';
import type { GpuDevice } from '../shared/gpu/gpu';
import { type GpuLine, type GpuProviderName, maxGpuDevices } from '../shared/protocol/gpuLines';
import { withoutReadings } from './providers/metrics';
import type { GpuProvider, GpuProviderEvents } from './providers/provider';

/** Makes a provider that reports to `events`. */
export type MakeGpuProvider = (events: GpuProviderEvents) => GpuProvider;

export interface SamplerOptions {
  readonly intervalMs: number;
  /** How often a machine without a GPU is looked at again. */
  readonly probeMs: number;
  /** How long a reading after a start waits for providers that have not answered, so that it has every device. */
  readonly settleMs: number;
}

/**
 * Asks all providers at an interval and writes one line for all of their devices. A provider whose tool prints
 * at its own pace sets the pace for the others too. Without any device the machine is only looked at now and
 * then.
 */
export class Sampler implements Disposable {
  private readonly providers: readonly GpuProvider[];
  private readonly failed = new Map<GpuProviderName, string>();
  /** Providers whose error was thrown, not told: they have recovered when nothing is thrown. */
  private readonly threw = new Set<GpuProviderName>();
  private readonly lastDevices = new Map<GpuProviderName, readonly GpuDevice[]>();
  private intervalMs: number;
  private startedAtMs = 0;
  private running = false;
  private next: Disposable | undefined;
  /** Whether the last line said that there is no device: it is not said again. */
  private saidNone = false;

  constructor(
    makers: readonly MakeGpuProvider[],
    private readonly options: SamplerOptions,
    private readonly clock: Clock,
    private readonly write: (line: GpuLine) => void,
  ) {
    this.intervalMs = options.intervalMs;
    this.providers = makers.map((make) => {
      const provider: GpuProvider = make({
        onReading: () => {
          this.sample();
        },
        onError: (message) => {
          this.noteError(provider.name, message);
        },
        onRecovered: () => {
          this.noteRecovered(provider.name);
        },
      });
      return provider;
    });
  }

  get providerNames(): readonly GpuProviderName[] {
    return this.providers.map(({ name }) => name);
  }

  get toolPids(): readonly number[] {
    return this.providers.flatMap((provider) => provider.toolPids());
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.startProviders();
    this.sample();
  }

  /** Ends all sampling; `start` goes on. */
  suspend(): void {
    this.running = false;
    this.next?.dispose();
    this.next = undefined;
    for (const provider of this.providers) provider.suspend();
  }

  setInterval(intervalMs: number): void {
    this.intervalMs = intervalMs;
    if (!this.running) return;
    this.startProviders();
    this.sample();
  }

  dispose(): void {
    this.suspend();
    for (const provider of this.providers) provider.dispose();
  }

  private startProviders(): void {
    this.startedAtMs = this.clock.monotonicMs();
    for (const provider of this.providers) {
      this.guard(provider.name, () => {
        provider.start(this.intervalMs);
      });
    }
  }

  private sample(): void {
    if (!this.running) return;
    let settled = true;
    const gpus: GpuDevice[] = [];
    for (const provider of this.providers) {
      if (provider.isLastResort && !settled) continue;
      const reported = new Set(gpus.map(({ vendor }) => vendor));
      const devices = this.guard(provider.name, () => provider.read(reported));
      if (devices === undefined) {
        settled &&= this.failed.has(provider.name);
        gpus.push(...(this.lastDevices.get(provider.name) ?? []).map(withoutReadings));
      } else {
        this.lastDevices.set(provider.name, devices);
        gpus.push(...devices);
      }
    }
    const waited = this.clock.monotonicMs() - this.startedAtMs;
    // That there is no device can be said only when every provider has answered.
    if (settled || (waited >= this.options.settleMs && gpus.length > 0)) {
      this.writeMetrics(uniqueById(gpus).slice(0, maxGpuDevices));
    }
    this.sampleIn(this.delayMs(settled, gpus.length, waited));
  }

  private delayMs(settled: boolean, devices: number, waitedMs: number): number {
    if (!settled && waitedMs < this.options.settleMs) return this.options.settleMs - waitedMs;
    if (devices === 0) return this.options.probeMs;
    // A tool that sets the pace prints at the interval; only its absence is waited for a little longer.
    const paced = this.toolPids.length > 0;
    return paced ? 1.5 * this.intervalMs : this.intervalMs;
  }

  private sampleIn(delayMs: number): void {
    this.next?.dispose();
    this.next = this.clock.setTimeout(() => {
      this.sample();
    }, delayMs);
  }

  private writeMetrics(gpus: GpuDevice[]): void {
    if (gpus.length === 0 && this.saidNone) return;
    this.saidNone = gpus.length === 0;
    this.write({ type: 'metrics', ts: new Date(this.clock.now()).toISOString(), count: gpus.length, gpus });
  }

  /** Runs a part of a provider; what it throws is its own error and no one else's. */
  private guard<T>(name: GpuProviderName, run: () => T): T | undefined {
    try {
      const result = run();
      if (this.threw.delete(name)) this.noteRecovered(name);
      return result;
    } catch (error) {
      this.threw.add(name);
      this.noteError(name, errorMessage(error));
      return undefined;
    }
  }

  private noteError(provider: GpuProviderName, message: string): void {
    if (this.failed.get(provider) === message) return;
    this.failed.set(provider, message);
    this.write({ type: 'providerError', provider, message: message.slice(0, 2_000) });
  }

  private noteRecovered(provider: GpuProviderName): void {
    if (this.failed.delete(provider)) this.write({ type: 'providerRecovered', provider });
  }
}

/** Where two providers know one device, the first says more: they stand in the order of what they know. */
function uniqueById(devices: readonly GpuDevice[]): GpuDevice[] {
  const byId = new Map<string, GpuDevice>();
  for (const device of devices) if (!byId.has(device.id)) byId.set(device.id, device);
  return [...byId.values()];
}
