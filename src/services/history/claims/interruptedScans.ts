import type { Clock } from '../../../shared/clock';
import type { Disposable } from '../../../shared/disposable';
import { errorMessage } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import type { History } from '../history';
import { interruptedRecord } from './interruptedRecord';
import type { RecordClaim, RecordClaims } from './recordClaims';

export interface InterruptedScansOptions {
  readonly history: Pick<History, 'get' | 'put'>;
  readonly claims: RecordClaims;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One look at a folder, which is empty or not there at nearly all times. */
const periodMs = 60_000;

/**
 * Brings records to their end whose scan will not, because its window was killed or lost its extension host: at the
 * start, which may be that of the same window, and every minute. Each is written by one window, once.
 */
export class InterruptedScans implements Disposable {
  private readonly beat: Disposable;
  private looking: Promise<void> | undefined;
  private isDisposed = false;

  constructor(private readonly options: InterruptedScansOptions) {
    this.beat = options.clock.setInterval(() => void this.look(), periodMs);
  }

  /** Never rejects. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  dispose(): void {
    this.isDisposed = true;
    this.beat.dispose();
  }

  private async lookOnce(): Promise<void> {
    const { claims, logger } = this.options;
    try {
      await claims.renew();
      for (const claim of await claims.abandoned()) if (!this.isDisposed) await this.end(claim);
    } catch (error) {
      logger.warning(`Scans that were interrupted stay as they are for now: ${errorMessage(error)}`);
    }
  }

  private async end(claim: RecordClaim): Promise<void> {
    const { history, claims, logger } = this.options;
    const record = await history.get(claim.id);
    // Killed between the two, or deleted by a person.
    if (record?.status !== 'running') await claims.drop(claim);
    else if (await claims.takeOver(claim)) {
      logger.info(`A ${record.kind} scan was interrupted: its process is no more.`);
      await history.put(interruptedRecord(record));
    }
  }
}
