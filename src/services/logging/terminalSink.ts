import { formatRecord, formatRecordInColour } from './logFormat';
import type { LogSink } from './logHub';
import type { LogRecord } from './logRecord';

/** What is needed of a stream such as `process.stderr`. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Whether colours are wanted: on a terminal that knows them, unless NO_COLOR (no-color.org) holds anything. */
export function wantsColours(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Writes records to a stream, coloured where a person reads it on a terminal. */
export class TerminalSink implements LogSink {
  private readonly format: (record: LogRecord) => string;

  constructor(
    private readonly stream: TerminalStream,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.format = wantsColours(stream, env) ? formatRecordInColour : formatRecord;
  }

  write(record: LogRecord): void {
    this.stream.write(`${this.format(record)}\n`);
  }
}
