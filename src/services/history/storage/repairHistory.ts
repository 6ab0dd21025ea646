import { randomUUID } from 'node:crypto';
import { schemaVersion } from '../database/schema';
import type { HistorySetAside } from '../history';
import type { AppliesOperations, OpenDatabase } from '../operation';
import type { DurableFiles } from './durableFiles';
import { asideName, baseName, journalName, temporaryEnding } from './folderNames';
import { type JournalEntry, journalStart, journalVersion, readJournal, salvageJournal } from './journal';
import { applyAll, type BrokenHistory, type LoadedHistory } from './loadHistory';
import { prepareJournal } from './newJournal';

export interface RepairedHistory<D> {
  readonly history: LoadedHistory<D>;
  readonly asides: readonly HistorySetAside[];
}

interface SalvagedHistory<D> {
  readonly database: D;
  readonly from: number;
  readonly entries: readonly JournalEntry[];
}

/**
 * What can be had of broken files: the base file where it is readable, and after it what journals hold. Operations get
 * new numbers, since some are missing.
 */
export function salvage<D extends AppliesOperations>(
  files: DurableFiles,
  openDatabase: OpenDatabase<D>,
  broken: BrokenHistory<D>,
): SalvagedHistory<D> {
  const takesAll = broken.database === undefined || broken.isUnrelated === true;
  const database = broken.database ?? emptyDatabase(openDatabase);
  const from = database.appliedSequence;
  const entries = salvagedEntries(files, broken.generations)
    .filter(({ sequence }) => takesAll || sequence > from)
    .map((entry, index) => ({ ...entry, sequence: from + index + 1 }));
  return { database: applyAll(database, entries), from, entries };
}

/**
 * Sets damaged files aside and begins a journal with what could be read. Needs the lock. Killed at any moment, it is
 * done again: the new journal is ready and the damaged one copied before anything is moved, and a base file that was
 * moved is missed by the journal that went on from it.
 */
export function repairHistory<D extends AppliesOperations>(
  files: DurableFiles,
  openDatabase: OpenDatabase<D>,
  broken: BrokenHistory<D>,
  nowMs: number,
): RepairedHistory<D> {
  const salvaged = salvage(files, openDatabase, broken);
  try {
    return writeRepair(files, broken, salvaged, nowMs);
  } catch (error) {
    // It takes memory that nobody else would free, with each attempt.
    salvaged.database.close();
    throw error;
  }
}

function writeRepair<D>(
  files: DurableFiles,
  broken: BrokenHistory<D>,
  { database, from, entries }: SalvagedHistory<D>,
  nowMs: number,
): RepairedHistory<D> {
  const base = broken.database === undefined ? undefined : broken.base;
  const prepared = prepareJournal(
    files,
    // What was number 7 may be number 6 now: whoever has read the old journal has to read everything.
    {
      version: journalVersion,
      schema: schemaVersion,
      epoch: randomUUID(),
      from,
      ...(base !== undefined && { base }),
    },
    entries,
  );
  const asides = [...copyJournal(files, broken, nowMs), ...moveBase(files, broken, nowMs)];
  prepared.begin();
  return {
    history: {
      type: 'loaded',
      database,
      journal: prepared.journal,
      baseSizeBytes: base?.sizeBytes ?? 0,
      entryIds: new Set(entries.map(({ id }) => id)),
    },
    asides,
  };
}

function copyJournal(
  files: DurableFiles,
  { damagedJournal }: Pick<BrokenHistory<unknown>, 'damagedJournal'>,
  nowMs: number,
): HistorySetAside[] {
  if (damagedJournal === undefined) return [];
  const name = asideName('damaged', 'journal', nowMs, files.list());
  files.writeTemporary('aside', `${name}${temporaryEnding}`, [damagedJournal.bytes]);
  files.rename('aside', `${name}${temporaryEnding}`, name);
  return [{ file: files.pathOf(name), problem: 'damaged' }];
}

function moveBase(
  files: DurableFiles,
  { baseProblem }: Pick<BrokenHistory<unknown>, 'baseProblem'>,
  nowMs: number,
): HistorySetAside[] {
  if (baseProblem === undefined) return [];
  if (baseProblem === 'missing') return [{ file: files.pathOf(baseName), problem: baseProblem }];
  const name = asideName(baseProblem, 'sqlite', nowMs, files.list());
  files.rename('aside', baseName, name);
  return [{ file: files.pathOf(name), problem: baseProblem }];
}

function salvagedEntries(files: DurableFiles, generations: readonly number[]): readonly JournalEntry[] {
  const journals = generations.map((generation) => {
    const bytes = files.read(journalName(generation)) ?? Buffer.alloc(0);
    return { epoch: readJournal(bytes, journalStart).header?.epoch, bytes };
  });
  const current = journals.at(-1);
  // Not by their numbers: of two windows that both took the lock to be theirs, each may have given the same.
  const byId = new Map<string, JournalEntry>();
  for (const journal of journals) {
    // Numbers of another epoch mean something else.
    if (journal !== current && (journal.epoch === undefined || journal.epoch !== current?.epoch)) continue;
    for (const entry of salvageJournal(journal.bytes)) byId.set(entry.id, entry);
  }
  return [...byId.values()].sort((one, other) => one.sequence - other.sequence);
}

function emptyDatabase<D extends AppliesOperations>(openDatabase: OpenDatabase<D>): D {
  const opened = openDatabase(undefined);
  if ('problem' in opened) throw new Error(`An empty database cannot be opened: ${opened.detail}`);
  return opened.database;
}
