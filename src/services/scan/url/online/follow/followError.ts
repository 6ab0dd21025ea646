import type { EngineReason } from '../../../../../shared/scan/record';

/** Why a step could not be made, as reports say it. */
export class FollowError extends Error {
  override readonly name = 'FollowError';

  constructor(
    readonly reason: Extract<EngineReason, 'unreachable' | 'timedOut' | 'cancelled' | 'failed'>,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The code that Node gives to errors of the network, such as `ECONNREFUSED`. */
export function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // What was tried with several addresses has an error for each of them.
  if (error instanceof AggregateError && error.errors.length > 0) return networkCode(error.errors[0]);
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
