import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  findRuleFiles,
  joinedRuleSets,
  loadRulePack,
  loadRuleSets,
} from '../../../src/services/scan/ruleSets';
import type { RuleFolder } from '../../../src/shared/scan/settings';

describe('folders of rules', () => {
  let root: string;
  const write = (name: string, text: string | Buffer): string => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const folder = (name: string, level: RuleFolder['level'] = 'full'): RuleFolder => ({
    path: path.join(root, name),
    level,
  });

  const stampOf = (name: string): string => findRuleFiles([folder(name)]).stamp;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-rules-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('reads files of rules with all folders below, each in a namespace of its own', () => {
    write('a/z.yar', 'z');
    write('a/sub/b.YARA', 'b');
    write('a/readme.md', 'no rules');
    write('c/z.yar', 'c');
    const set = loadRuleSets([folder('a'), folder('c', 'informational')], 'own');
    assert.deepEqual(
      set.sources.map(({ namespace, text, level }) => [namespace, text, level]),
      [
        ['own1/sub/b', 'b', 'full'],
        ['own1/z', 'z', 'full'],
        ['own2/z', 'c', 'informational'],
      ],
    );
    assert.deepEqual(set.faults, []);
  });

  it('tells sets apart by content, place and level, and by nothing else', () => {
    const file = write('a/x.yar', 'x');
    const before = loadRulePack(path.join(root, 'a')).fingerprint;
    utimesSync(file, 1, 1);
    assert.equal(loadRulePack(path.join(root, 'a')).fingerprint, before);
    assert.notEqual(loadRuleSets([folder('a', 'suspicious')], 'sentinel').fingerprint, before);
    writeFileSync(file, 'y');
    const after = loadRulePack(path.join(root, 'a'));
    assert.notEqual(after.fingerprint, before);
    const none = loadRuleSets([], 'own');
    assert.equal(joinedRuleSets(after, none).fingerprint, after.fingerprint);
  });

  it('sees cheaply that files changed, came or went', () => {
    const file = write('a/x.yar', 'x');
    utimesSync(file, 1, 1);
    const stamps = [stampOf('a')];
    assert.equal(stampOf('a'), stamps[0]);
    utimesSync(file, 2, 2);
    stamps.push(stampOf('a'));
    const other = write('a/y.yar', 'y');
    stamps.push(stampOf('a'));
    rmSync(other);
    rmSync(file);
    stamps.push(stampOf('a'), stampOf('nowhere'));
    assert.equal(new Set(stamps).size, stamps.length);
  });

  it('names a folder that is not there, and files that are no rules', () => {
    const huge = write('a/huge.yar', '');
    truncateSync(huge, 17 * 1024 * 1024);
    mkdirSync(path.join(root, 'a/folder.yar'));
    symlinkSync('nowhere', path.join(root, 'a/broken.yar'));
    symlinkSync('.', path.join(root, 'a/round'));
    write('a/good.yar', 'good');
    const set = loadRuleSets([folder('missing'), folder('a')], 'own');
    assert.deepEqual(
      set.sources.map(({ text }) => text),
      ['good'],
    );
    assert.deepEqual(
      set.faults.map(({ file, message }) => [path.relative(root, file), message]),
      [
        ['missing', 'The folder cannot be read: ENOENT.'],
        ['a/broken.yar', 'It cannot be read: ENOENT.'],
        ['a/huge.yar', 'It is larger than 16 MB.'],
      ],
    );
  });

  it('looks at so many entries at most, whatever they are, names the folder, and can be stopped', () => {
    for (let index = 0; index < 40; index++) write(`a/sub${index % 4}/f${index}.txt`, 'no rules');
    write('a/zzz/rules.yar', 'rules');
    write('b/more.yar', 'more');
    const folders = [folder('a'), folder('b')];
    const whole = findRuleFiles(folders);
    assert.deepEqual([whole.faults, whole.folders.map(({ files }) => files.length)], [[], [1, 1]]);
    const part = findRuleFiles(folders, { maxEntries: 20 });
    assert.deepEqual(
      part.folders.map(({ files }) => files),
      [[], []],
    );
    const message = 'The folders have more than 20 entries, of which the rest was not looked at.';
    assert.deepEqual(
      part.faults.map((fault) => [path.relative(root, fault.file), fault.message]),
      [
        ['a', message],
        ['b', message],
      ],
    );
    assert.notEqual(part.stamp, whole.stamp);
    assert.deepEqual(loadRuleSets(folders, 'own', part).faults, part.faults);
    let visits = 0;
    const beforeFolder = (): void => {
      if (++visits === 3) throw new Error('stop');
    };
    assert.throws(() => findRuleFiles(folders, { beforeFolder }), /stop/);
    assert.equal(visits, 3);
  });

  it('reads rules that are not written in UTF-8', () => {
    write('a/x.yar', Buffer.from('author = "J\xf6rg"', 'latin1'));
    assert.equal(loadRulePack(path.join(root, 'a')).sources[0]?.text, 'author = "Jörg"');
  });
});
