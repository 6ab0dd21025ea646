import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { engineText } from '../../../../src/shared/presentation/engineReasons';
import { engineReasons, type EngineReport, type ScanRecord } from '../../../../src/shared/scan/record';
import { Random, testSeed } from '../../support/random';
import { exported, exportedAt, originalText, parsedCsv, useFolder } from './support/exporting';
import {
  failedEngine,
  hostileTexts,
  randomRecord,
  sampleFinding,
  sampleRecord,
} from './support/sampleRecords';

interface JsonExport {
  format: string;
  version: number;
  exportedAt: string;
  sentinelVersion: string;
  records: ScanRecord[];
}

describe('export as CSV', () => {
  const folder = useFolder();
  const csv = (records: readonly ScanRecord[]): Record<string, string>[] =>
    parsedCsv(exported(folder.file('a.csv'), 'csv', records).text);

  it('has a row for each record, with times in UTC and figures as they are', () => {
    const finding = sampleFinding({ path: 'a.zip', members: ['b.tar', 'c.sh'] });
    const records = [sampleRecord(), sampleRecord({ id: 'two', verdict: 'malicious', findings: [finding] })];
    const rows = csv(records);
    assert.equal(rows.length, 2);
    assert.deepEqual(rows[0], {
      id: '5f0c2c5e-6a6e-4a42-8f0e-0d9b5a6a7c01',
      kind: 'file',
      target: '/home/user/project/setup.sh',
      verdict: 'noThreatFound',
      status: 'finished',
      started: '2026-11-23T06:15:21.424Z',
      finished: '2026-11-23T06:15:22.001Z',
      durationMs: '576.5',
      sha256: 'ab'.repeat(32),
      summary: 'No threat found by YARA-X.',
      engines: 'YARA-X 1.20.0 found nothing.\nClamAV was not asked, because it is not installed.',
      findings: '',
      details: [
        'Size: 68 bytes',
        'Type: Shell script (text/x-shellscript)',
        'Entropy: 4.57 bits a byte',
        `MD5: ${'cd'.repeat(16)}`,
        `SHA-1: ${'ef'.repeat(20)}`,
      ].join('\n'),
    });
    assert.equal(
      rows[1]?.['findings'],
      'Reverse shell (yara: Reverse_Shell, high, malicious) in a.zip > b.tar > c.sh; ' +
        '3 matches: $connect 34 bytes at 12, 0 bytes at 99, …',
    );
  });

  it('ends lines by CR LF, and begins with a byte order mark where that is wanted', () => {
    const { text } = exported(folder.file('a.csv'), 'csv', [
      sampleRecord({ engines: [], details: undefined }),
    ]);
    assert.match(text, /^id,kind,target,[^\r\n]*\r\n[^\r\n]*\r\n$/);
    exported(folder.file('b.csv'), 'csv', [], true);
    const bytes = readFileSync(folder.file('b.csv'));
    assert.deepEqual([...bytes.subarray(0, 5)], [0xef, 0xbb, 0xbf, 0x69, 0x64]);
  });

  it('says of folders what was looked at, left out and not judged', () => {
    const [row] = csv([
      sampleRecord({
        kind: 'folder',
        details: {
          type: 'folder',
          files: 12,
          bytes: 3456,
          unchanged: 2,
          excluded: 1,
          special: 3,
          verdicts: { malicious: 1, noThreatFound: 11 },
          problems: [{ path: 'a.bin', reason: 'unreadable', detail: 'EACCES' }],
          omittedFindings: 4,
        },
      }),
    ]);
    assert.equal(
      row?.['details'],
      [
        'Scanned: 12 files, 3456 bytes, 2 of them unchanged since an earlier scan',
        'Left out: 1 by exclusions, 3 pipes, sockets and devices, 0 links',
        'Verdicts of files: Malicious 1, No threat found 11',
        'a.bin: It could not be read (EACCES).',
        'Findings that are not listed: 4',
      ].join('\n'),
    );
  });

  it('an engine that failed or was not asked never reads as one that found nothing', () => {
    for (const state of ['failed', 'notAsked'] as const) {
      for (const reason of engineReasons) {
        const engines: EngineReport[] = [{ ...failedEngine, state, reason }];
        const [row] = csv([sampleRecord({ verdict: 'error', summary: 'x', engines })]);
        assert.doesNotMatch(Object.values(row ?? {}).join('\n'), /no ?threat ?found|found nothing/i);
      }
    }
  });

  for (const [name, text] of hostileTexts) {
    it(`survives ${name}`, () => {
      const record = sampleRecord({
        target: text,
        summary: text,
        findings: [sampleFinding({ title: text })],
      });
      const rows = csv([record, sampleRecord({ id: 'next' })]);
      assert.equal(rows.length, 2);
      assert.equal(originalText(rows[0]?.['target'] ?? ''), text.toWellFormed());
      assert.equal(originalText(rows[0]?.['summary'] ?? ''), text.toWellFormed());
      assert.equal(rows[1]?.['id'], 'next');
    });
  }

  it('has the engines of each record, however little they differ from those of the one before', () => {
    const engine: EngineReport = { id: 'yara', name: 'YARA-X', state: 'noHit', elapsedMs: 1 };
    const variants: EngineReport[] = [
      engine,
      { ...engine, elapsedMs: 2 },
      { ...engine, name: 'YARA' },
      { ...engine, version: '1.20.0' },
      { ...engine, state: 'hit' },
      { ...engine, detail: 'a part' },
      { ...engine, state: 'failed', reason: 'timedOut' },
      { ...engine, state: 'failed', reason: 'unreadable' },
    ];
    const lists = [...variants.map((variant) => [variant]), [engine, engine], [engine], []];
    const rows = csv(lists.map((engines) => sampleRecord({ engines })));
    assert.deepEqual(
      rows.map((row) => row['engines']),
      lists.map((engines) => engines.map(engineText).join('\n')),
    );
    assert.equal(new Set(rows.map((row) => row['engines'])).size, lists.length - 2);
  });

  it('a time beyond all calendars is a number', () => {
    const [row] = csv([sampleRecord({ finishedAt: 1e16 })]);
    assert.equal(row?.['finished'], '10000000000000000');
  });
});

describe('export as JSON', () => {
  const folder = useFolder();
  const json = (records: readonly ScanRecord[]): JsonExport =>
    JSON.parse(exported(folder.file('a.json'), 'json', records).text) as JsonExport;

  it('is one object with all records, also without any', () => {
    const records = [sampleRecord(), sampleRecord({ findings: [sampleFinding()] })];
    assert.deepEqual(json(records), {
      format: 'sentinel-history',
      version: 1,
      exportedAt: new Date(exportedAt).toISOString(),
      sentinelVersion: '1.2.3',
      records,
    });
    assert.deepEqual(json([]).records, []);
  });

  for (const [name, text] of hostileTexts) {
    it(`loses nothing of ${name}`, () => {
      const record = sampleRecord({
        target: text,
        findings: [sampleFinding({ title: text, members: [text] })],
      });
      assert.deepEqual(json([record]).records, [record]);
    });
  }
});

describe('export of any records', () => {
  const folder = useFolder();

  it('gives them back from CSV and JSON', () => {
    const random = new Random(testSeed());
    for (let round = 0; round < 40; round++) {
      const records = Array.from({ length: random.below(20) }, (_, index) => randomRecord(random, index));
      const { text, result } = exported(folder.file('a.json'), 'json', records);
      assert.deepEqual((JSON.parse(text) as JsonExport).records, records);
      assert.deepEqual(result, { records: records.length, omitted: 0, bytes: Buffer.byteLength(text) });
      const rows = parsedCsv(exported(folder.file('a.csv'), 'csv', records, random.chance(0.5)).text);
      assert.deepEqual(
        rows.map(({ id, target, durationMs, verdict }) => [
          id,
          originalText(target ?? ''),
          Number(durationMs),
          verdict,
        ]),
        records.map(({ id, target, durationMs, verdict }) => [
          id,
          target.toWellFormed(),
          durationMs,
          verdict ?? '',
        ]),
      );
    }
  });
});
