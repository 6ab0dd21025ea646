import path from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../../shared/clock';
import { errorMessage } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { writeAll } from '../../files/durably';
import { type FileCalls, ifPresent, systemCode, systemFileCalls } from '../../files/fileCalls';
import { sharedLock } from '../../locks/sharedLock';
import type { StorageLock } from '../../locks/storageLock';

/** What all windows of a person, who use the same key, have asked lately. */
export interface RequestLedger {
  /**
   * Notes that a request goes now, unless as many as `limit` went within `windowMs`, or all were told to wait.
   * @returns 0 where it may go; else the milliseconds after which to try again
   */
  take(limit: number, windowMs: number): number;
  /** Lets no window's requests go for so long. */
  pause(forMs: number): void;
}

export interface FileLedgerOptions {
  /** Shared by all windows of a user; made with the first request. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly logger: Logger;
  readonly calls?: FileCalls;
  readonly lock?: StorageLock;
}

const epochMs = v.pipe(v.number(), v.finite());
const ledgerSchema = v.object({
  version: v.literal(1),
  sentAt: v.pipe(v.array(epochMs), v.maxLength(10_000)),
  pausedUntil: v.optional(epochMs),
});
type Ledger = Omit<v.InferOutput<typeof ledgerSchema>, 'version'>;

const fileName = 'requests.json';
const largestBytes = 256 * 1024;
/** Another window has the lock for a moment. */
const retryMs = 20;
/** A time further ahead was noted before the clock was set back. */
const longestPauseMs = 5 * 60_000;

/**
 * In a small file, which nobody syncs: a minute after a power failure it says nothing any more. Where it cannot be kept,
 * each window counts its own requests alone, and the log says so once.
 */
export class FileLedger implements RequestLedger {
  private readonly calls: FileCalls;
  private readonly lock: StorageLock;
  private readonly file: string;
  private hasFailed = false;

  constructor(private readonly options: FileLedgerOptions) {
    const { folder, clock, calls = systemFileCalls } = options;
    this.calls = calls;
    this.file = path.join(folder, fileName);
    this.lock =
      options.lock ??
      sharedLock({
        folder,
        calls,
        makeFolder: () => {
          calls.makeFolder(folder);
        },
        monotonicMs: () => clock.monotonicMs(),
      });
  }

  take(limit: number, windowMs: number): number {
    return this.change(({ sentAt, pausedUntil = 0 }, nowMs) => {
      const recent = sentAt.filter((at) => at <= nowMs && at + windowMs > nowMs).sort((a, b) => a - b);
      const blocking = recent.at(-limit);
      const isPaused = pausedUntil - nowMs <= longestPauseMs;
      const freeAt = Math.max(isPaused ? pausedUntil : 0, blocking === undefined ? 0 : blocking + windowMs);
      if (freeAt > nowMs) return freeAt - nowMs;
      return { sentAt: [...recent, nowMs] };
    });
  }

  pause(forMs: number): void {
    this.change(({ sentAt, pausedUntil = 0 }, nowMs) => ({
      sentAt,
      pausedUntil: Math.max(pausedUntil, nowMs + forMs),
    }));
  }

  /** @returns as `take` does */
  private change(run: (ledger: Ledger, nowMs: number) => Ledger | number): number {
    try {
      const hold = this.lock.tryAcquire();
      if (hold === undefined) return retryMs;
      try {
        const changed = run(this.read(), this.options.clock.now());
        if (typeof changed === 'number') return changed;
        this.write(changed);
        return 0;
      } finally {
        hold.release();
      }
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      if (!this.hasFailed) {
        this.options.logger.warning(
          `What other windows ask VirusTotal cannot be counted: ${errorMessage(error)}`,
        );
      }
      this.hasFailed = true;
      return 0;
    }
  }

  private read(): Ledger {
    const { calls } = this;
    const descriptor = ifPresent(() => calls.open(this.file, 'r'));
    if (descriptor === undefined) return { sentAt: [] };
    try {
      const bytes = Buffer.alloc(Math.min(calls.sizeOf(descriptor), largestBytes));
      const count = calls.read(descriptor, bytes, 0, bytes.length, 0);
      const parsed = v.safeParse(ledgerSchema, JSON.parse(bytes.toString('utf8', 0, count)));
      return parsed.success ? parsed.output : { sentAt: [] };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { sentAt: [] };
    } finally {
      calls.close(descriptor);
    }
  }

  private write(ledger: Ledger): void {
    const { calls, file } = this;
    const part = `${file}.part`;
    const descriptor = calls.open(part, 'w');
    try {
      writeAll(calls, descriptor, Buffer.from(JSON.stringify({ version: 1, ...ledger }), 'utf8'));
    } finally {
      calls.close(descriptor);
    }
    calls.rename(part, file);
  }
}
