import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { LineWriter } from '../../../src/gpu/lineWriter';
import type { GpuLine } from '../../../src/shared/protocol/gpuLines';

/** A stream whose reader takes nothing until it is told to. */
class SlowStream extends Writable {
  readonly taken: string[] = [];
  private pending: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString());
    this.pending = done;
  }

  async take(): Promise<void> {
    const { pending } = this;
    this.pending = undefined;
    pending?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const metrics = (ts: string): GpuLine => ({ type: 'metrics', ts, count: 0, gpus: [] });
const heartbeat = (ts: string): GpuLine => ({ type: 'heartbeat', ts, cpuMs: 0, rssMB: 0 });

describe('LineWriter', () => {
  it('writes one line a message', async () => {
    const stream = new SlowStream();
    new LineWriter(stream).write(metrics('1'));
    await stream.take();
    assert.deepEqual(stream.taken, ['{"type":"metrics","ts":"1","count":0,"gpus":[]}\n']);
  });

  it('keeps only the newest figures and heartbeat for a slow reader, and every error', async () => {
    const stream = new SlowStream();
    const writer = new LineWriter(stream);
    writer.write(metrics('0'));
    for (let ts = 1; ts <= 1_000; ts += 1) {
      writer.write(metrics(`${ts}`));
      writer.write(heartbeat(`${ts}`));
      if (ts === 500) writer.write({ type: 'providerError', provider: 'amd', message: 'EIO' });
    }
    for (let turn = 0; turn < 10; turn += 1) await stream.take();
    const told = stream.taken.map((line) => JSON.parse(line) as { type: string; ts?: string });
    assert.deepEqual(
      told.map(({ type, ts }) => [type, ts]),
      [
        ['metrics', '0'],
        ['providerError', undefined],
        ['metrics', '1000'],
        ['heartbeat', '1000'],
      ],
    );
  });
});
