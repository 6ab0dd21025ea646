import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { SentinelError } from '../../shared/errors';
import type {
  QuarantineRecord,
  QuarantineRefusal,
  QuarantineRefused,
} from '../../shared/quarantine/quarantineRecord';
import type { WorkControl } from '../../workers/controlBlock';
import { systemCode } from '../files/fileCalls';
import { openRegularFile } from '../files/regularFile';
import type { LockHold } from '../locks/storageLock';
import type { ItemFolder } from './itemFolder';
import type { QuarantineCalls } from './quarantineCalls';
import { sealBytes, Unsealing } from './sealedContent';

export type QuarantineControl = Pick<WorkControl, 'checkpoint' | 'reportProgress' | 'count'>;

/** Large enough that calls cost nothing, small enough that a cancel takes effect within milliseconds. */
const chunkBytes = 1024 * 1024;
/** Well below the time after which an owner who cannot be looked at is taken for dead. */
const refreshMs = 5_000;

export interface ActionOptions {
  readonly folder: ItemFolder;
  readonly calls: QuarantineCalls;
  readonly hold: LockHold;
  readonly control: QuarantineControl;
  readonly monotonicMs: () => number;
}

/** Something that is done to the quarantine by the one who holds its lock, with what all such things share. */
export class Action {
  readonly folder: ItemFolder;
  readonly calls: QuarantineCalls;
  private readonly chunk = Buffer.allocUnsafe(chunkBytes);
  private refreshedMs: number;
  private doneBytes = 0;
  private totalBytes = 0;

  constructor(private readonly options: ActionOptions) {
    this.folder = options.folder;
    this.calls = options.calls;
    this.refreshedMs = options.monotonicMs();
  }

  /** How much there is to be read from now on. */
  expect(bytes: number): void {
    this.totalBytes = bytes;
    this.doneBytes = 0;
  }

  /** Before what cannot be taken back. @throws Refusal `lockLost` */
  requireHeld(): void {
    if (!this.options.hold.isHeld()) throw new Refusal('lockLost');
  }

  /**
   * Hands on what a file holds, piece by piece. Each piece is good for this call alone.
   * @returns how many bytes
   * @throws SentinelError `task.cancelled`
   */
  readThrough(descriptor: number, from: number, take: (bytes: Uint8Array) => void): number {
    for (let place = from; ;) {
      this.proceed();
      const count = this.calls.read(descriptor, this.chunk, 0, chunkBytes, place);
      if (count === 0) return place - from;
      place += count;
      take(this.chunk.subarray(0, count));
      this.doneBytes += count;
      this.options.control.count('bytes', count);
      if (this.totalBytes > 0) this.options.control.reportProgress((100 * this.doneBytes) / this.totalBytes);
    }
  }

  hashOf(descriptor: number): string {
    const hash = createHash('sha256');
    this.readThrough(descriptor, 0, (bytes) => hash.update(bytes));
    return hash.digest('hex');
  }

  /**
   * Hands on what sealed content was made of.
   * @returns its SHA-256; undefined where it is none
   */
  unseal(descriptor: number, take: (bytes: Uint8Array) => void): string | undefined {
    const unsealing = Unsealing.of(this.calls, descriptor);
    if (unsealing === undefined) return undefined;
    const hash = createHash('sha256');
    this.readThrough(descriptor, sealBytes, (bytes) => {
      const plain = unsealing.update(bytes);
      hash.update(plain);
      take(plain);
    });
    return hash.digest('hex');
  }

  /** Whether a path leads to a regular file of exactly this content; undefined where that cannot be found out. */
  holdsContent(path: string, { sha256, sizeBytes }: QuarantineRecord): boolean | undefined {
    const file = openRegularFile(path, { followLinks: false });
    if (file.status === 'refused')
      return file.reason === 'permissionDenied' || file.reason === 'unreadable' ? undefined : false;
    try {
      return Number(file.stats.size) === sizeBytes && this.hashOf(file.descriptor) === sha256;
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return undefined;
    } finally {
      closeSync(file.descriptor);
    }
  }

  private proceed(): void {
    const { control, hold, monotonicMs } = this.options;
    control.checkpoint();
    if (monotonicMs() - this.refreshedMs < refreshMs) return;
    this.refreshedMs = monotonicMs();
    hold.refresh();
  }
}

/** Ends an action that was not done, with its reason. */
export class Refusal extends SentinelError {
  constructor(
    readonly reason: QuarantineRefusal,
    readonly systemCode?: string,
  ) {
    super(
      `quarantine.${reason}`,
      `It was not done: ${reason}${systemCode === undefined ? '' : `, ${systemCode}`}.`,
    );
  }
}

/**
 * What an error says about why something was not done.
 * @param forbidden what it means that the system does not allow it
 * @throws what is neither a refusal nor an error of the system
 */
export function refusedBy(error: unknown, forbidden: QuarantineRefusal): QuarantineRefused {
  if (error instanceof Refusal) return refused(error.reason, error.systemCode);
  const code = systemCode(error);
  if (code === undefined) throw error;
  return refused(reasonOf(code, forbidden), code);
}

export function refused(reason: QuarantineRefusal, code?: string): QuarantineRefused {
  return { status: 'refused', reason, ...(code === undefined ? {} : { systemCode: code }) };
}

function reasonOf(code: string, forbidden: QuarantineRefusal): QuarantineRefusal {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'diskFull';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return forbidden;
    case 'EBUSY':
    case 'ETXTBSY':
      return 'inUse';
    case 'ENOENT':
    case 'ENOTDIR':
      return 'vanished';
    default:
      return 'failed';
  }
}
