/** Keeps the newest `capacity` items; pushing one more drops the oldest. Pushing never copies. */
export class RingBuffer<T> {
  private items: T[] = [];
  /** Where the oldest item stands once the buffer is full; 0 until then. */
  private oldest = 0;

  /** @param capacity whole number, at least 1 */
  constructor(readonly capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`A ring buffer holds at least one item, not ${String(capacity)}`);
    }
  }

  get length(): number {
    return this.items.length;
  }

  push(item: T): void {
    if (this.items.length < this.capacity) {
      this.items.push(item);
      return;
    }
    this.items[this.oldest] = item;
    this.oldest = (this.oldest + 1) % this.capacity;
  }

  /** A copy, oldest first. */
  toArray(): T[] {
    return [...this.items.slice(this.oldest), ...this.items.slice(0, this.oldest)];
  }

  clear(): void {
    this.items = [];
    this.oldest = 0;
  }
}
