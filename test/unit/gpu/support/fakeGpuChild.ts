import { PassThrough } from 'node:stream';
import type { GpuChild } from '../../../../src/gpu/gpuChild';

/** A GPU process that says what a test says, and does nothing by itself. */
export class FakeGpuChild implements GpuChild {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly written: string[] = [];
  inputEnded = false;
  killed = false;
  /** Whether it ends when its stdin closes, as the real one does. */
  obedient = true;
  /** Whether it ends when it is killed; what waits for a driver does not. */
  mortal = true;
  readonly exited: Promise<string>;
  private settleExit: (how: string) => void = () => undefined;

  constructor() {
    this.exited = new Promise((resolve) => {
      this.settleExit = resolve;
    });
  }

  say(...lines: readonly string[]): void {
    this.stdout.write(lines.map((line) => `${line}\n`).join(''));
  }

  exit(how: string): void {
    this.settleExit(how);
  }

  write(text: string): void {
    this.written.push(text);
  }

  endInput(): void {
    this.inputEnded = true;
    if (this.obedient) this.exit('exit code 0');
  }

  kill(): void {
    this.killed = true;
    if (this.mortal) this.exit('SIGKILL');
  }
}
