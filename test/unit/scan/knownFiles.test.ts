import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type FileStamp, KnownFiles } from '../../../src/services/scan/knownFiles';
import {
  decodeKnownFiles,
  encodeKnownFiles,
  KnownFilesFile,
} from '../../../src/services/scan/knownFilesFile';
import type { Judgement } from '../../../src/shared/scan/judgement';
import { Random, testSeed } from '../support/random';
import { RecordingLogger } from '../support/recordingLogger';

const minuteMs = 60_000;
const nowMs = 1_700_000_000_000;
const old: FileStamp = { mtimeMs: nowMs - 1e9 + 0.125, ctimeMs: nowMs - 1e9, size: 5, ino: 7, dev: 8 };
const judgement: Judgement = {
  engines: [{ id: 'yara', name: 'YARA-X', state: 'hit' }],
  findings: [{ engine: 'yara', rule: 'r', title: 't', severity: 'high', weight: 'malicious' }],
  sha256: 'a'.repeat(64),
};

describe('what is known about files', () => {
  it('finds a file as it was left, judged by the same judges', () => {
    const files = new KnownFiles();
    files.remember('/a', old, 'j1', undefined, nowMs);
    files.remember('/b', old, 'j1', judgement, nowMs);
    assert.equal(files.find('/a', old, 'j1', nowMs), 'nothing');
    assert.deepEqual(files.find('/b', old, 'j1', nowMs), judgement);
    assert.equal(files.find('/c', old, 'j1', nowMs), undefined);
    assert.equal(files.find('/a', old, 'j2', nowMs), undefined);
  });

  it('does not take a file for unchanged that differs in anything', () => {
    const files = new KnownFiles();
    files.remember('/a', old, 'j', undefined, nowMs);
    for (const key of ['mtimeMs', 'ctimeMs', 'size', 'ino', 'dev'] as const) {
      assert.equal(files.find('/a', { ...old, [key]: old[key] + 1 }, 'j', nowMs), undefined, key);
    }
    assert.equal(files.find('/a', { ...old, mtimeMs: old.mtimeMs + 0.001 }, 'j', nowMs), undefined);
  });

  it('does not remember a file that was written, or touched, just before it was read', () => {
    for (const key of ['mtimeMs', 'ctimeMs'] as const) {
      for (const [agoMs, known] of [
        [-60_000, undefined],
        [0, undefined],
        [1_999, undefined],
        [2_000, 'nothing'],
      ] as const) {
        const files = new KnownFiles();
        const stamp = { ...old, [key]: nowMs - agoMs };
        files.remember('/a', stamp, 'j', undefined, nowMs);
        assert.equal(files.find('/a', stamp, 'j', nowMs), known, `${key} ${agoMs}`);
      }
    }
  });

  it('replaces what it knew', () => {
    const files = new KnownFiles();
    files.remember('/a', old, 'j', judgement, nowMs);
    files.remember('/a', { ...old, size: 6 }, 'j', undefined, nowMs);
    assert.equal(files.find('/a', old, 'j', nowMs), undefined);
    assert.equal(files.find('/a', { ...old, size: 6 }, 'j', nowMs), 'nothing');
    assert.equal(files.size, 1);
  });

  it('forgets what was not met for longest, and uses its place again', () => {
    const files = new KnownFiles();
    for (let index = 0; index < 3_000; index++) {
      files.remember(`/${index}`, { ...old, ino: index }, 'j', undefined, nowMs + index * minuteMs);
    }
    files.find('/0', { ...old, ino: 0 }, 'j', nowMs + 9_000 * minuteMs);
    files.trim(1_000);
    assert.equal(files.size, 1_000);
    assert.equal(files.find('/0', { ...old, ino: 0 }, 'j', nowMs), 'nothing');
    assert.equal(files.find('/1', { ...old, ino: 1 }, 'j', nowMs), undefined);
    assert.equal(files.find('/2999', { ...old, ino: 2_999 }, 'j', nowMs), 'nothing');
    files.remember('/new', { ...old, ino: 99 }, 'j', judgement, nowMs);
    assert.deepEqual(files.find('/new', { ...old, ino: 99 }, 'j', nowMs), judgement);
    assert.equal(files.find('/2999', { ...old, ino: 2_999 }, 'j', nowMs), 'nothing');
  });

  it('forgets what a walk of its folder did not meet', () => {
    const files = new KnownFiles();
    for (const file of ['/w/a', '/w/b', '/wx/c']) files.remember(file, old, 'j', undefined, nowMs);
    files.find('/w/a', old, 'j', nowMs + minuteMs);
    files.forgetUnmet('/w/', nowMs + minuteMs);
    assert.deepEqual(
      [...files.entries()].map((file) => file.path),
      ['/w/a', '/wx/c'],
    );
  });
});

describe('the file in which known files are kept', () => {
  let folder: string;
  let file: string;
  let logger: RecordingLogger;
  const open = (maxEntries?: number): KnownFilesFile => new KnownFilesFile(file, logger, maxEntries);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-known-'));
    file = path.join(folder, 'storage', 'known');
    logger = new RecordingLogger();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings back what was known before a restart', () => {
    const before = open();
    before.files.remember('/a\nä😀 \u202e', old, 'j1', undefined, nowMs);
    before.files.remember('/b', { ...old, ino: 2 ** 53 }, 'j2', judgement, nowMs);
    before.save();
    const after = open();
    after.load();
    assert.equal(after.files.find('/a\nä😀 \u202e', old, 'j1', nowMs), 'nothing');
    assert.deepEqual(after.files.find('/b', { ...old, ino: 2 ** 53 }, 'j2', nowMs), judgement);
    assert.equal(after.files.hasChanges, false);
    assert.deepEqual(readdirSync(path.dirname(file)), ['known']);
  });

  it('is empty where there is no file, and writes none while nothing is new', () => {
    const known = open();
    known.load();
    known.save();
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(logger.entries, []);
  });

  it('keeps what another window has found out meanwhile', () => {
    const one = open();
    const other = open();
    one.files.remember('/a', old, 'j', undefined, nowMs);
    one.save();
    other.files.remember('/b', old, 'j', undefined, nowMs);
    other.save();
    const third = open();
    third.load();
    assert.equal(third.files.size, 2);
    one.load();
    assert.equal(one.files.find('/b', old, 'j', nowMs), 'nothing');
  });

  it('keeps so many at most', () => {
    const known = open(10);
    for (let index = 0; index < 25; index++) {
      known.files.remember(`/${index}`, old, 'j', undefined, nowMs + index * minuteMs);
    }
    known.save();
    const after = open();
    after.load();
    assert.equal(after.files.size, 10);
    assert.equal(after.files.find('/24', old, 'j', nowMs), 'nothing');
  });

  it('reads a damaged file as empty, says so once, and replaces it', () => {
    const known = open();
    known.files.remember('/a', old, 'j', judgement, nowMs);
    known.save();
    const good = readFileSync(file);
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(bad.length - 1) ^ 1, bad.length - 1);
    writeFileSync(file, bad);
    const after = open();
    after.load();
    after.load();
    assert.equal(after.files.size, 0);
    assert.equal(logger.of('warning').length, 1);
    assert.match(logger.of('warning')[0] ?? '', /damaged/);
    after.files.remember('/c', old, 'j', undefined, nowMs);
    after.save();
    const third = open();
    third.load();
    assert.equal(third.files.size, 1);
  });

  it('reads nothing false out of bytes that were cut, changed or made up', () => {
    const files = new KnownFiles();
    for (let index = 0; index < 20; index++) {
      files.remember(`/${index}`, old, 'j', index % 5 === 0 ? judgement : undefined, nowMs);
    }
    const good = encodeKnownFiles(files);
    assert.ok(!('problem' in decodeKnownFiles(good)));
    const random = new Random(testSeed());
    for (let round = 0; round < 500; round++) {
      const bytes = Buffer.from(random.chance(0.5) ? good.subarray(0, random.below(good.length)) : good);
      for (let flips = 1 + random.below(4); flips > 0 && bytes.length > 0; flips--) {
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      }
      if (bytes.equals(good)) continue;
      assert.ok('problem' in decodeKnownFiles(bytes));
    }
    assert.ok('problem' in decodeKnownFiles(Buffer.alloc(0)));
  });

  it('a folder that cannot be written to is told in the log and stops nothing', () => {
    mkdirSync(file, { recursive: true });
    const known = open();
    known.load();
    known.files.remember('/a', old, 'j', undefined, nowMs);
    known.save();
    assert.equal(known.files.find('/a', old, 'j', nowMs), 'nothing');
    assert.ok(logger.of('warning').some((message) => message.includes('could not be written')));
    assert.deepEqual(readdirSync(path.dirname(file)), ['known']);
  });
});
