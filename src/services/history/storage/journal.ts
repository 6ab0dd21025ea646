import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { schemaVersion } from '../database/schema';
import { type HistoryOperation, historyOperationSchema } from '../operation';
import { hasUnknownKeys } from './unknownKeys';

/**
 * The journal's format: lines of text, `CRC PREVIOUS SEQUENCE JSON` and a newline. CRC is the CRC-32 of the rest in
 * hexadecimal, PREVIOUS the CRC of the line before, SEQUENCE the operation's number, or 0 for the first line, which
 * says what the journal is. JSON escapes newlines, so that a line is a line; it escapes halves of surrogate pairs as
 * well, so that UTF-8 keeps them.
 *
 * PREVIOUS lets a reader notice that a line which it has read was cut off again and another one written in its place.
 */

export const journalVersion = 1;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

// Strict, as entries are: what one does not know one would leave out for good with the next fold.
const journalHeaderSchema = v.strictObject({
  version: v.literal(journalVersion),
  /** The version of the base file's tables, for windows that have read it before a newer one replaced it. */
  schema: v.optional(v.pipe(whole, v.maxValue(schemaVersion))),
  /** Changes when numbers of operations begin to mean something else, after damage. */
  epoch: v.string(),
  /** The number of the last operation that is not in it, but in the base file. */
  from: whole,
  /** The base file at that moment; absent where there was none. */
  base: v.optional(v.strictObject({ sizeBytes: whole, crc32: whole })),
});
export type JournalHeader = v.InferOutput<typeof journalHeaderSchema>;

const versionSchema = v.object({ version: whole });
const entrySchema = v.strictObject({ id: v.string(), operation: v.unknown() });

export interface JournalEntry {
  readonly sequence: number;
  /** Unique, so that a writer recognises what it wrote though it was not told. */
  readonly id: string;
  readonly operation: HistoryOperation;
}

/** Where reading goes on. */
export interface JournalPosition {
  readonly offset: number;
  /** CRC of the line before, as it is written. */
  readonly chain: string;
  /** Where the line before begins. */
  readonly lineOffset: number;
}

export const journalStart: JournalPosition = { offset: 0, chain: '00000000', lineOffset: 0 };

export interface JournalReading {
  /** Present where reading began at the start. */
  readonly header?: JournalHeader;
  readonly entries: readonly JournalEntry[];
  /** Behind the last line that was understood. */
  readonly end: JournalPosition;
  /**
   * Why reading ended where it did. A line without a newline is being written, or somebody was killed while writing it;
   * it is no problem.
   */
  readonly problem?: 'damaged' | 'newerVersion';
}

type Line =
  | { readonly type: 'header'; readonly header: JournalHeader; readonly crc: string }
  | { readonly type: 'entry'; readonly entry: JournalEntry; readonly crc: string; readonly previous: string }
  | { readonly type: 'refused'; readonly problem: 'damaged' | 'newerVersion' };

const newline = 0x0a;
/** `CRC ` in bytes: how much of a line tells it from others. */
export const crcBytes = 9;

/** A line and its CRC, which the next one refers to. */
export interface EncodedLine {
  readonly text: string;
  readonly chain: string;
}

export function encodeHeader(header: JournalHeader): EncodedLine {
  return encodeLine(journalStart.chain, 0, JSON.stringify(header));
}

/** What an entry says beside its number, for those who need its size before it has one. */
export function entryContent(id: string, operation: HistoryOperation): string {
  return JSON.stringify({ id, operation });
}

/** @param content from `entryContent` @param chain CRC of the line before */
export function encodeEntry(sequence: number, content: string, chain: string): EncodedLine {
  return encodeLine(chain, sequence, content);
}

function encodeLine(previous: string, sequence: number, json: string): EncodedLine {
  const rest = `${previous} ${sequence} ${json}`;
  const crc = hexadecimal(crc32(rest));
  return { text: `${crc} ${rest}\n`, chain: crc };
}

/** Reads whole lines up to the first that is not as it must be. @param bytes the journal from `start` on */
export function readJournal(bytes: Buffer, start: JournalPosition): JournalReading {
  let { offset, chain, lineOffset } = start;
  let header: JournalHeader | undefined;
  const entries: JournalEntry[] = [];
  const reading = (problem?: 'damaged' | 'newerVersion'): JournalReading => ({
    ...(header !== undefined && { header }),
    entries,
    end: { offset, chain, lineOffset },
    ...(problem !== undefined && { problem }),
  });
  for (const { from, to } of lines(bytes)) {
    const line = readLine(bytes.subarray(from, to));
    if (line.type === 'refused') return reading(line.problem);
    if (line.type === 'header') {
      if (offset !== 0) return reading('damaged');
      header = line.header;
    } else {
      const last = entries.at(-1);
      if (offset === 0 || line.previous !== chain) return reading('damaged');
      if (last !== undefined && line.entry.sequence !== last.sequence + 1) return reading('damaged');
      entries.push(line.entry);
    }
    lineOffset = offset;
    offset += to - from + 1;
    chain = line.crc;
  }
  return reading(endsWithDamagedNewline(bytes) ? 'damaged' : undefined);
}

/** @returns whether the line before the position is still the one that was read; the position is behind a line */
export function isLineBefore({ chain }: JournalPosition, beginning: Buffer): boolean {
  return beginning.toString('latin1', 0, chain.length) === chain;
}

/** Every entry of a damaged journal that is whole in itself, in the order of the file. */
export function salvageJournal(bytes: Buffer): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  const last = endsWithDamagedNewline(bytes)
    ? [{ from: bytes.lastIndexOf(newline) + 1, to: bytes.length - 1 }]
    : [];
  for (const { from, to } of [...lines(bytes), ...last]) {
    const line = readLine(bytes.subarray(from, to));
    if (line.type === 'entry') entries.push(line.entry);
  }
  return entries;
}

/**
 * Whether what follows the last newline is a whole line whose own newline became something else. Whoever is killed
 * while writing leaves less than that.
 */
function endsWithDamagedNewline(bytes: Buffer): boolean {
  const tail = bytes.subarray(bytes.lastIndexOf(newline) + 1, -1);
  return tail.length > crcBytes && readLine(tail).type !== 'refused';
}

/** Whole lines, without their newlines. */
function* lines(bytes: Buffer): Generator<{ readonly from: number; readonly to: number }> {
  let from = 0;
  for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
    yield { from, to };
    from = to + 1;
  }
}

function readLine(line: Buffer): Line {
  const crc = hexadecimal(crc32(line.subarray(crcBytes)));
  if (line.toString('latin1', 0, crcBytes) !== `${crc} `) return refused('damaged');
  const [, previous, digits, json] =
    /^([0-9a-f]{8}) (\d{1,15}) (.*)$/s.exec(line.toString('utf8', crcBytes)) ?? [];
  if (previous === undefined || digits === undefined || json === undefined) return refused('damaged');
  // Whatever has its checksum right was written so, and what of it is not known here comes from a newer Sentinel.
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    return refused('newerVersion');
  }
  const sequence = Number(digits);
  if (sequence === 0) {
    const header = v.safeParse(journalHeaderSchema, content);
    if (header.success) return { type: 'header', header: header.output, crc };
    return refused(v.is(versionSchema, content) ? 'newerVersion' : 'damaged');
  }
  const entry = v.safeParse(entrySchema, content);
  if (!entry.success) return refused('newerVersion');
  const operation = v.safeParse(historyOperationSchema, entry.output.operation);
  if (!operation.success || hasUnknownKeys(entry.output.operation, operation.output)) {
    return refused('newerVersion');
  }
  return {
    type: 'entry',
    entry: { sequence, id: entry.output.id, operation: operation.output },
    crc,
    previous,
  };
}

function refused(problem: 'damaged' | 'newerVersion'): Line {
  return { type: 'refused', problem };
}

function hexadecimal(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
