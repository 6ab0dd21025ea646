import { errorMessage } from '../../../../../shared/errors';
import type { EngineReason } from '../../../../../shared/scan/record';

/** Why a service has not answered, as reports say it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly reason: EngineReason,
    message: string,
    /** After which time the service wants to be asked again. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

const reasons: ReadonlyMap<string, EngineReason> = new Map([
  ['http.unreachable', 'unreachable'],
  ['http.timedOut', 'timedOut'],
  ['http.cancelled', 'cancelled'],
]);

/** @param error whatever asking a service has thrown */
export function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  return new ServiceError(reasonOf(codeOf(error)), errorMessage(error));
}

function reasonOf(code: string | undefined): EngineReason {
  return reasons.get(code ?? '') ?? 'failed';
}

/** By its property: this code may be loaded as a bundle of its own, with a `SentinelError` of its own. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
