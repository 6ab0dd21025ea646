import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import nodePath from 'node:path';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { errorMessage } from '../../shared/errors';
import type { Logger } from '../../shared/logger';
import { judgementSchema } from '../../shared/scan/judgement';
import { KnownFiles, type KnownFilesTable, stampNumbers } from './knownFiles';

/**
 * The form of the file, numbers in the byte order of all processors that VS Code runs on (little endian):
 *
 * | bytes            | what                                                                      |
 * | ---------------- | ------------------------------------------------------------------------- |
 * | 8                | name and number of the form                                               |
 * | 4                | CRC-32 of all that follows                                                |
 * | 4, J             | length and text of a JSON object: `headSchema`                            |
 * | N × 5 × 8        | stamps of N files                                                         |
 * | N × 4, N × 2     | when each was met, which of `judges` judged it                            |
 * | rest             | paths in UTF-8, each but the last followed by a zero                      |
 */
const magic = Buffer.from('SNTLKNF1', 'latin1');
const headAt = magic.length + 4;

const headSchema = v.object({
  count: v.pipe(v.number(), v.integer(), v.minValue(0)),
  judges: v.array(v.string()),
  /** Of files about which there was something to say, by their number. */
  judgements: v.array(v.tuple([v.pipe(v.number(), v.integer()), judgementSchema])),
});
type Head = v.InferOutput<typeof headSchema>;

export function encodeKnownFiles(files: KnownFiles): Buffer {
  const count = files.size;
  const head: Head = { count, judges: [], judgements: [] };
  const stamps = new Float64Array(count * stampNumbers);
  const metMinutes = new Uint32Array(count);
  const judgesOf = new Uint16Array(count);
  const judgesIndex = new Map<string, number>();
  const paths: string[] = [];
  let slot = 0;
  for (const { path, stamp, judges, metMinutes: met, judgement } of files.entries()) {
    const { mtimeMs, ctimeMs, size, ino, dev } = stamp;
    stamps.set([mtimeMs, ctimeMs, size, ino, dev], slot * stampNumbers);
    metMinutes[slot] = met;
    let index = judgesIndex.get(judges);
    if (index === undefined) {
      index = head.judges.push(judges) - 1;
      judgesIndex.set(judges, index);
    }
    judgesOf[slot] = index;
    if (judgement !== undefined) head.judgements.push([slot, judgement]);
    paths.push(path);
    slot += 1;
  }
  const json = Buffer.from(JSON.stringify(head));
  const jsonLength = Buffer.alloc(4);
  jsonLength.writeUInt32LE(json.length);
  const body = Buffer.concat([
    jsonLength,
    json,
    bytesOf(stamps),
    bytesOf(metMinutes),
    bytesOf(judgesOf),
    Buffer.from(paths.join('\0')),
  ]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(body));
  return Buffer.concat([magic, crc, body]);
}

/** @returns the files in it, or what is wrong with it in words for the log */
export function decodeKnownFiles(bytes: Buffer): KnownFilesTable | { readonly problem: string } {
  if (bytes.length < headAt + 4 || !bytes.subarray(0, magic.length).equals(magic)) {
    return { problem: 'it is of another form' };
  }
  if (crc32(bytes.subarray(headAt)) !== bytes.readUInt32LE(magic.length)) return { problem: 'it is damaged' };
  const jsonEnd = headAt + 4 + bytes.readUInt32LE(headAt);
  const head = parsedHead(bytes.toString('utf8', headAt + 4, jsonEnd));
  if ('problem' in head) return head;
  const { count, judges } = head;
  const numbersEnd = jsonEnd + count * (stampNumbers * 8 + 4 + 2);
  const paths = count === 0 ? [] : bytes.toString('utf8', numbersEnd).split('\0');
  if (numbersEnd > bytes.length || paths.length !== count)
    return { problem: 'its parts do not fit together' };
  // Copied, since arrays of numbers cannot begin anywhere.
  const numbers = new Uint8Array(bytes.subarray(jsonEnd, numbersEnd)).buffer;
  return {
    paths,
    stamps: new Float64Array(numbers, 0, count * stampNumbers),
    metMinutes: new Uint32Array(numbers, count * stampNumbers * 8, count),
    judgesOf: new Uint16Array(numbers, count * (stampNumbers * 8 + 4), count),
    judges,
    judgements: new Map(head.judgements),
  };
}

function parsedHead(json: string): Head | { readonly problem: string } {
  try {
    const parsed = v.safeParse(headSchema, JSON.parse(json));
    return parsed.success ? parsed.output : { problem: v.summarize(parsed.issues) };
  } catch (error) {
    return { problem: errorMessage(error) };
  }
}

function bytesOf(numbers: Float64Array | Uint32Array | Uint16Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Enough for several large projects; a file of about 30 MB. */
const maxKept = 200_000;

/**
 * What is known about files, across restarts and shared by all windows. It is a convenience: a file that is damaged is
 * read as empty, and of two windows that write in the same moment the later one wins.
 */
export class KnownFilesFile {
  readonly files = new KnownFiles();
  private loadedAs: string | undefined;

  /** @param path `undefined` remembers in memory alone */
  constructor(
    private readonly path: string | undefined,
    private readonly logger: Logger,
    private readonly maxEntries = maxKept,
  ) {}

  /** Takes over what other windows, or an earlier start, have found out since the last call. */
  load(): void {
    if (this.path === undefined) return;
    const version = versionOf(this.path);
    if (version === undefined || version === this.loadedAs) return;
    this.loadedAs = version;
    let decoded: ReturnType<typeof decodeKnownFiles>;
    try {
      decoded = decodeKnownFiles(readFileSync(this.path));
    } catch (error) {
      decoded = { problem: errorMessage(error) };
    }
    if ('problem' in decoded) {
      this.logger.warning(
        `What earlier scans found out cannot be read, and is found out again: ${decoded.problem}. (${this.path})`,
      );
      return;
    }
    const hadChanges = this.files.hasChanges;
    this.files.takeOver(decoded);
    if (!hadChanges) this.files.markSaved();
  }

  /** Writes what is new, beside the old file and then in its place. Never throws. */
  save(): void {
    if (this.path === undefined || !this.files.hasChanges) return;
    this.load();
    this.files.trim(this.maxEntries);
    const beside = `${this.path}.${process.pid}.tmp`;
    try {
      mkdirSync(nodePath.dirname(this.path), { recursive: true, mode: 0o700 });
      writeFileSync(beside, encodeKnownFiles(this.files), { mode: 0o600 });
      renameSync(beside, this.path);
      this.loadedAs = versionOf(this.path);
      this.files.markSaved();
    } catch (error) {
      rmSync(beside, { force: true });
      this.logger.warning(`What scans found out could not be written: ${errorMessage(error)}`);
    }
  }
}

/** Tells one version of a file from another; undefined where there is none. */
function versionOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.dev}/${stats.ino}/${stats.mtimeNs}/${stats.size}`;
}
