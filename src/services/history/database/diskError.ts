import type { SqlJsStatic } from 'sql.js';

/** `EIO`, by the numbers of the C library that sql.js is made with. */
const inputOutputError = 29;

/**
 * How to make what the C library in sql.js takes for an error of a system call. It knows them by a class of its own,
 * whose fields have other names in each build, and which it does not hand out: it is had from an error that it throws.
 */
export function diskErrorsOf(sqlite: SqlJsStatic): () => Error {
  const database: { filename?: string; close(): void } = new sqlite.Database();
  database.filename = 'missing';
  try {
    database.close();
  } catch (error) {
    const type = (error as { constructor: new (number: number) => Error }).constructor;
    const made = new type(inputOutputError);
    if (made.name === 'ErrnoError') return () => new type(inputOutputError);
  }
  throw new Error('This build of sql.js has no errors of the disk.');
}
