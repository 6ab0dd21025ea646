import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MarkedSafe } from '../../../src/services/scan/markedSafe';
import { skip } from '../../support/skip';
import { FakeClock } from '../support/fakeClock';
import { RecordingLogger } from '../support/recordingLogger';

const one = '1'.repeat(64);
const other = '2'.repeat(64);

describe('marks of safe files', () => {
  let root: string;
  let clock: FakeClock;
  let logger: RecordingLogger;
  const window = (): MarkedSafe => new MarkedSafe({ folder: path.join(root, 'marks'), clock, logger });

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-marks-'));
    clock = new FakeClock();
    logger = new RecordingLogger();
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('are none before the first, without a complaint', async () => {
    assert.deepEqual(await window().list(), []);
    assert.deepEqual(logger.entries, []);
  });

  it('are seen by other windows, newest first', async () => {
    const first = window();
    await first.mark(one, 'Built by us.', '/home/user/tool');
    await clock.advance(1_000);
    await window().mark(other, 'A test file.', '/home/user/eicar');
    const marks = await first.list();
    assert.deepEqual(
      marks.map(({ sha256, reason }) => [sha256, reason]),
      [
        [other, 'A test file.'],
        [one, 'Built by us.'],
      ],
    );
  });

  it('are revoked for all windows, and told in this one', async () => {
    const first = window();
    let told = 0;
    first.onChanged(() => (told += 1));
    await first.mark(one, 'Built by us.', '/home/user/tool');
    await window().revoke(one);
    assert.deepEqual(await first.list(), []);
    await first.revoke(one);
    assert.equal(told, 2);
  });

  it('survive windows that mark different files at the same time', async () => {
    const hashes = Array.from({ length: 20 }, (_, index) => index.toString(16).padStart(64, '0'));
    await Promise.all(hashes.map((hash) => window().mark(hash, 'Looked at.', `/${hash}`)));
    assert.equal((await window().list()).length, hashes.length);
    assert.deepEqual(
      readdirSync(path.join(root, 'marks')).filter((name) => !name.endsWith('.json')),
      [],
    );
  });

  it('can be read by nobody else', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no such mode');
    await window().mark(one, 'Built by us.', '/home/user/tool');
    assert.equal(statSync(path.join(root, 'marks', `${one}.json`)).mode & 0o077, 0);
  });

  it('do not count where they are damaged or speak for another content', async () => {
    const marks = window();
    await marks.mark(one, 'Built by us.', '/home/user/tool');
    const folder = path.join(root, 'marks');
    writeFileSync(path.join(folder, `${one}.json`), '{"sha256":');
    writeFileSync(
      path.join(folder, `${other}.json`),
      JSON.stringify({ sha256: one, reason: 'x', path: '/', markedAt: 1 }),
    );
    assert.deepEqual(await marks.list(), []);
    assert.equal(logger.entries.length, 2);
  });

  it('take no hash that is none, which could name another file', async () => {
    await assert.rejects(window().mark('../../evil', 'x', '/'));
    await assert.rejects(window().revoke('../../evil'));
  });
});
