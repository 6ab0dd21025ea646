import { crc32 } from 'node:zlib';
import type { SqlValue } from 'sql.js';
import * as v from 'valibot';
import {
  type RecordHead,
  recordHeadSchema,
  scanKinds,
  type ScanRecord,
  scanRecordSchema,
} from '../../../shared/scan/record';
import { verdicts } from '../../../shared/scan/verdict';
import type { Row } from './connection';

/**
 * A record in the tables. SQLite keeps UTF-8, which has no room for halves of surrogate pairs: they are replaced on the
 * way. So everything that may hold them is kept as JSON, which writes them as escapes.
 */
export interface StoredRecord {
  readonly id: string;
  /** A JSON array of what lists show and no column holds. */
  readonly head: string;
  /** A JSON object of the rest. */
  readonly body: string;
  /** CRC-32 of head and body. */
  readonly checksum: number;
}

export function storeRecord(record: ScanRecord): StoredRecord {
  const {
    target,
    sha256 = null,
    status,
    finishedAt,
    durationMs,
    summary,
    engines,
    findings,
    details,
  } = record;
  const head = JSON.stringify([target, sha256, status, finishedAt, durationMs, summary]);
  const body = JSON.stringify({ engines, findings, details });
  return { id: storedId(record.id), head, body, checksum: crc32(body, crc32(head)) };
}

/** The id as a column holds it. */
export function storedId(id: string): string {
  return JSON.stringify(id).slice(1, -1);
}

/** What `storedId` was made of; as it is where it was made by something else. */
export function originalId(id: SqlValue | undefined): string {
  if (typeof id === 'string' && !id.includes('\\')) return id;
  const original = parseJson(`"${String(id)}"`);
  return typeof original === 'string' ? original : String(id);
}

/** The columns that `readHead` reads, of `entries` (e) and `records` (r). */
export const headColumns = ['e.started_at', 'e.id', 'e.kind', 'e.verdict', 'r.head'] as const;
/** The columns that `readRecord` reads. */
export const recordColumns = [...headColumns, 'r.body', 'r.checksum'] as const;

/** @returns undefined where the row is damaged */
export function readHead(row: Row): RecordHead | undefined {
  const parsed = v.safeParse(recordHeadSchema, headOf(row));
  return parsed.success ? parsed.output : undefined;
}

/**
 * @param check `checksum` believes what has its checksum right to be what was parsed when it was stored, which is
 *   several times as fast and meant for exports of everything
 * @returns undefined where the row is damaged
 */
export function readRecord(row: Row, check: 'schema' | 'checksum'): ScanRecord | undefined {
  const [startedAt, , kind, verdict, head, body, checksum] = row;
  if (typeof head !== 'string' || typeof body !== 'string') return undefined;
  if (crc32(body, crc32(head)) !== checksum) return undefined;
  const raw: unknown = Object.assign(headOf(row) ?? {}, parseJson(body));
  if (check === 'schema') {
    const parsed = v.safeParse(scanRecordSchema, raw);
    return parsed.success ? parsed.output : undefined;
  }
  // What the checksum does not cover.
  const isKnown = kindNames.has(kind) && verdictNames.has(verdict) && typeof startedAt === 'number';
  return isKnown ? (raw as ScanRecord) : undefined;
}

const kindNames = new Set<unknown>(scanKinds);
const verdictNames = new Set<unknown>([...verdicts, 'none']);

/** Not yet to be believed. */
function headOf([startedAt, id, kind, verdict, head]: Row): Record<string, unknown> | undefined {
  const values = parseJson(head);
  if (!Array.isArray(values)) return undefined;
  const [target, sha256, status, finishedAt, durationMs, summary] = values as unknown[];
  const record: Record<string, unknown> = {
    id: originalId(id),
    kind,
    target,
    status,
    startedAt,
    finishedAt,
    durationMs,
    summary,
  };
  if (sha256 !== null) record['sha256'] = sha256;
  if (verdict !== 'none') record['verdict'] = verdict;
  return record;
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
