import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type ExportControl, exportRecords } from '../../../../src/services/history/export/exportRecords';
import { SentinelError } from '../../../../src/shared/errors';
import { type ExportFormat, exportFormats } from '../../../../src/shared/history/export';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { ControlBlock, WorkControl } from '../../../../src/workers/controlBlock';
import { skip } from '../../../support/skip';
import { FixtureBundle } from '../../support/fixtureBundle';
import { exported, useFolder } from './support/exporting';
import { freeControl } from './support/freeControl';
import { sampleFinding, sampleRecord } from './support/sampleRecords';

function* manyRecords(count: number): Generator<ScanRecord> {
  const findings = [sampleFinding()];
  for (let index = 0; index < count; index++) {
    const target = `/home/user/project/node_modules/package-${index}/index.js`;
    yield sampleRecord(index % 10 === 0 ? { id: `${index}`, target, findings } : { id: `${index}`, target });
  }
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SentinelError) return error.code;
    throw error;
  }
  return 'none';
}

const exporting = (
  file: string,
  format: ExportFormat,
  records: Iterable<ScanRecord>,
  control = freeControl,
): unknown => exportRecords(records, 100, { file, format }, control);

describe('the file of an export', () => {
  const folder = useFolder();

  for (const format of exportFormats) {
    it(`appears whole, and with nothing beside it (${format})`, () => {
      const { text, result } = exported(folder.file('a.out'), format, [...manyRecords(2_000)]);
      assert.deepEqual(readdirSync(folder.path), ['a.out']);
      assert.equal(result.bytes, Buffer.byteLength(text));
      assert.equal(result.records, 2_000);
      assert.equal(text.match(/package-1999\//g)?.length ?? 0, format === 'sarif' ? 2 : 1);
    });

    it(`leaves nothing when it is cancelled midway, and what was there as it was (${format})`, () => {
      const file = folder.file('a.out');
      writeFileSync(file, 'before');
      const block = new ControlBlock();
      let seen: string[] = [];
      function* cancelledMidway(): Generator<ScanRecord> {
        let index = 0;
        for (const record of manyRecords(5_000)) {
          if ((index += 1) === 3_000) {
            seen = readdirSync(folder.path);
            block.cancel();
          }
          yield record;
        }
      }
      const control = new WorkControl(block.buffer);
      assert.equal(
        codeOf(() => exporting(file, format, cancelledMidway(), control)),
        'task.cancelled',
      );
      assert.ok(
        seen.some((name) => /^\.a\.out\.[0-9a-f]{12}\.tmp$/.test(name)),
        'it was being written beside the file',
      );
      assert.deepEqual(readdirSync(folder.path), ['a.out']);
      assert.equal(readFileSync(file, 'utf8'), 'before');
    });

    it(`leaves nothing when the records cannot be read, and hands the error on (${format})`, () => {
      const failure = new SentinelError('history.failed', 'no page');
      function* failing(): Generator<ScanRecord> {
        yield* manyRecords(10);
        throw failure;
      }
      assert.throws(() => exporting(folder.file('a.out'), format, failing()), failure);
      assert.deepEqual(readdirSync(folder.path), []);
    });
  }

  it('is not begun for a task that is cancelled already', () => {
    const block = new ControlBlock();
    block.cancel();
    const control = new WorkControl(block.buffer);
    assert.equal(
      codeOf(() => exporting(folder.file('a'), 'csv', [], control)),
      'task.cancelled',
    );
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('replaces a file and keeps its permissions', function () {
    if (process.platform === 'win32') skip(this, 'Windows has no such permissions');
    const file = folder.file('a.csv');
    writeFileSync(file, 'longer than nothing');
    chmodSync(file, 0o640);
    exported(file, 'csv', []);
    assert.match(readFileSync(file, 'utf8'), /^id,/);
    assert.equal(statSync(file).mode & 0o777, 0o640);
  });

  it('a new file has the permissions of new files', function () {
    if (process.platform === 'win32') skip(this, 'Windows has no such permissions');
    writeFileSync(folder.file('ordinary'), '');
    exported(folder.file('a.csv'), 'csv', []);
    assert.equal(statSync(folder.file('a.csv')).mode, statSync(folder.file('ordinary')).mode);
  });

  it('writes where a link leads, and the link stays', function () {
    if (process.platform === 'win32') skip(this, 'links need a right on Windows');
    mkdirSync(folder.file('real'));
    writeFileSync(folder.file('real/a.csv'), 'before');
    symlinkSync('real/a.csv', folder.file('link.csv'));
    exported(folder.file('link.csv'), 'csv', []);
    assert.equal(readlinkSync(folder.file('link.csv')), 'real/a.csv');
    assert.match(readFileSync(folder.file('real/a.csv'), 'utf8'), /^id,/);
  });

  it('takes names as long as the file system does, and odd ones', () => {
    for (const name of ['ä'.repeat(120), `${'a'.repeat(251)}.csv`, '=odd \n"name".csv', '.hidden']) {
      exported(folder.file(name), 'csv', [sampleRecord()]);
      assert.ok(readdirSync(folder.path).includes(name), name);
    }
    assert.equal(readdirSync(folder.path).length, 4);
  });

  it('says what is wrong with the place', () => {
    mkdirSync(folder.file('folder'));
    writeFileSync(folder.file('file'), '');
    const rows: readonly (readonly [string, string])[] = [
      [folder.file('folder'), 'export.isFolder'],
      [folder.file('missing/a.csv'), 'export.folderMissing'],
      [folder.file('file/a.csv'), 'export.folderMissing'],
      [folder.file(`${'a'.repeat(300)}.csv`), 'export.badName'],
      [folder.file('a\0b.csv'), 'export.badName'],
    ];
    for (const [file, code] of rows) {
      assert.equal(
        codeOf(() => exporting(file, 'csv', [])),
        code,
        file,
      );
    }
    assert.deepEqual(readdirSync(folder.path).sort(), ['file', 'folder']);
  });

  it('replaces no device', function () {
    if (process.platform !== 'linux') skip(this, 'needs /dev/null');
    const before = statSync('/dev/null').rdev;
    assert.equal(
      codeOf(() => exporting('/dev/null', 'csv', [])),
      'export.notRegularFile',
    );
    assert.equal(statSync('/dev/null').rdev, before);
  });

  it('says that a folder may not be written', function () {
    if (process.platform === 'win32') skip(this, 'Windows has no such permissions');
    if (process.getuid?.() === 0) skip(this, 'root may write everywhere');
    mkdirSync(folder.file('closed'), { mode: 0o500 });
    assert.equal(
      codeOf(() => exporting(folder.file('closed/a.csv'), 'csv', [])),
      'export.denied',
    );
  });

  describe('that grows beyond what may be written', () => {
    const bundle = new FixtureBundle();
    before(() => bundle.build('test/unit/history/export/support/largeExport.script.ts'));
    after(() => {
      bundle.remove();
    });

    for (const format of exportFormats) {
      it(`is taken away again, and what was there stays (${format})`, function () {
        if (process.platform !== 'linux') skip(this, 'needs a limit of the shell on the size of files');
        this.timeout(30_000);
        const file = folder.file('a.out');
        writeFileSync(file, 'before');
        // In units of 512 or 1,024 bytes: far less than the export needs.
        const script = 'ulimit -f 1000 && exec "$0" "$@"';
        const args = ['-c', script, process.execPath, bundle.file('largeExport.script'), file, format];
        const code = execFileSync('/bin/sh', args, { encoding: 'utf8', timeout: 20_000 });
        assert.equal(code, 'export.tooLarge');
        assert.deepEqual(readdirSync(folder.path), ['a.out']);
        assert.equal(readFileSync(file, 'utf8'), 'before');
      });
    }
  });

  it('reports progress up to the end', () => {
    const percents: number[] = [];
    const control: ExportControl = { checkpoint: () => undefined, reportProgress: (p) => percents.push(p) };
    exportRecords(manyRecords(4), 4, { file: folder.file('a.csv'), format: 'csv' }, control);
    assert.deepEqual(percents, [25, 50, 75, 100, 100]);
    percents.length = 0;
    exportRecords(manyRecords(2), 0, { file: folder.file('b.csv'), format: 'csv' }, control);
    assert.deepEqual(percents, [100, 100, 100], 'more came than were counted');
  });

  it('writes 100,000 records soon', function () {
    this.timeout(60_000);
    for (const format of exportFormats) {
      const file = folder.file(`a.${format}`);
      const startMs = performance.now();
      const { bytes } = exportRecords(manyRecords(100_000), 100_000, { file, format }, freeControl);
      const tookMs = Math.round(performance.now() - startMs);
      console.log(`      ${format}: ${tookMs} ms, ${(bytes / 2 ** 20).toFixed(1)} MB`);
      assert.equal(bytes, statSync(path.join(folder.path, `a.${format}`)).size);
    }
  });
});
