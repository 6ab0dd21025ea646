import { type Disposable, toDisposable } from '../shared/disposable';
import { SentinelError } from '../shared/errors';

/** Codes of a control block; a task that several threads share hands the same block to each. */
const command = { run: 0, pause: 1, cancel: 2 } as const;

/** Places of the 32-bit cells. */
const cell = { command: 0, waiting: 1, beats: 2, progress: 3 } as const;
const cellBytes = 4 * Int32Array.BYTES_PER_ELEMENT;

/** What work counts as it goes; 64 bits each. */
const workCounters = ['items', 'bytes', 'findings'] as const;
export type WorkCounter = (typeof workCounters)[number];
const counterPlace: Readonly<Record<WorkCounter, number>> = { items: 0, bytes: 1, findings: 2 };
const blockBytes = cellBytes + workCounters.length * BigInt64Array.BYTES_PER_ELEMENT;

/** Progress crosses as an integer, since only integers are read and written without tearing. */
const progressScale = 1_000;
const progressUnknown = -1;

/** What the owner sees of the work at one moment. */
export interface WorkState {
  /** Grows with each checkpoint. A count and not a time: the clocks of two threads cannot be compared. */
  readonly beats: number;
  /** 0–100; absent until the work has said something. */
  readonly percent?: number;
  /** Threads that stand still at a checkpoint because of a pause. */
  readonly waitingThreads: number;
  readonly counters: Readonly<Record<WorkCounter, number>>;
}

/**
 * The owner's side of a control block: memory shared with a thread, by which even a loop that never returns to
 * its event loop is cancelled, paused and watched, at the cost of an atomic read for each chunk of work.
 */
export class ControlBlock {
  /** Goes to the thread with the request. */
  readonly buffer: SharedArrayBuffer;
  private readonly cells: Int32Array<SharedArrayBuffer>;
  private readonly counters: BigInt64Array<SharedArrayBuffer>;

  constructor() {
    this.buffer = new SharedArrayBuffer(blockBytes);
    this.cells = new Int32Array(this.buffer, 0, cellBytes / Int32Array.BYTES_PER_ELEMENT);
    this.counters = new BigInt64Array(this.buffer, cellBytes);
    Atomics.store(this.cells, cell.progress, progressUnknown);
  }

  /** Cannot be taken back; wakes threads that are paused. */
  cancel(): void {
    Atomics.store(this.cells, cell.command, command.cancel);
    Atomics.notify(this.cells, cell.command);
  }

  pause(): void {
    Atomics.compareExchange(this.cells, cell.command, command.run, command.pause);
  }

  resume(): void {
    Atomics.compareExchange(this.cells, cell.command, command.pause, command.run);
    Atomics.notify(this.cells, cell.command);
  }

  get isPauseWanted(): boolean {
    return Atomics.load(this.cells, cell.command) === command.pause;
  }

  read(): WorkState {
    const progress = Atomics.load(this.cells, cell.progress);
    return {
      beats: Atomics.load(this.cells, cell.beats),
      ...(progress === progressUnknown ? {} : { percent: progress / progressScale }),
      waitingThreads: Atomics.load(this.cells, cell.waiting),
      counters: {
        items: this.counter('items'),
        bytes: this.counter('bytes'),
        findings: this.counter('findings'),
      },
    };
  }

  private counter(name: WorkCounter): number {
    return Number(Atomics.load(this.counters, counterPlace[name]));
  }
}

/** The thread's side of a control block. */
export class WorkControl {
  private readonly cells: Int32Array<SharedArrayBuffer>;
  private readonly counters: BigInt64Array<SharedArrayBuffer>;

  /** @throws SentinelError `worker.badControlBlock` when the buffer is not one of a control block */
  constructor(buffer: unknown) {
    if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength !== blockBytes) {
      throw new SentinelError('worker.badControlBlock', 'What should be a control block is something else.');
    }
    this.cells = new Int32Array(buffer, 0, cellBytes / Int32Array.BYTES_PER_ELEMENT);
    this.counters = new BigInt64Array(buffer, cellBytes);
  }

  get isCancelled(): boolean {
    return Atomics.load(this.cells, cell.command) === command.cancel;
  }

  get isPauseWanted(): boolean {
    return Atomics.load(this.cells, cell.command) === command.pause;
  }

  /** A sign of life, for a thread that waits for others and looks at the wishes of its owner by itself. */
  beat(): void {
    Atomics.add(this.cells, cell.beats, 1);
  }

  /** Tells the owner that the work stands still, until disposed; for work that must not block its thread for it. */
  standStill(): Disposable {
    Atomics.add(this.cells, cell.waiting, 1);
    return toDisposable(() => {
      Atomics.sub(this.cells, cell.waiting, 1);
    });
  }

  /**
   * Like `checkpoint`, for a thread that other tasks wait for: a pause makes it let go of the work instead of standing
   * still in it.
   * @throws SentinelError `task.cancelled`, `task.paused`
   */
  proceed(): void {
    this.beat();
    const current = Atomics.load(this.cells, cell.command);
    if (current === command.cancel) throw new SentinelError('task.cancelled', 'The work was cancelled.');
    if (current === command.pause) throw new SentinelError('task.paused', 'The work is to stand still.');
  }

  /**
   * To be called for each chunk of work: a sign of life, a place to stop for good and a place to stand still.
   * Blocks the whole thread while paused.
   * @throws SentinelError `task.cancelled`
   */
  checkpoint(): void {
    Atomics.add(this.cells, cell.beats, 1);
    let current = Atomics.load(this.cells, cell.command);
    if (current === command.pause) {
      Atomics.add(this.cells, cell.waiting, 1);
      do {
        Atomics.wait(this.cells, cell.command, command.pause);
        current = Atomics.load(this.cells, cell.command);
      } while (current === command.pause);
      Atomics.sub(this.cells, cell.waiting, 1);
    }
    if (current === command.cancel) throw new SentinelError('task.cancelled', 'The work was cancelled.');
  }

  /** @param percent 0–100, with fractions; what is not a number is ignored */
  reportProgress(percent: number): void {
    if (Number.isNaN(percent)) return;
    const bounded = Math.min(100, Math.max(0, percent));
    Atomics.store(this.cells, cell.progress, Math.round(bounded * progressScale));
  }

  count(counter: WorkCounter, by = 1): void {
    Atomics.add(this.counters, counterPlace[counter], BigInt(by));
  }
}
