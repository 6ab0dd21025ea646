import { type Disposable, toDisposable } from './disposable';

/** Subscribes a listener. Structurally assignable to `vscode.Event`, without importing it. */
export type Event<T> = (listener: (event: T) => unknown) => Disposable;

/** What is done with an error thrown by a listener. */
export type ListenerErrorHandler = (error: unknown) => void;

/**
 * Tells listeners about something. A listener that throws is reported and does not keep the others from being
 * told; listeners added or removed while an event is delivered take effect with the next one.
 */
export class Emitter<T> implements Disposable {
  private listeners: readonly { readonly call: (event: T) => unknown }[] = [];

  /** @param onListenerError receives what a listener throws; by default it is rethrown outside the caller's stack */
  constructor(private readonly onListenerError: ListenerErrorHandler = rethrowLater) {}

  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    this.listeners = [...this.listeners, entry];
    return toDisposable(() => {
      this.listeners = this.listeners.filter((other) => other !== entry);
    });
  };

  get listenerCount(): number {
    return this.listeners.length;
  }

  fire(event: T): void {
    for (const listener of this.listeners) {
      try {
        listener.call(event);
      } catch (error) {
        this.onListenerError(error);
      }
    }
  }

  dispose(): void {
    this.listeners = [];
  }
}

/** Keeps the error visible to the process's own hooks without breaking the code that fired the event. */
function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
