/** An error that code can tell apart by `code`; `ui/` turns codes into sentences for people. */
export class SentinelError extends Error {
  override readonly name: string = 'SentinelError';

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
