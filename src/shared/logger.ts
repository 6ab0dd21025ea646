/** Levels in rising severity. */
export const logLevels = ['trace', 'debug', 'info', 'warning', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where a part of Sentinel writes what it did. Messages never hold secrets. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  /** @param cause what was thrown; its stack is written below the message */
  error(message: string, cause?: unknown): void;
}

/** Discards everything; for code that runs without a log, such as benchmarks. */
export const nullLogger: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warning: () => undefined,
  error: () => undefined,
};
