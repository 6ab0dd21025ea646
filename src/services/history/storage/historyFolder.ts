import { randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { SentinelError } from '../../../shared/errors';
import { schemaVersion } from '../database/schema';
import type { LockHold } from '../../locks/storageLock';
import type { FileContent } from '../../files/fileContent';
import type { HistorySetAside } from '../history';
import {
  type AppliesOperations,
  type HistoryOperation,
  type OpenDatabase,
  type Removal,
  removalBy,
} from '../operation';
import type { DurableFiles } from './durableFiles';
import { baseName, journalGenerations, journalName, temporaryEnding } from './folderNames';
import {
  crcBytes,
  encodeEntry,
  entryContent,
  isLineBefore,
  type JournalEntry,
  type JournalHeader,
  journalVersion,
  readJournal,
} from './journal';
import { journalStartOf, type LoadedHistory, loadHistory, noteOf, type OpenJournal } from './loadHistory';
import { type PreparedJournal, prepareJournal } from './newJournal';
import { repairHistory, salvage } from './repairHistory';

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
  readonly content: string;
}

/** Unlocked readings that do not fit together are tried this often before they count as suspect. */
const readAttempts = 3;
/** What a database may keep in memory of what others have folded. */
const mostChangedBytes = 32 * 1_024 * 1_024;

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
  private readonly waiting: WaitingOperation[] = [];
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

  get waitingBytes(): number {
    return this.waiting.reduce((sum, { content }) => sum + content.length, 0);
  }

  get journalSize(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.journal?.entryCount ?? 0, bytes: this.journal?.position.offset ?? 0 };
  }

  /** Whether the files hold what was removed, until they are folded. */
  get removal(): Removal | undefined {
    return this.journal?.removal;
  }

  /** Applies what others have written since the last time. A handful of system calls where that is nothing. */
  read(locked: boolean): FolderReading {
    if (this.current === undefined || this.current.isLost) return this.load(locked);
    const { files } = this.options;
    let { journal } = this;
    if (journal === undefined) return this.readWithoutJournal(locked);
    let changed = false;
    for (;;) {
      // In this order: nothing is added to a generation once there is another.
      const hasNext = files.exists(journalName(journal.generation + 1));
      const sizeBytes = files.sizeOf(journalName(journal.generation));
      if (sizeBytes === undefined) return this.readWithoutJournal(locked);
      if (sizeBytes < journal.position.offset) return this.load(locked);
      if (sizeBytes === journal.position.offset && !this.isAsRead(journal)) return this.load(locked);
      if (sizeBytes > journal.position.offset) {
        const applied = this.readOn(journal);
        if (applied === 'conflict') return this.load(locked);
        changed ||= applied === 'changed';
        journal = this.journal ?? journal;
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
    try {
      this.applyOwn(database, operations);
    } catch (error) {
      if (!database.isLost) throw error;
      this.load(false);
      this.applyOwn(this.present(), operations);
    }
  }

  private applyOwn(database: D, operations: readonly HistoryOperation[]): void {
    const before = this.waiting.length;
    const sequence = database.appliedSequence;
    try {
      for (const operation of operations) {
        database.apply(database.appliedSequence + 1, operation);
        this.written += 1;
        const id = `${this.writer}-${this.written}`;
        this.waiting.push({ id, operation, content: entryContent(id, operation) });
      }
    } catch (error) {
      this.waiting.length = before;
      if (database.appliedSequence !== sequence) this.forget();
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
    let last = '';
    this.waiting.forEach(({ content }, index) => {
      const line = encodeEntry(this.storedSequence + index + 1, content, chain);
      last = line.text;
      text += last;
      chain = line.chain;
    });
    const bytes = Buffer.from(text, 'utf8');
    const offset = journal.position.offset + bytes.length;
    // Before, so that nothing of whoever has taken the lock is touched; after, so that nothing is acknowledged wrongly.
    requireHeld(hold);
    this.options.files.append(journalName(journal.generation), journal.position.offset, bytes);
    requireHeld(hold);
    this.storedSequence += this.waiting.length;
    this.journal = {
      ...journal,
      position: { offset, chain, lineOffset: offset - Buffer.byteLength(last) },
      entryCount: journal.entryCount + this.waiting.length,
      lastSequence: this.storedSequence,
      removal: removalBy(
        this.waiting.map(({ operation }) => operation),
        journal.removal,
      ),
    };
    this.waiting.length = 0;
  }

  /** Writes the whole database as the base file, and begins a new journal. Needs the lock, and a reading under it. */
  fold(hold: LockHold): void {
    const { files } = this.options;
    const database = this.present();
    this.removeTemporaries();
    const temporary = `${baseName}${temporaryEnding}`;
    const folded = this.journal?.generation ?? 0;
    const isRemoving = this.removal !== undefined;
    const written = { sizeBytes: 0, crc32: 0 };
    files.writeTemporary('base', temporary, counted(database.export(), written));
    let content: FileContent | undefined;
    let next: PreparedJournal;
    try {
      content = files.open(temporary);
      if (content?.sizeBytes !== written.sizeBytes || content.crc32 !== written.crc32) {
        throw new SentinelError('history.filesChanged', `${temporary} is not what was written.`);
      }
      // Before the base file counts: from its note everybody knows the base file again, if this goes no further.
      next = this.prepare(database.appliedSequence, noteOf(content));
    } catch (error) {
      content?.close();
      files.removeIfPossible(temporary);
      throw error;
    }
    try {
      requireHeld(hold);
      files.rename('base', temporary, baseName);
      // The old journal goes on from this base file as well, with what somebody may have added meanwhile.
      requireHeld(hold);
      next.begin();
    } catch (error) {
      content.close();
      throw error;
    }
    this.journal = next.journal;
    this.storedSequence = database.appliedSequence;
    this.waiting.length = 0;
    this.filesLost = false;
    this.baseSizeBytes = content.sizeBytes;
    database.rebase(content);
    // The one that was just folded stays, so that windows which have not read its end need not read everything; but
    // not where it holds what is to be gone.
    const kept = isRemoving ? next.journal.generation : folded;
    for (const generation of journalGenerations(files.list())) {
      if (generation < kept) files.removeIfPossible(journalName(generation));
    }
  }

  close(): void {
    this.forget();
  }

  private forget(): void {
    this.current?.close();
    this.current = undefined;
  }

  private present(): D {
    if (this.current === undefined) this.load(false);
    const { database } = this;
    if (database === undefined) throw new SentinelError('history.unreadable', 'The history cannot be read.');
    return database;
  }

  /**
   * Whether a journal that is as long as before ends with the same line. What a window reads while another one writes
   * may be cut off again, if the disk fails, and another window's line of the same length may take its place.
   */
  private isAsRead({ generation, position }: OpenJournal): boolean {
    const beginning = this.options.files.read(journalName(generation), position.lineOffset, crcBytes);
    return beginning !== undefined && isLineBefore(position, beginning);
  }

  /** Reads what was added to a journal. */
  private readOn(journal: OpenJournal): 'changed' | 'unchanged' | 'conflict' {
    const bytes = this.options.files.read(journalName(journal.generation), journal.position.offset);
    if (bytes === undefined) return 'conflict';
    const { entries, end, problem } = readJournal(bytes, journal.position);
    if (problem !== undefined) return 'conflict';
    const applied = this.applyOthers(entries);
    if (applied === 'conflict') return applied;
    this.journal = {
      ...journal,
      position: end,
      entryCount: journal.entryCount + entries.length,
      lastSequence: entries.at(-1)?.sequence ?? journal.lastSequence,
      removal: removalBy(
        entries.map(({ operation }) => operation),
        journal.removal,
      ),
    };
    return applied;
  }

  private applyOthers(entries: readonly JournalEntry[]): 'changed' | 'unchanged' | 'conflict' {
    const fresh = entries.filter(({ sequence }) => sequence > this.storedSequence);
    if (fresh.length === 0) return 'unchanged';
    if (this.waiting.length > 0 || fresh[0]?.sequence !== this.storedSequence + 1) return 'conflict';
    for (const { sequence, operation } of fresh) {
      this.present().apply(sequence, operation);
      this.storedSequence = sequence;
    }
    return 'changed';
  }

  /** The generation after this one, if reading can go on with it. Nothing of it counts as read but its first line. */
  private openNext(journal: OpenJournal): OpenJournal | undefined {
    const generation = journal.generation + 1;
    // The old base file lasts as long as somebody has it open, and with it what a person has deleted; and what the new
    // one has need not be kept in memory for ever.
    if (journal.removal === 'asked' || this.present().changedBytes > mostChangedBytes) return undefined;
    const start = journalStartOf(this.options.files, journalName(generation));
    if (start?.header.epoch !== journal.header.epoch || start.header.from > this.storedSequence)
      return undefined;
    const { header, end } = start;
    return {
      generation,
      header,
      position: end,
      entryCount: 0,
      lastSequence: header.from,
      removal: undefined,
    };
  }

  /** Where there is no journal, or it has gone. */
  private readWithoutJournal(locked: boolean): FolderReading {
    const { files } = this.options;
    if (journalGenerations(files.list()).length > 0) return this.load(locked);
    const sizeBytes = files.sizeOf(baseName);
    if (this.storedSequence > 0 && sizeBytes === undefined) {
      // Somebody has removed the files. What is in memory is written anew with the next operation.
      this.journal = undefined;
      this.filesLost = true;
      return { type: 'unchanged' };
    }
    const isAsBefore = this.journal === undefined && (sizeBytes ?? 0) === this.baseSizeBytes;
    return isAsBefore ? { type: 'unchanged' } : this.load(locked);
  }

  private load(locked: boolean): FolderReading {
    const { files, openDatabase, now, onSetAside } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const loaded = loadHistory(files, openDatabase);
      if (loaded.type === 'newerVersion') return loaded;
      if (loaded.type === 'loaded') {
        this.use(loaded);
        return { type: 'changed' };
      }
      if (locked) {
        const { history, asides } = repairHistory(files, openDatabase, loaded, now());
        this.use(history);
        for (const aside of asides) onSetAside(aside);
        return { type: 'changed' };
      }
      if (attempt === readAttempts && this.current === undefined) {
        // Something to show until the lock is there. No file has this size, so that it is looked at again.
        const { database } = salvage(files, openDatabase, loaded);
        this.use({ type: 'loaded', database, baseSizeBytes: -1, entryIds: new Set() });
        return { type: 'suspect' };
      }
      loaded.database?.close();
      if (attempt === readAttempts) return { type: 'suspect' };
    }
  }

  private use({ database, journal, baseSizeBytes, entryIds }: LoadedHistory<D>): void {
    this.forget();
    this.current = database;
    this.journal = journal;
    this.baseSizeBytes = baseSizeBytes;
    this.storedSequence = database.appliedSequence;
    this.filesLost = false;
    // What a failed attempt has left in the journal as a whole is stored after all.
    const waiting = this.waiting.filter(({ id }) => !entryIds.has(id));
    this.waiting.splice(0, this.waiting.length, ...waiting);
    for (const { operation } of waiting) database.apply(database.appliedSequence + 1, operation);
  }

  /** A journal that goes on from what is stored, where there is none. */
  private beginJournal(hold: LockHold): OpenJournal {
    const base = this.options.files.open(baseName);
    base?.close();
    const next = this.prepare(this.storedSequence, base && noteOf(base));
    requireHeld(hold);
    next.begin();
    this.journal = next.journal;
    return next.journal;
  }

  private prepare(from: number, base: JournalHeader['base']): PreparedJournal {
    return prepareJournal(this.options.files, {
      version: journalVersion,
      schema: schemaVersion,
      epoch: this.journal?.header.epoch ?? randomUUID(),
      from,
      ...(base !== undefined && { base }),
    });
  }

  /** What somebody was killed over. Written under the lock alone, so that nobody is at work on it. */
  private removeTemporaries(): void {
    const { files } = this.options;
    const names = files.list();
    // The next journal's is what a fold has left that went no further; it stays until there is another in its place.
    const next = journalName((journalGenerations(names).at(-1) ?? 0) + 1);
    for (const name of names) {
      if (name.endsWith(temporaryEnding) && !name.startsWith(next)) files.removeIfPossible(name);
    }
  }
}

function* counted(
  pieces: Iterable<Uint8Array>,
  sum: { sizeBytes: number; crc32: number },
): Generator<Uint8Array> {
  for (const piece of pieces) {
    sum.sizeBytes += piece.length;
    sum.crc32 = crc32(piece, sum.crc32);
    yield piece;
  }
}

function requireHeld(hold: LockHold): void {
  if (!hold.isHeld())
    throw new SentinelError('history.lockLost', 'Another machine took the lock for abandoned.');
}
