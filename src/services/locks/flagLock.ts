import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type Disposable, toDisposable } from '../../shared/disposable';
import { type FaultHook, faultStep } from '../files/faults';
import { type FileCalls, ifPresent, systemCode } from '../files/fileCalls';
import {
  type LockOwner,
  ownerOf,
  type OwnerState,
  ownerState,
  ownerText,
  type ProcessTable,
  systemProcesses,
  thisOwner,
} from './lockOwner';
import type { LockHold, StorageLock } from './storageLock';

/** How long the flag of an owner who cannot be looked at stands without a sign of life before it counts for nothing. */
export const foreignLimitMs = 60_000;

export type LockStep = 'lock.create' | 'lock.remove';

export interface FlagLockOptions {
  /** A folder of its own. */
  readonly folder: string;
  readonly calls: FileCalls;
  /** Makes the folder around it if it is not there. */
  readonly makeFolder: () => void;
  readonly faults?: FaultHook<LockStep>;
  readonly processes?: ProcessTable;
  /** A clock that never goes back. */
  readonly monotonicMs: () => number;
}

interface Flag {
  readonly name: string;
  readonly owner: LockOwner;
  readonly isWaiting: boolean;
}

/** Beginning of the names of flags that keep nobody out. */
const waitingMark = 'wait.';

/**
 * A lock made of flags, for systems on which Node has no lock of the kernel's. A flag is an empty file whose name
 * says who put it up; the name is there in whole or not at all, is never used again, and is read by one look at the
 * folder.
 *
 * Whoever wants the lock puts up a flag, then looks. If there is another flag of somebody who may be alive, it takes
 * its own down and tries again later. Otherwise it has the lock, and takes its flag down to give it back.
 *
 * Two never have it at once. Suppose A and B do, and A's flag went up first. B looked after its own flag was up, so
 * that A's had been there all the time while B looked: A takes it down when it gives the lock back, which it has not
 * done, and others take down flags of the dead alone. So B has seen it, and A lives: B does not have the lock.
 *
 * Somebody who is killed leaves a flag at most, at whatever moment. It counts for nothing from then on, because its
 * owner is dead, and anybody may take it down, because no flag will ever have the same name. Somebody who is stopped,
 * or slow, lives. That an owner is dead is said only of a thread that has left its last system call behind, which is
 * why every call on the files is made by the thread itself and none by Node's pool.
 *
 * Those who wait put up a flag of another kind, by which nobody is kept out: it asks who has the lock to let them go
 * first before it takes the lock again. Otherwise one window that writes much would starve the others, since the lock
 * is free for a moment only between two of its writes.
 *
 * Owners on another machine that shares the folder, or in another container, cannot be looked at. Their flags count
 * until they have stood for a minute, by the clock of the file system or by our own. One who was stopped for longer
 * and goes on can meet another holder: it notices before it acknowledges anything that its flag is gone.
 */
export class FlagLock implements StorageLock {
  private readonly processes: ProcessTable;
  private readonly self: LockOwner;
  /** Flags of our own that could not be taken down. */
  private readonly stuck = new Set<string>();
  /** Flags of our own that say that we wait. */
  private readonly announced = new Set<string>();
  /** Flags of owners who cannot be looked at: when we saw their present sign of life first. */
  private readonly foreign = new Map<string, { readonly modifiedMs: number; readonly sinceMs: number }>();

  constructor(private readonly options: FlagLockOptions) {
    this.processes = options.processes ?? systemProcesses;
    this.self = thisOwner(this.processes);
  }

  get isStuck(): boolean {
    return this.stuck.size > 0;
  }

  tryAcquire(): LockHold | undefined {
    for (const name of this.stuck) this.takeDown(name);
    // A look before, so that those who wait do not keep each other away by their flags.
    if (this.others('').some((flag) => !flag.isWaiting && this.stateOf(flag) === 'alive')) return undefined;
    const own = nameOf(this.self);
    // Until it is sure to be the only one, and again when it is given back, it is one to take down.
    this.stuck.add(own);
    let waiting: readonly Flag[];
    try {
      this.putUp(own);
      const others = this.others(own);
      const living = others.filter((flag) => this.mayLive(flag, own));
      waiting = living.filter(({ isWaiting }) => isWaiting);
      if (waiting.length < living.length) {
        this.release(own);
        return undefined;
      }
      for (const flag of others) if (!living.includes(flag)) this.removeIfPossible(flag.name);
    } catch (error) {
      this.release(own);
      throw error;
    }
    this.stuck.delete(own);
    return {
      isHeld: () => ifPresent(() => this.options.calls.stat(this.pathOf(own))) !== undefined,
      refresh: () => {
        ifPresent(() => {
          this.options.calls.touch(this.pathOf(own));
        });
      },
      isWanted: waiting.some(({ name }) => !this.announced.has(name)),
      release: () => {
        this.release(own);
      },
    };
  }

  announce(): Disposable {
    const own = `${waitingMark}${nameOf(this.self)}`;
    try {
      this.create(own);
    } catch (error) {
      // It is a courtesy of the others only. What the disk says is said by the next attempt.
      if (systemCode(error) === undefined) throw error;
    }
    this.announced.add(own);
    return toDisposable(() => {
      this.announced.delete(own);
      this.removeIfPossible(own);
    });
  }

  private putUp(name: string): void {
    this.step('lock.create', () => {
      try {
        this.create(name);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
        this.options.makeFolder();
        this.options.calls.makeFolder(this.options.folder);
        this.create(name);
      }
    });
  }

  private create(name: string): void {
    const { calls } = this.options;
    calls.close(calls.open(this.pathOf(name), 'wx'));
  }

  private release(name: string): void {
    this.stuck.add(name);
    try {
      this.takeDown(name);
    } catch (error) {
      // It stands until the next attempt. On a disk that lets nothing be removed nobody can write anyway.
      if (systemCode(error) === undefined) throw error;
    }
  }

  private takeDown(name: string): void {
    this.step('lock.remove', () => {
      ifPresent(() => {
        this.options.calls.remove(this.pathOf(name));
      });
    });
    this.stuck.delete(name);
  }

  private others(own: string): readonly Flag[] {
    const { calls, folder } = this.options;
    const flags: Flag[] = [];
    for (const name of ifPresent(() => calls.list(folder)) ?? []) {
      const flag = name === own || this.stuck.has(name) ? undefined : flagOf(name);
      if (flag !== undefined) flags.push(flag);
    }
    return flags;
  }

  private mayLive(other: Flag, own: string): boolean {
    const { name } = other;
    const state = this.stateOf(other);
    if (state !== 'foreign') return state === 'alive';
    const { calls, monotonicMs } = this.options;
    const flag = ifPresent(() => calls.stat(this.pathOf(name)));
    const mine = ifPresent(() => calls.stat(this.pathOf(own)));
    if (flag === undefined || mine === undefined) return flag !== undefined;
    // Both times are the file system's, whose clock may differ from ours.
    if (mine.modifiedMs - flag.modifiedMs > foreignLimitMs) return false;
    const nowMs = monotonicMs();
    const seen = this.foreign.get(name);
    if (seen?.modifiedMs === flag.modifiedMs) return nowMs - seen.sinceMs <= foreignLimitMs;
    this.foreign.set(name, { modifiedMs: flag.modifiedMs, sinceMs: nowMs });
    return true;
  }

  private stateOf({ owner }: Flag): OwnerState {
    return ownerState(owner, this.self, this.processes);
  }

  private removeIfPossible(name: string): void {
    this.foreign.delete(name);
    try {
      this.options.calls.remove(this.pathOf(name));
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
    }
  }

  private step<T>(step: LockStep, action: () => T): T {
    return faultStep(this.options.faults, step, action);
  }

  private pathOf(name: string): string {
    return path.join(this.options.folder, name);
  }
}

function nameOf(owner: LockOwner): string {
  return `${ownerText(owner)}.${randomBytes(6).toString('hex')}`;
}

/** @returns undefined for files that are no flags */
function flagOf(name: string): Flag | undefined {
  const isWaiting = name.startsWith(waitingMark);
  const [, text = ''] = /^(.+)\.[0-9a-f]{12}$/.exec(isWaiting ? name.slice(waitingMark.length) : name) ?? [];
  const owner = ownerOf(text);
  return owner && { name, owner, isWaiting };
}
