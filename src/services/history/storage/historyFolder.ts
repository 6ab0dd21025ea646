import { randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { SentinelError } from '../../../shared/errors';
import type { HistorySetAside } from '../history';
import type { AppliesOperations, HistoryOperation, OpenDatabase } from '../operation';
import type { DurableFiles } from './durableFiles';
import { asideName, baseName, journalGenerations, journalName, temporaryEnding } from './folderNames';
import {
  encodeEntry,
  encodeHeader,
  type JournalEntry,
  type JournalHeader,
  journalStart,
  journalVersion,
  readJournal,
} from './journal';
import { type BrokenHistory, loadHistory, type OpenJournal, salvage } from './loadHistory';
import type { LockHold } from './storageLock';

/** What a look at the files brought. `suspect`: something does not fit, which only the lock's holder can judge. */
export type FolderReading =
  | { readonly type: 'unchanged' | 'changed' | 'suspect' }
  | { readonly type: 'newerVersion'; readonly detail: string };

export interface HistoryFolderOptions<D extends AppliesOperations> {
  readonly files: DurableFiles;
  readonly openDatabase: OpenDatabase<D>;
  /** The wall clock, for names of what is set aside. */
  readonly now: () => number;
  readonly onSetAside: (aside: HistorySetAside) => void;
}

/** An operation that is in the database in memory and in no file yet. */
interface WaitingOperation {
  readonly id: string;
  readonly operation: HistoryOperation;
}

/** Unlocked reads that do not fit together are tried this often before they count as suspect. */
const readAttempts = 3;

/**
 * The files of a history and the database in memory that mirrors them: a base file, and a journal of the operations
 * since. All methods are synchronous; those that write need the lock. They throw what the system throws, and leave
 * everything such that the next call goes on.
 *
 * Operations have one order, by their numbers. The database has applied the first `storedSequence`, which are in the
 * files, and after them those that wait. When others add to the files while something waits, it is read anew.
 */
export class HistoryFolder<D extends AppliesOperations> {
  private current: D | undefined;
  private journal: OpenJournal | undefined;
  private baseSizeBytes = 0;
  private storedSequence = 0;
  private waiting: WaitingOperation[] = [];
  private readonly writer = randomBytes(6).toString('hex');
  private written = 0;
  /** Nothing is left of the files; memory is all there is. */
  private filesLost = false;

  constructor(private readonly options: HistoryFolderOptions<D>) {}

  /** Undefined before the first reading that succeeds. */
  get database(): D | undefined {
    return this.current;
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  get size(): { readonly journalEntries: number; readonly journalBytes: number; readonly baseBytes: number } {
    return {
      journalEntries: this.journal?.entryCount ?? 0,
      journalBytes: this.journal?.position.offset ?? 0,
      baseBytes: this.baseSizeBytes,
    };
  }

  /** Applies what others have written since the last time. */
  read(locked: boolean): FolderReading {
    if (this.current === undefined) return this.load(locked);
    const { files } = this.options;
    let { journal } = this;
    if (journal === undefined) return this.readWithoutJournal(locked);
    let changed = false;
    for (;;) {
      const name = journalName(journal.generation);
      // In this order: nothing is added to a generation once there is another.
      const hasNext = files.exists(journalName(journal.generation + 1));
      const sizeBytes = files.sizeOf(name);
      if (sizeBytes === undefined) return this.readWithoutJournal(locked);
      if (sizeBytes < journal.position.offset) return this.load(locked);
      if (sizeBytes > journal.position.offset) {
        const bytes = files.read(name, journal.position.offset);
        if (bytes === undefined) return this.load(locked);
        const reading = readJournal(bytes, journal.position);
        if (reading.problem !== undefined) return this.load(locked);
        const applied = this.applyOthers(reading.entries);
        if (applied === 'conflict') return this.load(locked);
        changed ||= applied === 'changed';
        journal = this.journal = {
          ...journal,
          position: reading.end,
          entryCount: journal.entryCount + reading.entries.length,
          lastSequence: reading.entries.at(-1)?.sequence ?? journal.lastSequence,
        };
      }
      if (!hasNext) return { type: changed ? 'changed' : 'unchanged' };
      const next = this.openNext(journal);
      if (next === undefined) return this.load(locked);
      journal = this.journal = next;
    }
  }

  /** Adds operations to the database, all or none; they wait until they are stored. @throws what `apply` throws */
  add(operations: readonly HistoryOperation[]): void {
    const database = this.present();
    const before = this.waiting.length;
    try {
      for (const operation of operations) {
        database.apply(database.appliedSequence + 1, operation);
        this.written += 1;
        this.waiting.push({ id: `${this.writer}-${this.written}`, operation });
      }
    } catch (error) {
      this.waiting.length = before;
      this.load(false);
      throw error;
    }
  }

  /** Writes down what waits, for good. Needs the lock, and a reading under it. */
  store(hold: LockHold): void {
    if (this.waiting.length === 0) return;
    if (this.filesLost) {
      this.fold(hold);
      return;
    }
    const journal =
      this.journal?.lastSequence === this.storedSequence ? this.journal : this.beginJournal(hold);
    let { chain } = journal.position;
    let text = '';
    this.waiting.forEach(({ id, operation }, index) => {
      const line = encodeEntry({ sequence: this.storedSequence + index + 1, id, operation }, chain);
      text += line.text;
      chain = line.chain;
    });
    const bytes = Buffer.from(text, 'utf8');
    this.options.files.append(journalName(journal.generation), journal.position.offset, bytes);
    requireHeld(hold);
    this.storedSequence += this.waiting.length;
    this.journal = {
      ...journal,
      position: { offset: journal.position.offset + bytes.length, chain },
      entryCount: journal.entryCount + this.waiting.length,
      lastSequence: this.storedSequence,
    };
    this.waiting = [];
  }

  /** Writes the whole database as the base file, and begins a new journal. Needs the lock, and a reading under it. */
  fold(hold: LockHold): void {
    const { files } = this.options;
    const database = this.present();
    this.removeTemporaries();
    const bytes = database.export();
    const temporary = `${baseName}${temporaryEnding}`;
    files.writeTemporary('base', temporary, bytes);
    requireHeld(hold);
    files.rename('base', temporary, baseName);
    const folded = this.journal?.generation ?? 0;
    this.journal = this.createJournal(hold, {
      version: journalVersion,
      epoch: this.journal?.header.epoch ?? randomUUID(),
      from: database.appliedSequence,
      base: { sizeBytes: bytes.length, crc32: crc32(bytes) },
    });
    this.storedSequence = database.appliedSequence;
    this.waiting = [];
    this.filesLost = false;
    this.baseSizeBytes = bytes.length;
    // The one that was just folded stays, so that windows which have not read its end need not read everything.
    for (const generation of journalGenerations(files.list())) {
      if (generation < folded) files.removeIfPossible(journalName(generation));
    }
  }

  close(): void {
    this.current?.close();
    this.current = undefined;
  }

  private present(): D {
    if (this.current === undefined)
      throw new SentinelError('history.unreadable', 'The history was not read yet.');
    return this.current;
  }

  private applyOthers(entries: readonly JournalEntry[]): 'changed' | 'unchanged' | 'conflict' {
    const database = this.present();
    const fresh = entries.filter(({ sequence }) => sequence > this.storedSequence);
    if (fresh.length === 0) return 'unchanged';
    if (this.waiting.length > 0) return 'conflict';
    for (const { sequence, operation } of fresh) {
      if (sequence !== this.storedSequence + 1) return 'conflict';
      database.apply(sequence, operation);
      this.storedSequence = sequence;
    }
    return 'changed';
  }

  /** The generation after this one, if reading can go on with it. Nothing of it counts as read. */
  private openNext(journal: OpenJournal): OpenJournal | undefined {
    const bytes = this.options.files.read(journalName(journal.generation + 1));
    const newline = bytes?.indexOf('\n') ?? -1;
    if (bytes === undefined || newline < 0) return undefined;
    const { header, end } = readJournal(bytes.subarray(0, newline + 1), journalStart);
    if (header?.epoch !== journal.header.epoch) return undefined;
    if (header.from > this.storedSequence) return undefined;
    return {
      generation: journal.generation + 1,
      header,
      position: end,
      entryCount: 0,
      lastSequence: header.from,
    };
  }

  /** Where there is no journal, or it has gone. */
  private readWithoutJournal(locked: boolean): FolderReading {
    const { files } = this.options;
    const names = files.list();
    if (journalGenerations(names).length > 0) return this.load(locked);
    const sizeBytes = files.sizeOf(baseName);
    if (this.storedSequence > 0 && sizeBytes === undefined) {
      // Somebody has removed the files. What is in memory is written anew with the next operation.
      this.journal = undefined;
      this.filesLost = true;
      return { type: 'unchanged' };
    }
    if (this.journal === undefined && sizeBytes === (this.baseSizeBytes || undefined))
      return { type: 'unchanged' };
    return this.load(locked);
  }

  private load(locked: boolean): FolderReading {
    const { files, openDatabase } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const loaded = loadHistory(files, openDatabase);
      if (loaded.type === 'newerVersion') return loaded;
      if (loaded.type === 'loaded') {
        this.baseSizeBytes = loaded.baseSizeBytes;
        this.use(loaded.database, loaded.journal, loaded.entryIds);
        return { type: 'changed' };
      }
      if (locked) {
        this.repair(loaded);
        return { type: 'changed' };
      }
      if (attempt < readAttempts || this.current !== undefined) {
        loaded.database?.close();
        if (attempt === readAttempts) return { type: 'suspect' };
      } else {
        // Something to show until the lock is there.
        this.use(salvage(files, openDatabase, loaded).database, undefined, new Set());
        return { type: 'suspect' };
      }
    }
  }

  private use(database: D, journal: OpenJournal | undefined, storedIds: ReadonlySet<string>): void {
    this.current?.close();
    this.current = database;
    this.journal = journal;
    this.storedSequence = database.appliedSequence;
    this.filesLost = false;
    // What a failed attempt has left in the journal as a whole is stored after all.
    this.waiting = this.waiting.filter(({ id }) => !storedIds.has(id));
    for (const { operation } of this.waiting) database.apply(database.appliedSequence + 1, operation);
  }

  /**
   * Sets damaged files aside and begins anew with what could be read. Killed at any moment, it is done again: the
   * damaged journal is copied and the new one ready before anything is moved, and what was moved is missed.
   */
  private repair(broken: BrokenHistory<D>): void {
    const { files, openDatabase, now, onSetAside } = this.options;
    const { database, from, entries } = salvage(files, openDatabase, broken);
    const base = broken.database === undefined ? undefined : broken.base;
    const header: JournalHeader = {
      version: journalVersion,
      epoch: randomUUID(),
      from,
      ...(base !== undefined && { base }),
    };
    const generation = (broken.generations.at(-1) ?? 0) + 1;
    const { bytes, journal } = encodeJournal(generation, header, entries);
    const temporary = `${journalName(generation)}${temporaryEnding}`;
    files.writeTemporary('journal', temporary, bytes);

    const asides: HistorySetAside[] = [];
    if (broken.damagedJournal !== undefined) {
      const copy = `aside${temporaryEnding}`;
      const name = asideName('damaged', 'journal', now(), files.list());
      files.writeTemporary('aside', copy, broken.damagedJournal.bytes);
      files.rename('aside', copy, name);
      asides.push({ file: files.pathOf(name), problem: 'damaged' });
    }
    if (broken.baseProblem === 'missing') asides.push({ file: files.pathOf(baseName), problem: 'missing' });
    else if (broken.baseProblem !== undefined) {
      const name = asideName(broken.baseProblem, 'sqlite', now(), files.list());
      files.rename('aside', baseName, name);
      asides.push({ file: files.pathOf(name), problem: broken.baseProblem });
    }
    files.rename('journal', temporary, journalName(generation));
    this.baseSizeBytes = base?.sizeBytes ?? 0;
    this.use(database, journal, new Set(entries.map(({ id }) => id)));
    for (const aside of asides) onSetAside(aside);
  }

  /** A journal that goes on from what is stored, where there is none. */
  private beginJournal(hold: LockHold): OpenJournal {
    const base = this.options.files.read(baseName);
    this.journal = this.createJournal(hold, {
      version: journalVersion,
      epoch: this.journal?.header.epoch ?? randomUUID(),
      from: this.storedSequence,
      ...(base !== undefined && { base: { sizeBytes: base.length, crc32: crc32(base) } }),
    });
    return this.journal;
  }

  private createJournal(hold: LockHold, header: JournalHeader): OpenJournal {
    const { files } = this.options;
    const generation = (journalGenerations(files.list()).at(-1) ?? 0) + 1;
    const { bytes, journal } = encodeJournal(generation, header, []);
    const name = journalName(generation);
    files.writeTemporary('journal', `${name}${temporaryEnding}`, bytes);
    requireHeld(hold);
    files.rename('journal', `${name}${temporaryEnding}`, name);
    return journal;
  }

  /** What somebody was killed over. Written under the lock alone, so that nobody is at work on it. */
  private removeTemporaries(): void {
    const { files } = this.options;
    for (const name of files.list()) if (name.endsWith(temporaryEnding)) files.removeIfPossible(name);
  }
}

function encodeJournal(
  generation: number,
  header: JournalHeader,
  entries: readonly JournalEntry[],
): { readonly bytes: Buffer; readonly journal: OpenJournal } {
  let { text, chain } = encodeHeader(header);
  for (const entry of entries) {
    const line = encodeEntry(entry, chain);
    text += line.text;
    chain = line.chain;
  }
  const bytes = Buffer.from(text, 'utf8');
  return {
    bytes,
    journal: {
      generation,
      header,
      position: { offset: bytes.length, chain },
      entryCount: entries.length,
      lastSequence: entries.at(-1)?.sequence ?? header.from,
    },
  };
}

function requireHeld(hold: LockHold): void {
  if (!hold.isHeld())
    throw new SentinelError('history.lockLost', 'Another machine took the lock for abandoned.');
}
