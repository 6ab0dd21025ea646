import type { HistoryOperation } from '../../shared/history/operation';

// Also crosses to the history's thread, and so is defined where its protocol can see it.
export { type HistoryOperation, historyOperationSchema } from '../../shared/history/operation';

/** The database as its store sees it: something that operations are applied to and that can be written down. */
export interface AppliesOperations {
  /** The number of the last operation in it; 0 for none. */
  readonly appliedSequence: number;
  /** @param sequence one more than `appliedSequence` */
  apply(sequence: number, operation: HistoryOperation): void;
  /** The whole of it, with its `appliedSequence`. */
  export(): Uint8Array;
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

/** @returns the database of these bytes, or an empty one; or what is wrong with them */
export type OpenDatabase<D extends AppliesOperations> = (
  bytes: Uint8Array | undefined,
) => { readonly database: D } | { readonly problem: DatabaseProblem; readonly detail: string };
