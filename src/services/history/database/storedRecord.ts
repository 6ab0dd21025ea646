import { crc32 } from 'node:zlib';
import type { SqlValue } from 'sql.js';
import * as v from 'valibot';
import {
  type RecordHead,
  recordHeadSchema,
  type ScanRecord,
  scanRecordSchema,
} from '../../../shared/scan/record';
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
  /** CRC-32 of the body. */
  readonly bodyCheck: number;
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
  const body = JSON.stringify({ engines, findings, details });
  return {
    id: storedId(record.id),
    head: JSON.stringify([target, sha256, status, finishedAt, durationMs, summary]),
    body,
    bodyCheck: crc32(body),
  };
}

/** The id as a column holds it. */
export function storedId(id: string): string {
  return JSON.stringify(id).slice(1, -1);
}

/** What `storedId` was made of; as it is where it was made by something else. */
export function originalId(id: SqlValue | undefined): string {
  const original = parseJson(`"${String(id)}"`);
  return typeof original === 'string' ? original : String(id);
}

/** The columns that `readHead` reads, of `entries` (e) and `records` (r). */
export const headColumns = ['e.started_at', 'e.id', 'e.kind', 'e.verdict', 'r.head'] as const;
/** The columns that `readRecord` reads. */
export const recordColumns = [...headColumns, 'r.body', 'r.body_check'] as const;

/** @returns undefined where the row is damaged */
export function readHead([startedAt, id, kind, verdict, head]: Row): RecordHead | undefined {
  const values = parseJson(head);
  if (!Array.isArray(values)) return undefined;
  const [target, sha256, status, finishedAt, durationMs, summary] = values as unknown[];
  const parsed = v.safeParse(recordHeadSchema, {
    id: originalId(id),
    kind,
    target,
    ...(sha256 === null ? {} : { sha256 }),
    status,
    ...(verdict === 'none' ? {} : { verdict }),
    startedAt,
    finishedAt,
    durationMs,
    summary,
  });
  return parsed.success ? parsed.output : undefined;
}

const bodySchema = v.pick(scanRecordSchema, ['engines', 'findings', 'details']);

/**
 * @param check `checksum` believes a body whose checksum is right to be what was parsed when it was stored, which is
 *   ten times as fast and meant for exports of everything
 * @returns undefined where the row is damaged
 */
export function readRecord(row: Row, check: 'schema' | 'checksum'): ScanRecord | undefined {
  const head = readHead(row);
  const [, , , , , body, bodyCheck] = row;
  if (head === undefined || typeof body !== 'string' || crc32(body) !== bodyCheck) return undefined;
  const raw = parseJson(body);
  if (check === 'checksum') return { ...head, ...(raw as v.InferOutput<typeof bodySchema>) };
  const parsed = v.safeParse(bodySchema, raw);
  return parsed.success ? { ...head, ...parsed.output } : undefined;
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
