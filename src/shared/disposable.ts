/** Something that was started and can be ended. `dispose` is idempotent everywhere in Sentinel. */
export interface Disposable {
  dispose(): void;
}

/** Makes a disposable of a function; the function runs once, however often `dispose` is called. */
export function toDisposable(end: () => void): Disposable {
  let ended = false;
  return {
    dispose() {
      if (ended) return;
      ended = true;
      end();
    },
  };
}

/**
 * Owns disposables and ends them in reverse order. What is added after the store was disposed is ended at once,
 * so that a start which races with shutdown leaves nothing behind.
 */
export class DisposableStore implements Disposable {
  private items: Disposable[] = [];
  private ended = false;

  get isDisposed(): boolean {
    return this.ended;
  }

  /** Takes ownership of `item` and returns it. */
  add<T extends Disposable>(item: T): T {
    if (this.ended) item.dispose();
    else this.items.push(item);
    return item;
  }

  /** Ends everything; an item that throws does not keep the others alive. The first error is thrown at the end. */
  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    const errors: unknown[] = [];
    for (const item of this.items.reverse()) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    this.items = [];
    if (errors.length > 0) throw errors[0];
  }
}
