import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Disposable, toDisposable } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';

/** What is used of `process`. */
export interface ObservedProcess {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  listeners(event: string): readonly unknown[];
}

export interface OwnErrorsOptions {
  readonly process: ObservedProcess;
  /** Whether an error with this stack comes from Sentinel. */
  readonly isOwn: (stack: string) => boolean;
  readonly logger: Logger;
  /** Told after the error was logged. */
  readonly onError?: (error: Error) => void;
}

/**
 * Logs Sentinel's own errors that nothing caught, and changes nothing else: what the process does about them, and
 * about those of others, stays as it was.
 *
 * - Uncaught exceptions are seen through `uncaughtExceptionMonitor`, which only watches.
 * - A listener of `unhandledRejection` switches off Node's default, which is to treat the rejection as an uncaught
 *   exception. There is therefore one only while somebody else has one, as VS Code's extension host does; as long
 *   as nobody has, the monitor sees these rejections too.
 */
export function observeOwnErrors({ process, isOwn, logger, onError }: OwnErrorsOptions): Disposable {
  /** With `--unhandled-rejections=strict` both events tell about the same error. */
  const seen = new WeakSet();

  const observe = (message: string, error: unknown): void => {
    // In the monitor, a throw would replace the error that is being reported.
    try {
      if (!(error instanceof Error) || seen.has(error) || !isOwn(error.stack ?? '')) return;
      seen.add(error);
      logger.error(message, error);
      onError?.(error);
    } catch {
      return;
    }
  };
  const onException = (error: unknown, origin: unknown): void => {
    observe(origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception', error);
  };
  const onRejection = (reason: unknown): void => {
    observe('Unhandled rejection', reason);
  };

  const others = (): number =>
    process.listeners('unhandledRejection').filter((l) => l !== onRejection).length;
  let attached = false;
  const attach = (wanted: boolean): void => {
    if (wanted === attached) return;
    attached = wanted;
    if (wanted) process.on('unhandledRejection', onRejection);
    else process.off('unhandledRejection', onRejection);
  };
  // 'newListener' is told before the listener is there, 'removeListener' after it is gone.
  const onNewListener = (event: unknown): void => {
    if (event === 'unhandledRejection') attach(true);
  };
  const onRemoveListener = (event: unknown): void => {
    if (event === 'unhandledRejection') attach(others() > 0);
  };

  process.on('uncaughtExceptionMonitor', onException);
  process.on('newListener', onNewListener);
  process.on('removeListener', onRemoveListener);
  attach(others() > 0);

  return toDisposable(() => {
    process.off('uncaughtExceptionMonitor', onException);
    process.off('newListener', onNewListener);
    process.off('removeListener', onRemoveListener);
    attach(false);
  });
}

/**
 * Tells whether a stack has a frame in `folder`. The message above the frames does not count: an error of another
 * extension may well name one of Sentinel's files.
 */
export function stackWithin(folder: string): (stack: string) => boolean {
  const wanted = normalise(folder).replace(/\/+$/u, '') + '/';
  return (stack) =>
    stack
      .split('\n')
      .filter((line) => /^\s+at /u.test(line))
      .some((line) => frameFile(line).startsWith(wanted));
}

/** `at name (file:line:column)` or `at file:line:column` → file */
function frameFile(line: string): string {
  const location =
    /\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*$/u.exec(line)?.[1] ?? line.replace(/^\s+at (?:async )?/u, '');
  const file = location.replace(/:\d+:\d+$/u, '');
  try {
    return normalise(file.startsWith('file:') ? fileURLToPath(file) : file);
  } catch {
    return '';
  }
}

/** Windows writes the same path with either slash and in either case. */
function normalise(file: string): string {
  return path.sep === '\\' ? file.replaceAll('\\', '/').toLowerCase() : file;
}
