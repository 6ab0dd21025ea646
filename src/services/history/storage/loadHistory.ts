import { crc32 } from 'node:zlib';
import type { AppliesOperations, OpenDatabase } from '../operation';
import type { DurableFiles } from './durableFiles';
import { baseName, journalGenerations, journalName } from './folderNames';
import {
  type JournalEntry,
  type JournalHeader,
  type JournalPosition,
  journalStart,
  readJournal,
  salvageJournal,
} from './journal';

/** The journal that operations are added to, as far as it was read. */
export interface OpenJournal {
  readonly generation: number;
  readonly header: JournalHeader;
  readonly position: JournalPosition;
  readonly entryCount: number;
  /** The number of its last operation, or of the last one before it. */
  readonly lastSequence: number;
}

export interface LoadedHistory<D> {
  readonly type: 'loaded';
  readonly database: D;
  /** Absent where nothing was written since the base file, or ever. */
  readonly journal?: OpenJournal;
  readonly baseSizeBytes: number;
  /** What the journal says was written, for a writer who was not told. */
  readonly entryIds: ReadonlySet<string>;
}

/**
 * Files that do not go together. Seen without the lock it may be that somebody is at work on them; under the lock they
 * are damaged.
 */
export interface BrokenHistory<D> {
  readonly type: 'broken';
  readonly detail: string;
  /** Absent where the base file is not readable. */
  readonly database?: D;
  readonly base?: { readonly sizeBytes: number; readonly crc32: number };
  /** `missing`: the journal goes on from a base file that is not there, or is not the one that is there. */
  readonly baseProblem?: 'damaged' | 'foreign' | 'missing';
  /** The base file has operations beyond the journal's: it is not the one that the journal goes on from. */
  readonly unrelated?: true;
  readonly damagedJournal?: { readonly name: string; readonly bytes: Buffer };
  readonly generations: readonly number[];
}

export type LoadResult<D> =
  LoadedHistory<D> | BrokenHistory<D> | { readonly type: 'newerVersion'; readonly detail: string };

/** Reads base file and journal. Writes nothing. Throws what the system throws. */
export function loadHistory<D extends AppliesOperations>(
  files: DurableFiles,
  openDatabase: OpenDatabase<D>,
): LoadResult<D> {
  const generations = journalGenerations(files.list());
  const generation = generations.at(-1);
  const bytes = files.read(baseName);
  const base = bytes === undefined ? undefined : { sizeBytes: bytes.length, crc32: crc32(bytes) };
  const name = generation === undefined ? undefined : journalName(generation);
  const journalBytes = name === undefined ? undefined : files.read(name);
  const reading = journalBytes === undefined ? undefined : readJournal(journalBytes, journalStart);
  if (reading?.problem === 'newerVersion')
    return { type: 'newerVersion', detail: 'The journal holds what this version does not know.' };

  // SQLite takes an empty file for an empty database.
  const opened =
    bytes?.length === 0
      ? ({ problem: 'damaged', detail: 'The file is empty.' } as const)
      : openDatabase(bytes);
  if ('problem' in opened && opened.problem === 'newerVersion')
    return { type: 'newerVersion', detail: opened.detail };
  const database = 'problem' in opened ? undefined : opened.database;
  const shared = { generations, ...(base !== undefined && { base }) };
  const broken = (problem: Partial<BrokenHistory<D>> & { readonly detail: string }): BrokenHistory<D> => {
    if (problem.database === undefined) database?.close();
    return {
      type: 'broken',
      ...shared,
      ...(name !== undefined &&
        journalBytes !== undefined &&
        isDamaged(reading) && { damagedJournal: { name, bytes: journalBytes } }),
      ...problem,
    };
  };
  if ('problem' in opened)
    return broken({
      detail: opened.detail,
      baseProblem: opened.problem === 'foreign' ? 'foreign' : 'damaged',
    });
  if (database === undefined || name === undefined)
    return {
      type: 'loaded',
      database: opened.database,
      baseSizeBytes: base?.sizeBytes ?? 0,
      entryIds: new Set(),
    };

  if (journalBytes === undefined)
    return broken({ detail: `${name} went away while it was read.`, database, baseProblem: 'missing' });
  if (reading === undefined || isDamaged(reading))
    return broken({ detail: `${name} has a line that is not what was written.`, database });
  const { header } = reading;
  if (header === undefined || generation === undefined)
    return broken({ detail: `${name} has no beginning.`, database });
  if (header.from > database.appliedSequence)
    return broken({
      detail: `${name} goes on from operation ${header.from}, ${baseName} ends with ${database.appliedSequence}.`,
      database,
      baseProblem: 'missing',
    });
  // A base file that is newer than the journal's note of it comes from a fold that did not get further.
  if (base !== undefined && database.appliedSequence <= header.from && !isSameBase(base, header.base))
    return broken({ detail: `${baseName} is not what was written.`, baseProblem: 'damaged' });
  const lastSequence = reading.entries.at(-1)?.sequence ?? header.from;
  if (database.appliedSequence > lastSequence)
    return broken({
      detail: `${baseName} is not the one that ${name} goes on from.`,
      database,
      unrelated: true,
    });

  for (const { sequence, operation } of reading.entries) {
    if (sequence > database.appliedSequence) database.apply(sequence, operation);
  }
  return {
    type: 'loaded',
    database,
    journal: {
      generation,
      header,
      position: reading.end,
      entryCount: reading.entries.length,
      lastSequence,
    },
    baseSizeBytes: base?.sizeBytes ?? 0,
    entryIds: new Set(reading.entries.map(({ id }) => id)),
  };
}

/**
 * What can be had of broken files: the base file where it is readable, and after it what journals hold. Numbers begin
 * to mean something else, since some are missing.
 */
export function salvage<D extends AppliesOperations>(
  files: DurableFiles,
  openDatabase: OpenDatabase<D>,
  broken: BrokenHistory<D>,
): { readonly database: D; readonly from: number; readonly entries: readonly JournalEntry[] } {
  const database = broken.database ?? emptyDatabase(openDatabase);
  const from = database.appliedSequence;
  const takesAll = broken.database === undefined || broken.unrelated === true;
  const entries = salvagedEntries(files, broken.generations)
    .filter(({ sequence }) => takesAll || sequence > from)
    .map((entry, index) => ({ ...entry, sequence: from + index + 1 }));
  for (const { sequence, operation } of entries) database.apply(sequence, operation);
  return { database, from, entries };
}

function salvagedEntries(files: DurableFiles, generations: readonly number[]): readonly JournalEntry[] {
  const journals = generations.map((generation) => {
    const bytes = files.read(journalName(generation)) ?? Buffer.alloc(0);
    return { epoch: readJournal(bytes, journalStart).header?.epoch, bytes };
  });
  const current = journals.at(-1);
  const bySequence = new Map<number, JournalEntry>();
  for (const journal of journals) {
    // Numbers of another epoch mean something else.
    if (journal !== current && (journal.epoch === undefined || journal.epoch !== current?.epoch)) continue;
    for (const entry of salvageJournal(journal.bytes)) bySequence.set(entry.sequence, entry);
  }
  return [...bySequence.values()].sort((one, other) => one.sequence - other.sequence);
}

function emptyDatabase<D extends AppliesOperations>(openDatabase: OpenDatabase<D>): D {
  const opened = openDatabase(undefined);
  if ('problem' in opened) throw new Error(`An empty database cannot be opened: ${opened.detail}`);
  return opened.database;
}

function isDamaged(
  reading:
    | {
        readonly header?: JournalHeader;
        readonly entries: readonly JournalEntry[];
        readonly problem?: string;
      }
    | undefined,
): boolean {
  if (reading === undefined) return false;
  const { header, entries, problem } = reading;
  if (problem === 'damaged' || header === undefined) return true;
  const [first] = entries;
  return first !== undefined && first.sequence !== header.from + 1;
}

function isSameBase(
  base: { readonly sizeBytes: number; readonly crc32: number },
  noted: JournalHeader['base'],
): boolean {
  return noted === undefined || (base.sizeBytes === noted.sizeBytes && base.crc32 === noted.crc32);
}
