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

/** What a database file can be, other than the one that is wanted. */
export type DatabaseProblem = 'damaged' | 'foreign' | 'newerVersion';

/** @returns the database of these bytes, or an empty one; or what is wrong with them */
export type OpenDatabase<D extends AppliesOperations> = (
  bytes: Uint8Array | undefined,
) => { readonly database: D } | { readonly problem: DatabaseProblem; readonly detail: string };
