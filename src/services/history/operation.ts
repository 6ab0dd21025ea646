import type { HistoryOperation } from '../../shared/history/operation';
import type { FileContent } from '../files/fileContent';

// Also crosses to the history's thread, and so is defined where its protocol can see it.
export { type HistoryOperation, historyOperationSchema } from '../../shared/history/operation';

/** The database as its store sees it: something that operations are applied to and that can be written down. */
export interface AppliesOperations {
  /** The number of the last operation in it; 0 for none. */
  readonly appliedSequence: number;
  /** @param sequence one more than `appliedSequence` */
  apply(sequence: number, operation: HistoryOperation): void;
  /** Its file cannot be read any more, as it had to be: it has to be opened anew. */
  readonly isLost: boolean;
  /** What it has in memory instead of in its file. */
  readonly changedBytes: number;
  /** The whole of it as a file, with its `appliedSequence`: piece by piece, each of which lasts until the next one. */
  export(): Iterable<Uint8Array>;
  /** Goes on from a file with what `export` gave, which it closes in the end. */
  rebase(content: FileContent): void;
  close(): void;
}

/** Why something is to be gone: a person asked for it, or it was too old or too much. */
export type Removal = 'asked' | 'aged';

/** @returns the more pressing of what was known and what these operations remove; undefined where nothing is removed */
export function removalBy(operations: readonly HistoryOperation[], known?: Removal): Removal | undefined {
  const types = new Set(operations.map(({ type }) => type));
  if (known === 'asked' || types.has('clear') || types.has('remove')) return 'asked';
  return types.has('retain') ? 'aged' : known;
}

/** What a database file can be, other than the one that is wanted. */
export type DatabaseProblem = 'damaged' | 'foreign' | 'newerVersion';

/**
 * @param isKnown whether it is, byte for byte, what `export` gave; otherwise it is looked through for damage
 * @returns the database of this file, which it closes in the end, or an empty one; or what is wrong with the file
 */
export type OpenDatabase<D extends AppliesOperations> = (
  content: FileContent | undefined,
  isKnown?: boolean,
) => { readonly database: D } | { readonly problem: DatabaseProblem; readonly detail: string };
