import type { VolumeSizes, VolumeToProbe } from '../volumes';

/** Bytes that went through an interface since it came up. */
export interface InterfaceTraffic {
  readonly name: string;
  readonly up: boolean;
  readonly rxBytes: number | undefined;
  readonly txBytes: number | undefined;
  readonly address?: string;
  /** Loopback. */
  readonly internal: boolean;
  /** A tunnel, a bridge or an interface of a virtual machine or container: its bytes pass a device as well. */
  readonly virtual: boolean;
}

export interface MeasuredMemory {
  readonly availableMB: number | undefined;
  readonly swapTotalMB: number | undefined;
  readonly swapUsedMB: number | undefined;
}

export interface RunningProcess {
  readonly pid: number;
  readonly name: string;
  readonly cpuPercent: number;
  readonly rssMB: number;
}

/**
 * Where the portable sampler has its figures from. Answers of `undefined` mean that this system has no such figure;
 * all others are finite and not negative.
 * Whatever needs a program of the system is asynchronous.
 */
export interface PortableSource {
  readonly platform: string;
  hostname(): string;
  /** Milliseconds of each processor since the machine started. */
  processorTimes(): readonly { readonly total: number; readonly idle: number }[];
  loadAverage(): [number, number, number] | undefined;
  totalMemoryMB(): number;
  /** Undefined where the system's own call does not say what its monitor shows, as on macOS. */
  availableMemoryMB(): number | undefined;
  measureMemory(): Promise<MeasuredMemory | undefined>;
  volumes(): Promise<readonly VolumeToProbe[]>;
  statfs(mount: string): Promise<VolumeSizes>;
  systemVolume(): string;
  diskCounters(): Promise<
    { readonly readBytes: number | undefined; readonly writtenBytes: number | undefined } | undefined
  >;
  traffic(): Promise<readonly InterfaceTraffic[] | undefined>;
  /** TCP connections that are established or in CLOSE-WAIT, as Linux counts them. */
  connections(): Promise<number | undefined>;
  temperatureC(): Promise<number | undefined>;
  frequencyMHz(): Promise<number | undefined>;
  processes(): Promise<{ readonly count: number; readonly list: readonly RunningProcess[] } | undefined>;
  /** Processor milliseconds of the calling thread since it started. */
  threadCpuMs(): number | undefined;
}
