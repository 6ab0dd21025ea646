import type { Disposable } from '../../shared/disposable';
import type { GpuDevice } from '../../shared/gpu/gpu';
import type { GpuProviderName } from '../../shared/protocol/gpuLines';

/** What a provider tells besides its devices. */
export interface GpuProviderEvents {
  /** New figures are there, of a provider whose tool sets the pace. */
  onReading(): void;
  onError(message: string): void;
  /** The provider answers again after an error. */
  onRecovered(): void;
}

/** One source of GPU figures. Providers know nothing of each other, so that one may fail alone. */
export interface GpuProvider extends Disposable {
  readonly name: GpuProviderName;
  /** Asked when all others have answered, for what they do not know. */
  readonly isLastResort?: boolean;
  /** Begins to measure, or takes another interval. */
  start(intervalMs: number): void;
  /** Ends measuring and every tool that it needs; `start` goes on. */
  suspend(): void;
  /**
   * The devices with their latest figures; a provider without a tool measures now. Undefined before the first
   * answer. No device is an answer: the empty list.
   *
   * @param reported vendors of which the providers before it know cards; only a last resort asks
   */
  read(reported: ReadonlySet<GpuDevice['vendor']>): readonly GpuDevice[] | undefined;
  /** The tools that it keeps running, for the account of what telemetry costs. */
  toolPids(): readonly number[];
}
