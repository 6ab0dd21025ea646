import { errorStack } from '../../shared/errors';
import { type LogLevel, logLevels } from '../../shared/logger';

/** One message as sinks and the UI get it: secrets are gone, control characters are not. */
export interface LogRecord {
  /** Wall-clock milliseconds since the epoch. */
  readonly timeMs: number;
  readonly level: LogLevel;
  /** Dotted name of the part that wrote it, such as `metrics.worker`. */
  readonly area: string;
  readonly message: string;
  /** Of the error that the message is about, its causes included. */
  readonly stack?: string;
}

/** A level, or `off` for nothing at all. */
export type LogThreshold = LogLevel | 'off';

export function isAtLeast(level: LogLevel, threshold: LogThreshold): boolean {
  return threshold !== 'off' && logLevels.indexOf(level) >= logLevels.indexOf(threshold);
}

const deepestCause = 5;

/** The stack of anything that was thrown, followed by those of its causes. Never throws. */
export function stackWithCauses(thrown: unknown): string {
  const stacks: string[] = [];
  let error = thrown;
  try {
    for (let depth = 0; depth <= deepestCause; depth++) {
      stacks.push(errorStack(error));
      if (!(error instanceof Error) || error.cause === undefined) break;
      error = error.cause;
    }
  } catch {
    // Objects without a prototype and hostile getters cannot be turned into text.
    stacks.push('(an error that has no text)');
  }
  return stacks.join('\nCaused by: ');
}
