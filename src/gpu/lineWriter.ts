import type { Writable } from 'node:stream';
import type { GpuLine } from '../shared/protocol/gpuLines';

/** Lines that wait for a slow reader. Errors of providers are few; past this the reader is gone for good. */
const maxWaiting = 32;

/**
 * Writes messages as JSON lines. While the reader is slow nothing piles up: of figures and heartbeats only the
 * newest waits, since an old one is worth nothing.
 */
export class LineWriter {
  private waiting: GpuLine[] = [];
  private blocked = false;

  constructor(private readonly stream: Writable) {
    stream.on('drain', () => {
      this.blocked = false;
      this.flush();
    });
  }

  write(message: GpuLine): void {
    if (message.type === 'metrics' || message.type === 'heartbeat') {
      this.waiting = this.waiting.filter(({ type }) => type !== message.type);
    }
    if (this.waiting.length < maxWaiting) this.waiting.push(message);
    this.flush();
  }

  private flush(): void {
    for (;;) {
      if (this.blocked) return;
      const message = this.waiting.shift();
      if (message === undefined) return;
      this.blocked = !this.stream.write(`${JSON.stringify(message)}\n`);
    }
  }
}
