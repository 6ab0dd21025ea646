/** The same in every bundle of one process: each has a class of its own by this name. */
const brand = Symbol.for('sentinel.error');

/**
 * An error that code can tell apart by `code`; `ui/` turns codes into sentences for people. `instanceof` knows those,
 * too, that a part throws which is loaded later, from a bundle of its own.
 */
export class SentinelError extends Error {
  override readonly name: string = 'SentinelError';
  readonly [brand] = true;

  static override [Symbol.hasInstance](this: unknown, value: unknown): boolean {
    // Classes made from it are told apart as ever.
    if (this !== SentinelError) return Function.prototype[Symbol.hasInstance].call(this as () => void, value);
    return value instanceof Error && brand in value;
  }

  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The message of anything that was thrown. Never throws itself. */
export function errorMessage(error: unknown): string {
  return textOf(() => (error instanceof Error ? error.message : String(error)));
}

/** The stack of anything that was thrown, or its message where it has none. Never throws itself. */
export function errorStack(error: unknown): string {
  return textOf(() => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
}

/** Objects without a prototype and hostile getters cannot be turned into text. */
function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return '(an error that has no text)';
  }
}
