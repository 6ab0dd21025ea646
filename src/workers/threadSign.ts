import { SentinelError } from '../shared/errors';

/** Places of the 32-bit cells. */
const cell = { steps: 0, item: 1, stepKB: 2, done: 3, total: 4 } as const;
const signBytes = 5 * Int32Array.BYTES_PER_ELEMENT;
const noItem = -1;

/** What a thread was doing when it was last heard of. */
export interface SignState {
  /** Grows with each step; a thread that is stuck in one makes it stand still. */
  readonly steps: number;
  /** Which of the items that it was given it is busy with; absent where it is busy with several at once. */
  readonly item?: number;
  /** How much there is to do in this step, in bytes. */
  readonly stepBytes: number;
  /** How far long work has come, in steps of its own kind; a total of 0 where nothing was said of it. */
  readonly done: number;
  readonly total: number;
}

/**
 * Memory that a thread shares with its owner to say where it is, before each step that it cannot be interrupted in. The
 * owner learns from it when a step takes longer than it should, and what it was about.
 */
export class ThreadSign {
  private readonly cells: Int32Array<SharedArrayBuffer>;

  /** @throws SentinelError `worker.badThreadSign` when the buffer is not one of a sign */
  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(signBytes)) {
    if (buffer.byteLength !== signBytes) {
      throw new SentinelError(
        'worker.badThreadSign',
        'What should be the sign of a thread is something else.',
      );
    }
    this.cells = new Int32Array(buffer);
  }

  /** The thread's side. @param item absent for a step that is about several items */
  step(stepBytes: number, item = noItem): void {
    Atomics.store(this.cells, cell.item, item);
    Atomics.store(this.cells, cell.stepKB, Math.min(2 ** 31 - 1, Math.ceil(stepBytes / 1_024)));
    Atomics.add(this.cells, cell.steps, 1);
  }

  /** The thread's side. */
  progress(done: number, total: number): void {
    Atomics.store(this.cells, cell.total, total);
    Atomics.store(this.cells, cell.done, done);
  }

  read(): SignState {
    const item = Atomics.load(this.cells, cell.item);
    return {
      steps: Atomics.load(this.cells, cell.steps),
      stepBytes: Atomics.load(this.cells, cell.stepKB) * 1_024,
      done: Atomics.load(this.cells, cell.done),
      total: Atomics.load(this.cells, cell.total),
      ...(item === noItem ? {} : { item }),
    };
  }
}
