import { defined } from '../../../shared/defined';
import { errorMessage } from '../../../shared/errors';

/** Where a message of the compiler points to, and what it says. */
export interface CompileMessage {
  /** From 1. */
  readonly line?: number;
  /** From 1, in characters. */
  readonly column?: number;
  readonly message: string;
  /** The line of the source that the message shows, where it shows one. */
  readonly excerpt?: string;
}

/** Whether what was thrown is a message about a source, and not a failure of the compiler itself. */
export function isCompileMessage(thrown: unknown): boolean {
  return /^error(\[\w+\])?: /.test(errorMessage(thrown));
}

/**
 * Reads what YARA-X writes for people:
 *
 *     error[E009]: unknown identifier `foo`
 *      --> line:3:2
 *       |
 *     3 |  foo }
 *       |  ^^^ this identifier has not been declared
 */
export function parseCompileMessage(thrown: unknown): CompileMessage {
  const text = errorMessage(thrown);
  const lines = text.split('\n');
  const place = /^\s*--> line:(\d+):(\d+)/m.exec(text);
  const line = place === null ? undefined : Number(place[1]);
  const title = (lines[0] ?? '').replace(/^(error|warning)(\[\w+\])?: /, '').trim();
  // The label stands under the line that it explains; several of them may follow, of which the first names the reason.
  const label = lines
    .map((each) => /^\s*\|\s*[|_ ]*[\^-]+ (.+)$/.exec(each)?.[1])
    .find((each) => each !== undefined);
  const excerpt = lines
    .map((each) => /^(\d+) \| (.*)$/.exec(each))
    .find((each) => each !== null && Number(each[1]) === line)?.[2];
  return defined({
    line,
    column: place === null ? undefined : Number(place[2]),
    message: label === undefined ? title : `${title}: ${label}`,
    excerpt,
  });
}
