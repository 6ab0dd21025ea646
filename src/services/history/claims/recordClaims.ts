import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../../shared/clock';
import { errorMessage } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import type { ScanRecord } from '../../../shared/scan/record';
import { systemCode } from '../../files/fileCalls';
import {
  type LockOwner,
  ownerOf,
  ownerState,
  ownerText,
  type ProcessTable,
  systemProcesses,
  thisOwner,
} from '../../locks/lockOwner';
import type { Durability } from '../history';

export interface RecordClaimsOptions {
  /** Of these claims alone, shared by all windows of a user. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly processes?: ProcessTable;
}

/** Somebody's word to be at work on a record. */
export interface RecordClaim {
  readonly id: string;
  readonly name: string;
}

/** For how long a scan waits for a disk that does not answer: its record comes first. */
const patienceMs = 2_000;
/** For how long an owner who cannot be looked at for sure has to be silent under our eyes. */
const silentLimitMs = 10 * 60_000;
/** The same for windows that are never open for so long, by the clock on the wall, which may be wrong by hours. */
const ageLimitMs = 86_400_000;

/**
 * Who is at work on which record: while a scan is running, an empty file stands for it whose name says which record it
 * is and which process works on it. The file is there before the record says `running`, and goes when a final record is
 * on the disk. So a record that nobody will bring to its end any more is known by the file that its process left
 * behind, without a look into the history.
 */
export class RecordClaims {
  private readonly processes: ProcessTable;
  private self: LockOwner | undefined;
  /** By record: settled when the claim is made, or could not be. */
  private readonly own = new Map<string, Promise<void>>();
  /** Of owners who cannot be looked at for sure: since when their last sign of life has been the same. */
  private readonly silent = new Map<string, { readonly modifiedMs: number; readonly sinceMs: number }>();

  constructor(private readonly options: RecordClaimsOptions) {
    this.processes = options.processes ?? systemProcesses;
  }

  /** Of this process; asked for when it is needed first. */
  private get owner(): LockOwner {
    this.self ??= thisOwner(this.processes);
    return this.self;
  }

  /**
   * Puts a record, with a claim to it for as long as its scan is running.
   * @returns what `write` does; no fault of a claim keeps a record from being put
   */
  put({ id, status }: ScanRecord, write: () => Promise<Durability>): Promise<Durability> {
    if (status === 'running') return this.claimed(id).then(write);
    return this.own.has(id) ? this.putLast(id, write) : write();
  }

  /** Says that this process is still at work on what it has claimed. Never rejects. */
  async renew(): Promise<void> {
    const now = new Date(this.options.clock.now());
    await Promise.all([...this.own.keys()].map((id) => this.touch(id, now)));
  }

  /** Claims of processes that are no more, or give no sign of life. @throws what the system throws */
  async abandoned(): Promise<readonly RecordClaim[]> {
    const names = await this.names();
    for (const name of this.silent.keys()) if (!names.includes(name)) this.silent.delete(name);
    const ownText = ownerText(this.owner);
    const claims: RecordClaim[] = [];
    for (const name of names) {
      const [, id, owner] = /^([\w-]{1,100})\.(.+)$/.exec(name) ?? [];
      if (id === undefined || owner === undefined || owner === ownText) continue;
      if (await this.isAbandoned(name, owner)) claims.push({ id, name });
    }
    return claims;
  }

  /** @returns whether it is ours now, which one window alone is told. @throws what the system throws */
  async takeOver({ id, name }: RecordClaim): Promise<boolean> {
    try {
      await rename(this.fileOf(name), this.ownFile(id));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
    this.own.set(id, Promise.resolve());
    return true;
  }

  /** Of a record that came to its end, or is gone. @throws what the system throws */
  async drop({ name }: RecordClaim): Promise<void> {
    await rm(this.fileOf(name), { force: true });
  }

  private async putLast(id: string, write: () => Promise<Durability>): Promise<Durability> {
    await this.own.get(id);
    const durability = await write();
    // What waits may never get to the disk, where the scan is still running then.
    if (durability === 'stored') await this.release(id);
    return durability;
  }

  private claimed(id: string): Promise<void> {
    const known = this.own.get(id);
    if (known !== undefined) return known;
    const made = this.patiently(this.make(id));
    this.own.set(id, made);
    return made;
  }

  private async make(id: string): Promise<void> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    await writeFile(this.ownFile(id), '', { mode: 0o600, flush: true });
  }

  private async release(id: string): Promise<void> {
    this.own.delete(id);
    await this.patiently(rm(this.ownFile(id), { force: true }));
  }

  /** Never rejects, and waits for a moment only. */
  private async patiently(work: Promise<void>): Promise<void> {
    const { clock, logger } = this.options;
    const done = work.catch((error: unknown) => {
      logger.warning(`It cannot be noted which scans are running: ${errorMessage(error)}`);
    });
    await new Promise<void>((resolve) => {
      const limit = clock.setTimeout(resolve, patienceMs);
      void done.then(() => {
        limit.dispose();
        resolve();
      });
    });
  }

  /** One that is missing, or could not be made, is nobody's concern but of those who look for it. */
  private async touch(id: string, time: Date): Promise<void> {
    await utimes(this.ownFile(id), time, time).catch(() => undefined);
  }

  private async names(): Promise<readonly string[]> {
    try {
      return await readdir(this.options.folder);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  private async isAbandoned(name: string, text: string): Promise<boolean> {
    const owner = ownerOf(text);
    if (owner === undefined) return false;
    const state = ownerState(owner, this.owner, this.processes);
    if (state === 'dead') return true;
    // Where threads are not told apart, another process may have the number by now.
    const isSure = state === 'alive' && owner.thread !== 0;
    return !isSure && (await this.isSilent(name));
  }

  /** Two clocks: one machine's may be wrong, and ours stands still while the machine sleeps, as does who owns it. */
  private async isSilent(name: string): Promise<boolean> {
    const { clock } = this.options;
    const { mtimeMs: modifiedMs } = await stat(this.fileOf(name));
    if (clock.now() - modifiedMs > ageLimitMs) return true;
    const seen = this.silent.get(name);
    if (seen?.modifiedMs === modifiedMs) return clock.monotonicMs() - seen.sinceMs >= silentLimitMs;
    this.silent.set(name, { modifiedMs, sinceMs: clock.monotonicMs() });
    return false;
  }

  private ownFile(id: string): string {
    return this.fileOf(`${id}.${ownerText(this.owner)}`);
  }

  private fileOf(name: string): string {
    return path.join(this.options.folder, name);
  }
}
