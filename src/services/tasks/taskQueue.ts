/** Something that waits for its turn. */
export interface Queueable {
  readonly id: number;
  /** Begins. What it returns settles when the place in the queue is free again; it never rejects. */
  start(): Promise<unknown>;
}

/** Starts what waits in the order of arrival, so many at a time. */
export class TaskQueue {
  private readonly waiting: Queueable[] = [];
  private running = 0;
  private pumping = false;

  constructor(private readonly concurrency: number) {}

  get waitingCount(): number {
    return this.waiting.length;
  }

  get runningCount(): number {
    return this.running;
  }

  /** Nothing starts before the caller's own code has run to its end, so that it can attach listeners. */
  add(task: Queueable): void {
    // Ids grow with time: one that was held back takes its old place again.
    const later = this.waiting.findLastIndex((other) => other.id < task.id) + 1;
    this.waiting.splice(later, 0, task);
    this.pumpSoon();
  }

  remove(task: Queueable): void {
    const index = this.waiting.indexOf(task);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  private pumpSoon(): void {
    if (this.pumping) return;
    this.pumping = true;
    queueMicrotask(() => {
      this.pumping = false;
      while (this.running < this.concurrency) {
        const task = this.waiting.shift();
        if (task === undefined) return;
        this.running += 1;
        void task.start().then(() => {
          this.running -= 1;
          this.pumpSoon();
        });
      }
    });
  }
}
