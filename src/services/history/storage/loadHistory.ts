import type { FileContent } from '../../files/fileContent';
import { type AppliesOperations, type OpenDatabase, type Removal, removalBy } from '../operation';
import type { DurableFiles } from './durableFiles';
import { baseName, journalGenerations, journalName, temporaryEnding } from './folderNames';
import {
  type JournalEntry,
  type JournalHeader,
  type JournalPosition,
  type JournalReading,
  journalStart,
  readJournal,
} from './journal';

/** The journal that operations are added to, as far as it was read. */
export interface OpenJournal {
  readonly generation: number;
  readonly header: JournalHeader;
  readonly position: JournalPosition;
  readonly entryCount: number;
  /** The number of its last operation, or of the last one before it. */
  readonly lastSequence: number;
  /** What its operations remove is in the files until it is folded. */
  readonly removal: Removal | undefined;
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

interface Problem {
  readonly detail: string;
  /** `missing`: the journal goes on from a base file that is not there, or is not the one that is there. */
  readonly baseProblem?: 'damaged' | 'foreign' | 'missing';
  /** The base file is readable, and not one that the journal goes on from: none of its operations has to be in it. */
  readonly isUnrelated?: true;
}

/**
 * Files that do not go together. Seen without the lock it may be that somebody is at work on them; under the lock they
 * are damaged.
 */
export interface BrokenHistory<D> extends Problem {
  readonly type: 'broken';
  /** Nothing was added to it. Absent where the base file is not readable. */
  readonly database?: D;
  readonly base?: { readonly sizeBytes: number; readonly crc32: number };
  readonly damagedJournal?: { readonly name: string; readonly bytes: Buffer };
  readonly generations: readonly number[];
}

export type LoadResult<D> =
  LoadedHistory<D> | BrokenHistory<D> | { readonly type: 'newerVersion'; readonly detail: string };

interface Journal {
  readonly generation: number;
  readonly name: string;
  readonly bytes: Buffer;
  readonly reading: JournalReading;
}

interface Base {
  readonly sizeBytes: number;
  readonly crc32: number;
}

/** Reads base file and journal. Writes nothing. Throws what the system throws. */
export function loadHistory<D extends AppliesOperations>(
  files: DurableFiles,
  openDatabase: OpenDatabase<D>,
): LoadResult<D> {
  const generations = journalGenerations(files.list());
  // The base file before the journal: what is folded in between is in both then, and not in neither.
  const content = files.open(baseName);
  let journal: Journal | undefined;
  try {
    journal = readLast(files, generations);
  } catch (error) {
    content?.close();
    throw error;
  }
  if (journal?.reading.problem === 'newerVersion') {
    content?.close();
    return { type: 'newerVersion', detail: `${journal.name} holds what this version does not know.` };
  }
  const base = content && noteOf(content);
  const opened = openBase(
    content,
    openDatabase,
    base !== undefined && isSame(base, journal?.reading.header?.base),
  );
  if ('problem' in opened && opened.problem === 'newerVersion')
    return { type: 'newerVersion', detail: opened.detail };

  let problem: Problem | undefined;
  try {
    problem =
      'problem' in opened
        ? { detail: opened.detail, baseProblem: opened.problem === 'foreign' ? 'foreign' : 'damaged' }
        : findProblem(files, journal, generations.length > 0, base, opened.database.appliedSequence);
  } catch (error) {
    if ('database' in opened) opened.database.close();
    throw error;
  }
  if (problem !== undefined || 'problem' in opened) {
    const keepsBase = problem?.baseProblem === undefined || problem.baseProblem === 'missing';
    if ('database' in opened && !keepsBase) opened.database.close();
    return {
      type: 'broken',
      ...(problem ?? { detail: '' }),
      generations,
      ...('database' in opened && keepsBase && { database: opened.database }),
      ...(base !== undefined && { base }),
      ...(journal !== undefined && isDamaged(journal.reading) && { damagedJournal: journal }),
    };
  }

  const entries = journal?.reading.entries ?? [];
  const database = applyAll(opened.database, entries);
  const header = journal?.reading.header;
  return {
    type: 'loaded',
    database,
    ...(journal !== undefined &&
      header !== undefined && {
        journal: {
          generation: journal.generation,
          header,
          position: journal.reading.end,
          entryCount: entries.length,
          lastSequence: entries.at(-1)?.sequence ?? header.from,
          removal: removalBy(entries.map(({ operation }) => operation)),
        },
      }),
    baseSizeBytes: base?.sizeBytes ?? 0,
    entryIds: new Set(entries.map(({ id }) => id)),
  };
}

/** Applies what is not in the database yet; one that cannot be brought forward is closed. @returns the database */
export function applyAll<D extends AppliesOperations>(database: D, entries: readonly JournalEntry[]): D {
  try {
    for (const { sequence, operation } of entries) {
      if (sequence > database.appliedSequence) database.apply(sequence, operation);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readLast(files: DurableFiles, generations: readonly number[]): Journal | undefined {
  const generation = generations.at(-1);
  if (generation === undefined) return undefined;
  const name = journalName(generation);
  const bytes = files.read(name);
  return bytes && { generation, name, bytes, reading: readJournal(bytes, journalStart) };
}

function openBase<D extends AppliesOperations>(
  content: FileContent | undefined,
  openDatabase: OpenDatabase<D>,
  isKnown: boolean,
): ReturnType<OpenDatabase<D>> {
  if (content?.sizeBytes !== 0) return openDatabase(content, isKnown);
  // SQLite takes an empty file for an empty database.
  content.close();
  return { problem: 'damaged', detail: `${baseName} is empty.` };
}

/** What a journal knows the base file by that it goes on from. */
export function noteOf({ sizeBytes, crc32 }: Base): Base {
  return { sizeBytes, crc32 };
}

/** @returns why the files do not go together, if they do not */
function findProblem(
  files: DurableFiles,
  journal: Journal | undefined,
  isJournalExpected: boolean,
  base: Base | undefined,
  baseSequence: number,
): Problem | undefined {
  if (journal === undefined)
    return isJournalExpected ? { detail: 'A journal went away while it was read.' } : undefined;
  const { name, reading } = journal;
  const { header } = reading;
  const problem =
    header === undefined ? undefined : findBaseProblem(files, { ...journal, header }, base, baseSequence);
  if (problem !== undefined) return problem;
  return isDamaged(reading) ? { detail: `${name} has a line that is not what was written.` } : undefined;
}

/** @returns why the base file is not one that the journal goes on from, if it is not */
function findBaseProblem(
  files: DurableFiles,
  { name, generation, header }: Journal & { readonly header: JournalHeader },
  base: Base | undefined,
  baseSequence: number,
): Problem | undefined {
  if (header.from > baseSequence) {
    const detail = `${name} goes on from operation ${header.from}, ${baseName} ends with ${baseSequence}.`;
    return { detail, baseProblem: 'missing' };
  }
  if (base === undefined) return undefined;
  if (baseSequence === header.from) {
    if (header.base === undefined || isSame(base, header.base)) return undefined;
    return { detail: `${baseName} is not what was written.`, baseProblem: 'damaged' };
  }
  // A fold that was ended before its journal began has left that behind, under a temporary name.
  const next = journalStartOf(files, `${journalName(generation + 1)}${temporaryEnding}`)?.header;
  const isFolded = next?.epoch === header.epoch && next.from === baseSequence && isSame(base, next.base);
  if (isFolded) return undefined;
  return { detail: `${baseName} is not the one that ${name} goes on from.`, isUnrelated: true };
}

/** The first line of a journal, if it is there and as it must be. */
export function journalStartOf(
  files: DurableFiles,
  name: string,
): { readonly header: JournalHeader; readonly end: JournalPosition } | undefined {
  const bytes = files.read(name);
  if (bytes === undefined) return undefined;
  const { header, end } = readJournal(bytes.subarray(0, bytes.indexOf('\n') + 1), journalStart);
  return header && { header, end };
}

function isDamaged({ header, entries, problem }: JournalReading): boolean {
  if (problem === 'damaged' || header === undefined) return true;
  const [first] = entries;
  return first !== undefined && first.sequence !== header.from + 1;
}

function isSame(base: Base, noted: Base | undefined): boolean {
  return base.sizeBytes === noted?.sizeBytes && base.crc32 === noted.crc32;
}
