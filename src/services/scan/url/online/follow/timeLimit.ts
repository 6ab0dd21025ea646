import type { Clock } from '../../../../../shared/clock';
import type { Disposable } from '../../../../../shared/disposable';
import { FollowError } from './followError';

export interface TimeLimit extends Disposable {
  /** Aborted when the time is over or the outer signal is; its reason is a `FollowError` that tells which. */
  readonly signal: AbortSignal;
}

export function limitTime(clock: Clock, limitMs: number, outer: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const onAbort = (): void => {
    const reason: unknown = outer.reason;
    controller.abort(
      reason instanceof FollowError ? reason : new FollowError('cancelled', 'The scan was cancelled.'),
    );
  };
  const timer = clock.setTimeout(() => {
    controller.abort(new FollowError('timedOut', `Nothing came of it in ${limitMs} ms.`));
  }, limitMs);
  if (outer.aborted) onAbort();
  else outer.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    dispose() {
      timer.dispose();
      outer.removeEventListener('abort', onAbort);
    },
  };
}

/** Waits for what cannot be stopped no longer than the signal lets it. @throws the signal's reason */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as FollowError);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
