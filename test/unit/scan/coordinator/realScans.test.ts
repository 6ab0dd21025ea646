import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { mostFindings } from '../../../../src/services/scan/thread/gravestFindings';
import type { ScanResult } from '../../../../src/shared/protocol/scanWorker';
import type { FolderDetails } from '../../../../src/shared/scan/record';
import { defaultScanSettings } from '../../../../src/shared/scan/settings';
import { eicar } from '../support/eicar';
import {
  buildScanThreads,
  makeRoot,
  ownRules,
  RealScans,
  removeRoot,
  scanBundle,
} from '../support/realScans';
import { zip } from '../support/zipBuilder';

function folderOf({ details }: ScanResult): FolderDetails {
  assert.ok(details?.type === 'folder');
  return details;
}

describe('scans on real threads', function () {
  this.timeout(60_000);
  let root: string;
  let files: string;
  let scans: RealScans;

  before(() => buildScanThreads());
  after(() => {
    scanBundle.remove();
  });
  beforeEach(() => {
    root = makeRoot();
    files = path.join(root, 'files');
    scans = new RealScans(root);
  });
  afterEach(async () => {
    await scans.stop();
    removeRoot(root);
  });

  const write = (name: string, content: string | Uint8Array = name): string => {
    const file = path.join(files, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const found = ({ findings }: ScanResult): string[] =>
    findings.map(({ rule, path: file = '', members = [] }) =>
      [rule, path.relative(files, file), ...members].join(' '),
    );
  const wait = async (ms: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, ms));
  };
  /** Until what was written is old enough to be remembered: the time of a change cannot be set. */
  const age = (): Promise<void> => wait(2_100);
  /** What is known is written down before the answer. */
  const restart = async (): Promise<void> => {
    await scans.stop();
    scans = new RealScans(root);
  };

  describe('of a folder', () => {
    it('judge every file, and the folder by the worst', async () => {
      write('a/plain.txt');
      write('b/photo.png', eicar());
      write('b/pack.vsix', zip([{ name: 'extension/x.js', content: eicar() }]));
      write('c/odd', 'ODD-BYTES');
      const result = await scans.scan(files);
      assert.equal(result.verdict, 'malicious');
      assert.deepEqual(folderOf(result).verdicts, { noThreatFound: 1, malicious: 2, suspicious: 1 });
      assert.deepEqual(found(result), ['eicar b/pack.vsix extension/x.js', 'eicar b/photo.png', 'odd c/odd']);
      assert.equal(result.complete, true);
      assert.equal(result.summary, '2 malicious and 1 suspicious of 4 files');
      const [yara] = result.engines;
      assert.deepEqual([yara?.id, yara?.state, yara?.version], ['yara', 'hit', '1.20.0']);
      assert.match(yara?.database?.version ?? '', /^2 rules, [0-9a-f]{8}$/);
      const notAsked = result.engines.filter(({ state }) => state === 'notAsked').map(({ id }) => id);
      assert.deepEqual(notAsked, ['clamav']);
    });

    it('tell what they find while they go on, and of nothing else', async () => {
      write('a');
      const bad = write('bad', eicar());
      await scans.scan(files);
      const told = scans.pushes.filter((push) => push.type === 'files').flatMap((push) => push.files);
      assert.deepEqual(
        told.map((file) => [file.path, file.verdict]),
        [[bad, 'malicious']],
      );
    });

    it('an empty folder holds nothing that could be asked about', async () => {
      const result = await scans.scan(files);
      assert.equal(result.verdict, 'unknown');
      assert.equal(result.summary, 'No files to scan');
    });

    it('find as much without joining small files, with one thread or several', async () => {
      for (let index = 0; index < 300; index++)
        write(`f${index}`, index % 60 === 0 ? eicar() : `text ${index}`);
      const results = [
        await scans.scan(files, { threads: 1 }),
        await scans.scan(files, { threads: 3, joinSmallFiles: false, maxFileBytes: 1_000_000 }),
      ];
      assert.deepEqual(
        results.map(found).map(({ length }) => length),
        [5, 5],
      );
      assert.deepEqual(found(results[0]!), found(results[1]!));
      assert.deepEqual(
        results.map((result) => folderOf(result).unchanged),
        [0, 0],
      );
    });

    it('give every odd entry a clear result', async () => {
      write('plain');
      execFileSync('mkfifo', [path.join(files, 'pipe')]);
      symlinkSync('..', path.join(files, 'round'));
      symlinkSync('/etc', path.join(files, 'out'));
      const huge = write('huge', '');
      truncateSync(huge, 10 * 1024 ** 3);
      write('new\nline', eicar());
      const odd = Buffer.concat([Buffer.from(`${files}/odd`), Buffer.from([0xff])]);
      writeFileSync(odd, eicar());
      const result = await scans.scan(files);
      const details = folderOf(result);
      assert.equal(details.special, 1);
      assert.equal(details.links, 2);
      assert.deepEqual(details.verdicts, { noThreatFound: 1, malicious: 2, unknown: 1 });
      assert.deepEqual(found(result), ['eicar new\nline', 'eicar odd\\xff']);
      assert.deepEqual(
        details.problems.map((problem) => [path.relative(files, problem.path), problem.reason]),
        [['huge', 'partial']],
      );
    });

    it('leave out what the ignore file says, and count it', async () => {
      write('.sentinelignore', 'vendor/\n*.log\n');
      write('vendor/bad', eicar());
      write('a.log', eicar());
      write('skipped/bad', eicar());
      write('kept');
      const exclusions = {
        base: files,
        globs: ['**/skipped'],
        ignoreFile: path.join(files, '.sentinelignore'),
      };
      const result = await scans.scan(files, {}, { exclusions });
      assert.equal(folderOf(result).excluded, 3);
      assert.equal(result.excludedPaths?.length, 3);
      assert.equal(folderOf(result).files, 2);
      assert.equal(result.verdict, 'noThreatFound');
    });

    it('show what is found in a file that is marked as safe, and let it decide nothing', async () => {
      write('bad', eicar());
      const sha256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';
      const result = await scans.scan(files, {}, { markedSafe: [[sha256, 'a test file']] });
      assert.equal(result.verdict, 'noThreatFound');
      assert.deepEqual(
        result.findings.map(({ weight }) => weight),
        ['informational'],
      );
      const single = await scans.scan(path.join(files, 'bad'), {}, { markedSafe: [[sha256, 'a test']] });
      assert.equal(single.verdict, 'noThreatFound');
      assert.match(single.summary, /marked as safe: a test$/);
      assert.ok(single.details?.type === 'file' && single.details.markedSafe === 'a test');
    });
  });

  describe('of a folder that was scanned before', () => {
    it('read only what has changed, after a restart as well, and tell again what was found', async () => {
      for (let index = 0; index < 20; index++) write(`f${index}`);
      const bad = write('bad', eicar());
      write('large', Buffer.alloc(2_000_000));
      const options = { maxFileBytes: 1_000_000 };
      await age();
      const first = await scans.scan(files, options);
      assert.equal(folderOf(first).unchanged, 0);
      for (const again of [false, true]) {
        if (again) await restart();
        scans.pushes.length = 0;
        const result = await scans.scan(files, options);
        assert.equal(folderOf(result).unchanged, 22);
        assert.deepEqual(result.findings, first.findings);
        assert.deepEqual(folderOf(result).problems, folderOf(first).problems);
        assert.equal(result.verdict, 'malicious');
        assert.ok(scans.pushes.some((push) => push.type === 'files' && push.files[0]?.path === bad));
      }
      appendFileSync(path.join(files, 'f3'), 'ODD-BYTES');
      writeFileSync(bad, 'harmless now');
      write('new', 'new');
      const third = await scans.scan(files, options);
      assert.equal(folderOf(third).unchanged, 20);
      assert.deepEqual(found(third), ['odd f3']);
    });

    it('read a file again that was written at the time of the scan, whatever its times say', async () => {
      const file = write('a', 'one');
      await scans.scan(files);
      writeFileSync(file, 'ODD');
      const second = await scans.scan(files);
      assert.equal(folderOf(second).unchanged, 0);
    });

    it('read everything again when rules, settings or Sentinel are others', async () => {
      write('a', 'needle');
      await age();
      await scans.scan(files);
      const own = ownRules(root, { 'mine.yar': 'rule mine { strings: $a = "needle" condition: $a }' });
      const withOwn = await scans.scan(files, own);
      assert.equal(folderOf(withOwn).unchanged, 0);
      assert.deepEqual(found(withOwn), ['mine a']);
      assert.equal(folderOf(await scans.scan(files, own)).unchanged, 1);
      assert.equal(folderOf(await scans.scan(files, { ...own, openArchives: false })).unchanged, 0);
      ownRules(root, { 'mine.yar': 'rule mine { strings: $a = "no needle" condition: $a }' });
      const changed = await scans.scan(files, own);
      assert.equal(folderOf(changed).unchanged, 0);
      assert.deepEqual(found(changed), []);
      await scans.stop();
      scans = new RealScans(root, { version: '2.0.0' });
      assert.equal(folderOf(await scans.scan(files, own)).unchanged, 0);
    });

    it('do not take over what could not be judged', async () => {
      const secret = write('secret', eicar());
      chmodSync(files, 0o755);
      await age();
      const nowhere = new RealScans(root, { threadFile: path.join(root, 'nowhere.js') });
      const failed = await nowhere.scan(files);
      await nowhere.stop();
      assert.equal(failed.verdict, 'error');
      assert.equal(folderOf(failed).problems[0]?.reason, 'failed');
      assert.equal(folderOf(await scans.scan(files)).unchanged, 0);
      assert.equal((await scans.scan(secret)).verdict, 'malicious');
    });
  });

  describe('of a file', () => {
    it('tell all about it', async () => {
      const result = await scans.scan(write('a.txt', eicar()));
      assert.equal(result.kind, 'file');
      assert.equal(result.verdict, 'malicious');
      assert.equal(result.sha256, '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f');
      assert.ok(result.details?.type === 'file' && result.details.hashes?.md5.length === 32);
      assert.equal(result.summary, 'Malicious: eicar');
    });

    it('follow the link that was chosen', async () => {
      write('target', eicar());
      symlinkSync('target', path.join(files, 'link'));
      symlinkSync('.', path.join(files, 'self'));
      assert.equal((await scans.scan(path.join(files, 'link'))).verdict, 'malicious');
      const folder = await scans.scan(path.join(files, 'self'));
      assert.deepEqual(found(folder), ['eicar self/target']);
    });

    it('say of what is no file, or is not there, that there is no verdict', async () => {
      execFileSync('mkfifo', [path.join(files, 'pipe')]);
      const pipe = await scans.scan(path.join(files, 'pipe'));
      assert.deepEqual(
        [pipe.verdict, pipe.summary],
        ['unknown', 'Not judged in whole. Nothing judges files of its kind (pipe).'],
      );
      const nothing = await scans.scan(path.join(files, 'nothing'));
      assert.equal(nothing.verdict, 'error');
      assert.match(nothing.summary, /gone/);
    });
  });

  describe('with rules of a person', () => {
    it('name files that could not be compiled with line and reason, and use the others', async () => {
      write('a', 'needle');
      const own = ownRules(root, {
        'bad.yar': 'rule bad {\n condition: nonsense }',
        'good.yar': 'rule good { strings: $a = "needle" condition: $a }',
      });
      const result = await scans.scan(files, own);
      assert.deepEqual(found(result), ['good a']);
      const told = scans.pushes.filter((push) => push.type === 'rules').at(-1);
      assert.equal(told?.ruleCount, 3);
      assert.deepEqual(
        told.faults.map(({ file, line }) => [path.basename(file), line]),
        [['bad.yar', 2]],
      );
    });

    it('of which some are not in force are told of in the report', async () => {
      write('a', 'needle');
      const own = ownRules(root, {
        'bad.yar': 'rule bad { condition: nonsense }',
        'good.yar': 'rule good { strings: $a = "needle" condition: $a }',
      });
      for (const target of [files, path.join(files, 'a')]) {
        const yara = (await scans.scan(target, own)).engines.find(({ id }) => id === 'yara');
        assert.match(yara?.detail ?? '', /not in force: bad\.yar/);
        assert.match(yara?.database?.version ?? '', /^3 rules, /);
      }
      const missing = { ruleFolders: [{ path: path.join(root, 'missing'), level: 'full' as const }] };
      const yara = (await scans.scan(files, missing)).engines.find(({ id }) => id === 'yara');
      assert.match(yara?.detail ?? '', /not in force: missing/);
    });

    it('of which none could be compiled call nothing clean', async () => {
      write('a', eicar());
      const own = ownRules(root, { 'bad.yar': 'rule bad { condition: nonsense }' });
      for (const target of [files, path.join(files, 'a')]) {
        // Twice: what is known by now says no more.
        for (let round = 0; round < 2; round++) {
          const result = await scans.scan(target, { ...own, builtInRules: false });
          assert.equal(result.verdict, 'error');
          const yara = result.engines.find(({ id }) => id === 'yara');
          assert.equal(yara?.state, 'failed');
          assert.doesNotMatch(result.summary, /No threat found/);
        }
      }
    });

    it('are compiled anew without a scan when they have changed, and only then', async () => {
      const settings = {
        ...defaultScanSettings,
        ...ownRules(root, { 'a.yar': 'rule a { condition: nonsense }' }),
      };
      const told = (): (typeof scans.pushes)[number] | undefined =>
        scans.pushes.filter((push) => push.type === 'rules').at(-1);
      const faults = (): readonly (string | number | undefined)[] | undefined => {
        const state = told();
        if (state?.type !== 'rules' || !state.allFaults) return undefined;
        return state.faults.map(({ file, line }) => `${path.basename(file)}:${line}`);
      };
      await scans.client.request('loadRules', settings);
      assert.deepEqual(faults(), ['a.yar:1']);
      const { length } = scans.pushes;
      await scans.client.request('loadRules', settings);
      assert.equal(scans.pushes.length, length);
      ownRules(root, { 'a.yar': 'rule a { condition: true }', 'b.yar': 'rule b {\n condition: 1 + }' });
      await scans.client.request('loadRules', settings);
      assert.deepEqual(faults(), ['b.yar:2']);
      rmSync(path.join(root, 'own'), { recursive: true });
      await scans.client.request('loadRules', settings);
      assert.deepEqual(faults(), ['own:undefined']);
      await scans.client.request('loadRules', { ...settings, ruleFolders: [] });
      assert.deepEqual(faults(), []);
    });

    it('ask the built-in ones alone until many are compiled, and say so', async () => {
      write('a', 'needle');
      const many = Array.from({ length: 400 }, (_, index) => {
        const filler = `"${'x'.repeat(700)}${index}"`;
        return `rule r${index} { strings: $a = "needle" $b = ${filler} condition: any of them }`;
      });
      const own = ownRules(root, { 'many.yar': many.join('\n') });
      const first = await scans.scan(files, own);
      assert.deepEqual(found(first), []);
      const waiting = first.engines.find(({ id }) => id === 'yaraOwn');
      assert.deepEqual([waiting?.state, waiting?.reason], ['notAsked', 'notReady']);
      const isCompiled = (): boolean =>
        scans.pushes.some((push) => push.type === 'rules' && push.ruleCount > 400 && push.own === 'inForce');
      for (let waitedMs = 0; waitedMs < 30_000 && !isCompiled(); waitedMs += 100) await wait(100);
      const second = await scans.scan(files, own);
      assert.equal(found(second).length, mostFindings);
      assert.equal(
        second.engines.find(({ id }) => id === 'yaraOwn'),
        undefined,
      );
    });

    it('without any rules there is no verdict', async () => {
      write('a', eicar());
      const result = await scans.scan(files, { builtInRules: false });
      assert.equal(result.verdict, 'unknown');
      assert.equal(result.engines[0]?.reason, 'switchedOff');
    });
  });
});
