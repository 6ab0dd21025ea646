import { type Clock, systemClock } from '../../shared/clock';
import { errorMessage } from '../../shared/errors';
import type { Logger } from '../../shared/logger';

/**
 * Method decorator: logs at debug level how long each call took, `name: 12.3 ms`, or `name: failed after 12.3 ms:
 * reason`. A promise is timed until it settles; results and errors pass through unchanged.
 *
 * The object's `logger` is used, or its `log`; both may be private, hence no type can ask for them. Without either
 * the method runs unmeasured. An object with a `clock` is timed by it.
 */
export function timed(
  name: string,
): <This extends object, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
) => (this: This, ...args: Args) => Result {
  return (method) =>
    function (...args) {
      const logger = loggerOf(this);
      if (logger === undefined) return method.apply(this, args);
      const clock = clockOf(this);
      const startedMs = clock.monotonicMs();
      const took = (): string => `${(clock.monotonicMs() - startedMs).toFixed(1)} ms`;
      const failed = (error: unknown): never => {
        logger.debug(`${name}: failed after ${took()}: ${errorMessage(error)}`);
        throw error;
      };
      const done = <T>(value: T): T => {
        logger.debug(`${name}: ${took()}`);
        return value;
      };
      try {
        const result = method.apply(this, args);
        // The derived promise is the one to hand out: watching the original would mark its rejection as handled.
        if (result instanceof Promise) return result.then(done, failed) as typeof result;
        return done(result);
      } catch (error) {
        return failed(error);
      }
    };
}

function loggerOf(owner: object): Logger | undefined {
  const { logger, log } = owner as { logger?: unknown; log?: unknown };
  return [logger, log].find(isLogger);
}

function isLogger(value: unknown): value is Logger {
  return typeof value === 'object' && value !== null && 'debug' in value && typeof value.debug === 'function';
}

function clockOf(owner: object): Clock {
  const { clock } = owner as { clock?: unknown };
  return isClock(clock) ? clock : systemClock;
}

function isClock(value: unknown): value is Clock {
  return (
    typeof value === 'object' &&
    value !== null &&
    'monotonicMs' in value &&
    typeof value.monotonicMs === 'function'
  );
}
