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
  /** An array of what lists show and no column holds. */
  readonly head: string;
  /** What engines reported, without the time that each took: for most records the same. */
  readonly engines: string;
  /** An object of the rest. */
  readonly body: string;
  /** CRC-32 of these texts. */
  readonly checksum: number;
}

interface Body {
  /** Of each engine, in their order. */
  readonly elapsedMs: readonly (number | null)[];
  readonly findings: ScanRecord['findings'];
  readonly details?: ScanRecord['details'];
}

export function storeRecord(record: ScanRecord): StoredRecord {
  const { target, sha256 = null, status, finishedAt, durationMs, summary, findings, details } = record;
  const head = JSON.stringify([target, sha256, status, finishedAt, durationMs, summary]);
  const engines = JSON.stringify(record.engines.map((engine) => ({ ...engine, elapsedMs: undefined })));
  const elapsedMs = record.engines.map((engine) => engine.elapsedMs ?? null);
  const body = JSON.stringify({ elapsedMs, findings, details } satisfies Body);
  return { id: storedId(record.id), head, engines, body, checksum: checksumOf(head, engines, body) };
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
/** The columns that a `RecordReader` reads. */
export const recordColumns = [...headColumns, 'r.engines', 'r.body', 'r.checksum'] as const;

/** @returns undefined where the row is damaged */
export function readHead(row: Row): RecordHead | undefined {
  const parsed = v.safeParse(recordHeadSchema, headOf(row));
  return parsed.success ? parsed.output : undefined;
}

/** @returns undefined where the row is damaged */
export function readRecord(row: Row): ScanRecord | undefined {
  const parsed = v.safeParse(scanRecordSchema, new RecordReader().read(row));
  return parsed.success ? parsed.output : undefined;
}

const mostCached = 1_000;
const kindNames = new Set<unknown>(scanKinds);
const verdictNames = new Set<unknown>([...verdicts, 'none']);

/**
 * Reads many records. What has its checksum right is believed to be what was parsed when it was stored, which is several
 * times as fast as parsing it again. Records may share reports of engines.
 */
export class RecordReader {
  private readonly engines = new Map<string, ScanRecord['engines']>();

  /** @returns undefined where the row is damaged */
  read(row: Row): ScanRecord | undefined {
    const [startedAt, , kind, verdict, head, engines, body, checksum] = row;
    if (typeof head !== 'string' || typeof engines !== 'string' || typeof body !== 'string') return undefined;
    if (checksumOf(head, engines, body) !== checksum) return undefined;
    // What the checksum does not cover.
    if (!kindNames.has(kind) || !verdictNames.has(verdict) || typeof startedAt !== 'number') return undefined;
    try {
      return this.whole(headOf(row) as RecordHead, engines, JSON.parse(body) as Body);
    } catch {
      // Nobody but somebody who can compute checksums writes this.
      return undefined;
    }
  }

  private whole(head: RecordHead, engines: string, { elapsedMs, findings, details }: Body): ScanRecord {
    const record: ScanRecord = Object.assign(head, {
      engines: this.enginesOf(engines).map((engine, index) => {
        const ms = elapsedMs[index] ?? null;
        return ms === null ? engine : { ...engine, elapsedMs: ms };
      }),
      findings,
    });
    if (details !== undefined) record.details = details;
    return record;
  }

  private enginesOf(text: string): ScanRecord['engines'] {
    const known = this.engines.get(text);
    if (known !== undefined) return known;
    const engines = JSON.parse(text) as ScanRecord['engines'];
    if (this.engines.size >= mostCached) this.engines.clear();
    this.engines.set(text, engines);
    return engines;
  }
}

function checksumOf(head: string, engines: string, body: string): number {
  // One after the other: put together, they would be copied first.
  return crc32(body, crc32(engines, crc32(head)));
}

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
