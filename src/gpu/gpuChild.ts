import type { Readable } from 'node:stream';
import type { GpuProcessOptionsInput } from '../shared/protocol/gpuLines';

/** The GPU process as its supervisor sees it; tests put a stand-in here. */
export interface GpuChild {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Writes to stdin. Never throws: a process that is gone is noticed through `exited`. */
  write(text: string): void;
  /** Closes stdin, which asks the process to end. */
  endInput(): void;
  /** Ends the process and all that it started, at once. */
  kill(): void;
  /** Settles once, never rejects: how the process ended, in words ("exit code 1", "SIGKILL", "ENOENT"). */
  readonly exited: Promise<string>;
}

/** Starts the GPU process. */
export type StartGpuChild = (options: GpuProcessOptionsInput) => GpuChild;
