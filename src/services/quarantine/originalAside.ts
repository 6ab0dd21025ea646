import path from 'node:path';
import type { QuarantineRecord } from '../../shared/quarantine/quarantineRecord';
import { patiently } from '../files/durably';
import { ifPresent, systemCode } from '../files/fileCalls';
import { statsOf } from '../files/regularFile';
import type { Action } from './action';
import { isTaken } from './restoredFile';

/**
 * Removing a file by its path removes whatever has that name by then. So the original first gets a name that nobody else
 * uses, in its own folder; what has it can be looked at for the last time, and be put back.
 */
export function asideOf({ id, origin }: Pick<QuarantineRecord, 'id' | 'origin'>): string {
  return path.join(path.dirname(origin), `.sentinel-${id}.leaving`);
}

/** @throws what the system throws */
export function setAside({ folder, calls }: Action, record: QuarantineRecord): void {
  folder.step('original.rename', () => {
    patiently(() => {
      calls.rename(record.origin, asideOf(record));
    }, folder.platform);
  });
}

/** For good. @throws what the system throws */
export function removeAside({ folder, calls }: Action, record: QuarantineRecord): void {
  folder.step('original.remove', () => {
    patiently(() => {
      calls.remove(asideOf(record));
    }, folder.platform);
  });
}

export function isAside(record: QuarantineRecord): boolean {
  return ifPresent(() => statsOf(asideOf(record), false)) !== undefined;
}

/** Gives it its name again, unless something else has that by now: then it stays beside it. */
export function putBack({ calls }: Action, record: QuarantineRecord): void {
  const { origin } = record;
  const aside = asideOf(record);
  try {
    calls.link(aside, origin);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    if (!isTaken(origin)) {
      // A file system that gives a file one name only, or a folder that took its place.
      calls.rename(aside, origin);
      return;
    }
    // Of one that got its name already, the other name goes.
    const [one, other] = [statsOf(aside, false), statsOf(origin, false)];
    if (one.ino !== other.ino || one.dev !== other.dev) return;
  }
  calls.remove(aside);
}
