import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { compileRules } from '../../../../src/services/scan/rules/compileRules';
import type { RuleScanner } from '../../../../src/services/scan/rules/ruleScanner';
import { Examiner } from '../../../../src/services/scan/thread/examiner';
import { FileScanner } from '../../../../src/services/scan/thread/fileScanner';
import { verdictOf } from '../../../../src/services/scan/verdict';
import { SentinelError } from '../../../../src/shared/errors';
import type { ScanOptions } from '../../../../src/shared/protocol/scanThread';
import type { Judgement } from '../../../../src/shared/scan/judgement';
import { ThreadSign } from '../../../../src/workers/threadSign';
import { skip } from '../../../support/skip';
import { sources, testYara } from '../rules/yara';
import { asNobody } from '../support/asNobody';
import { eicar } from '../support/eicar';
import { tar } from '../support/tarBuilder';
import { flagOf, zip } from '../support/zipBuilder';

const rules = {
  pack: `
    rule eicar { meta: severity = "critical" strings: $a = "EICAR-STANDARD" condition: $a }
    rule odd { strings: $a = "ODD-BYTES" condition: $a and filename == "odd.txt" }
    rule capability : capability { strings: $a = "CAPABLE" condition: $a }`,
};

describe('scanning files', () => {
  let folder: string;
  let scanner: RuleScanner;
  let files: FileScanner;
  const sign = new ThreadSign();
  const go = { proceed: () => undefined };
  const defaults: ScanOptions = {
    join: true,
    openArchives: true,
    archiveMemoryBytes: 2 ** 27,
    maxFileBytes: 1024 * 1024,
  };

  const write = (name: string, content: string | Uint8Array): string => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const stampOf = (file: string | Buffer): number[] => {
    const { mtimeMs, ctimeMs, size, ino, dev } = lstatSync(file);
    return [mtimeMs, ctimeMs, size, ino, dev];
  };
  const batch = (paths: readonly string[], options: Partial<ScanOptions> = {}, control = go) => {
    const stamps = new Float64Array(paths.flatMap(stampOf));
    return files.scanBatch(
      { paths: [...paths], stamps, options: { ...defaults, ...options } },
      control,
      sign,
    );
  };
  const single = (
    file: string | Uint8Array<ArrayBuffer>,
    {
      details = true,
      followLinks = true,
      ...options
    }: Partial<ScanOptions & Record<'details' | 'followLinks', boolean>> = {},
  ) => files.scanFile({ path: file, followLinks, details, options: { ...defaults, ...options } }, go, sign);
  const rulesOf = (judgement: Judgement | undefined): string[] =>
    (judgement?.findings ?? []).map(({ rule, members = [] }) => [rule, ...members].join(' '));

  before(function () {
    this.timeout(30_000);
    scanner = compileRules(testYara(), sources(rules)).scanner;
    files = new FileScanner(new Examiner({ scanner, levels: new Map([['pack', 'full']]) }));
  });
  after(() => {
    scanner.dispose();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-files-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const join of [true, false]) {
    describe(join ? 'in batches' : 'in batches, one by one', () => {
      it('says nothing of files about which there is nothing to say', () => {
        const paths = [write('a.txt', 'nothing'), write('empty', ''), write('b.js', 'let a = 1;')];
        const reply = batch(paths, { join });
        assert.deepEqual(reply.judgements, []);
        assert.deepEqual([...reply.unchanged], [1, 1, 1]);
        assert.equal(reply.bytes, 17);
      });

      it('names what it found, by the file and what rules are told about it', () => {
        const paths = [write('a.txt', 'x'), write('odd.txt', 'ODD-BYTES'), write('b.bin', eicar())];
        const reply = batch(paths, { join });
        assert.deepEqual(
          reply.judgements.map(([index, judgement]) => [index, rulesOf(judgement), verdictOf(judgement)]),
          [
            [1, ['odd'], 'suspicious'],
            [2, ['eicar'], 'malicious'],
          ],
        );
        const [, found] = reply.judgements[1] ?? [];
        assert.match(
          found?.sha256 ?? '',
          /^275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f$/,
        );
        assert.deepEqual(found?.findings[0]?.matches, [{ offset: 28, length: 14, pattern: '$a' }]);
      });

      it('opens archives', () => {
        const inner = zip([{ name: 'in/eicar.com', content: eicar() }]);
        const paths = [
          write('a.zip', zip([{ name: 'eicar.txt', content: eicar() }])),
          write('zip in zip.zip', zip([{ name: 'inner.zip', content: inner }])),
          write('a.tar.gz', gzipSync(tar([{ name: 'x/e', content: eicar() }]))),
          write('plugin.vsix', zip([{ name: 'extension/a.js', content: eicar() }])),
        ];
        const reply = batch(paths, { join });
        assert.deepEqual(
          reply.judgements.map(([, judgement]) => rulesOf(judgement)),
          [['eicar eicar.txt'], ['eicar inner.zip in/eicar.com'], ['eicar x/e'], ['eicar extension/a.js']],
        );
        assert.deepEqual(batch(paths, { join, openArchives: false }).judgements, []);
      });

      it('names no more of what is in an archive than a report has room for, and counts the rest', () => {
        const parts = Array.from({ length: 1_500 }, (_, index) => ({ name: `${index}`, content: eicar() }));
        const [[, judgement] = []] = batch([write('many.zip', zip(parts))], {
          join,
          maxFileBytes: 1e6,
        }).judgements;
        assert.deepEqual([judgement?.findings.length, judgement?.omittedFindings], [200, 1_300]);
        assert.equal(judgement && verdictOf(judgement), 'malicious');
      });

      it('says of an encrypted archive that nothing in it was looked at', () => {
        const locked = zip([
          { name: 'a', content: 'x', packed: Buffer.alloc(30, '!'), flags: flagOf.encrypted },
        ]);
        const [[, judgement] = []] = batch([write('a.zip', locked)], { join }).judgements;
        assert.equal(judgement?.problem?.reason, 'partial');
        assert.equal(judgement.engines.find(({ id }) => id === 'archive')?.state, 'partial');
        assert.equal(verdictOf(judgement), 'unknown');
      });

      it('reads a file again that is not as the walk saw it, and says so', () => {
        const paths = [write('a', 'short'), write('b', 'same'), write('c', 'gone'), write('d', 'shrinks')];
        const stamps = new Float64Array(paths.flatMap(stampOf));
        appendFileSync(paths[0] ?? '', eicar());
        rmSync(paths[2] ?? '');
        truncateSync(paths[3] ?? '', 2);
        const reply = files.scanBatch({ paths, stamps, options: { ...defaults, join } }, go, sign);
        assert.deepEqual([...reply.unchanged], [0, 1, 0, 0]);
        assert.deepEqual(
          reply.judgements.map(([index, { problem, findings }]) => [index, problem?.reason, findings.length]),
          [
            [0, undefined, 1],
            [2, 'vanished', 0],
          ],
        );
      });

      it('opens no pipe, follows no link and reads no folder that took the place of a file', () => {
        const paths = [write('a', 'x'), write('b', 'x'), write('c', 'x')];
        const stamps = new Float64Array(paths.flatMap(stampOf));
        for (const file of paths) rmSync(file);
        execFileSync('mkfifo', [paths[0] ?? '']);
        symlinkSync('/etc/passwd', paths[1] ?? '');
        mkdirSync(paths[2] ?? '');
        const { judgements } = files.scanBatch({ paths, stamps, options: { ...defaults, join } }, go, sign);
        assert.deepEqual(
          judgements.map(([, judgement]) => [judgement.problem, verdictOf(judgement)]),
          [
            [{ reason: 'notApplicable', detail: 'pipe' }, 'unknown'],
            [{ reason: 'changed' }, 'error'],
            [{ reason: 'notApplicable' }, 'unknown'],
          ],
        );
      });

      it('says which item a step is about', () => {
        const paths = [write('a', 'x'), write('b', eicar())];
        const seen = new Set<string>();
        batch(paths, { join }, { proceed: () => void seen.add(String(sign.read().item)) });
        assert.ok(seen.has('1'));
        assert.equal(seen.has('undefined'), join);
      });
    });
  }

  it('a joined scan and one by one find the same', () => {
    const paths = [
      write('odd.txt', 'ODD-BYTES'),
      write('not-odd.txt', 'ODD-BYTES'),
      write('c', 'CAPABLE'),
      write('cut', 'EICAR-STAND'),
      write('rest', 'ARD'),
      write('d', eicar()),
    ];
    assert.deepEqual(batch(paths, { join: true }).judgements, batch(paths, { join: false }).judgements);
  });

  it('what only tells what a file can do, is shown and decides nothing', () => {
    const [[, judgement] = []] = batch([write('a', 'CAPABLE')]).judgements;
    assert.equal(judgement?.findings[0]?.weight, 'informational');
    assert.equal(judgement.engines[0]?.state, 'noHit');
    assert.equal(verdictOf(judgement), 'noThreatFound');
  });

  it('lets go of the work where its owner wants that', () => {
    const paths = [write('a', 'x'), write('b', 'y')];
    const stop = (): never => {
      throw new SentinelError('task.cancelled', 'now');
    };
    assert.throws(() => batch(paths, {}, { proceed: stop }), { code: 'task.cancelled' });
  });

  describe('one at a time', () => {
    it('tells everything about a file', () => {
      const reply = single(write('a.txt', eicar()));
      assert.deepEqual(reply.details, {
        type: 'file',
        sizeBytes: 68,
        modifiedAt: Math.floor(lstatSync(path.join(folder, 'a.txt')).mtimeMs),
        contentType: reply.details?.contentType,
        hashes: {
          md5: '44d88612fea8a8f36de82e1278abb02f',
          sha1: '3395856ce81f2b7382dee72602f798b642f14140',
          sha256: '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
        },
        entropy: reply.details?.entropy,
      });
      assert.ok((reply.details.entropy ?? 0) > 4);
      assert.equal(verdictOf(reply.judgement), 'malicious');
    });

    it('names the engines that found nothing', () => {
      const { judgement } = single(write('a.txt', 'x'));
      assert.deepEqual(
        judgement.engines.map(({ id, state }) => [id, state]),
        [
          ['yara', 'noHit'],
          ['content', 'noHit'],
        ],
      );
      assert.equal(verdictOf(judgement), 'noThreatFound');
    });

    it('says how much of a large file rules saw, and hashes all of it', () => {
      const file = write('large', Buffer.concat([Buffer.alloc(3 * 1024 * 1024, 'ab'), Buffer.from(eicar())]));
      const { judgement, details } = single(file);
      assert.deepEqual(judgement.problem, { reason: 'tooLarge', detail: '1 MB of 3 MB seen' });
      assert.equal(verdictOf(judgement), 'unknown');
      assert.equal(details?.sizeBytes, 3 * 1024 * 1024 + 68);
      assert.match(details.hashes?.sha256 ?? '', /^[0-9a-f]{64}$/);
    });

    it('hashes all of a large file with a finding at its beginning, in a folder too', () => {
      const file = write('large', Buffer.concat([Buffer.from(eicar()), Buffer.alloc(2 * 1024 * 1024)]));
      const whole = single(file);
      const inFolder = single(file, { details: false, followLinks: false });
      assert.equal(verdictOf(inFolder.judgement), 'malicious');
      assert.equal(inFolder.judgement.sha256, whole.details?.hashes?.sha256);
      assert.equal(inFolder.details, undefined);
    });

    it('opens an archive that is larger than what rules see of it', () => {
      const members = [
        { name: 'filler', content: Buffer.alloc(1_500_000, 'noise'), method: 0 },
        { name: 'late/eicar.com', content: eicar(), method: 0 },
      ];
      const { judgement, details } = single(write('big.zip', zip(members)));
      assert.deepEqual(rulesOf(judgement), ['eicar late/eicar.com']);
      assert.equal(details?.archive?.members, 2);
    });

    it('follows a link that was chosen, and none in a folder', () => {
      write('target', eicar());
      const link = path.join(folder, 'link');
      symlinkSync('target', link);
      assert.equal(verdictOf(single(link).judgement), 'malicious');
      assert.equal(single(link, { followLinks: false }).judgement.problem?.reason, 'changed');
      symlinkSync('round', path.join(folder, 'round'));
      assert.deepEqual(single(path.join(folder, 'round')).judgement.problem, {
        reason: 'unreadable',
        detail: 'ELOOP',
      });
    });

    it('finds a file by a name that is no text', () => {
      const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]);
      writeFileSync(odd, eicar());
      assert.equal(verdictOf(single(new Uint8Array(odd)).judgement), 'malicious');
    });

    it('says why a file could not be read', () => {
      const secret = write('secret', 'x');
      chmodSync(folder, 0o755);
      chmodSync(secret, 0);
      const reasons = asNobody(() =>
        [secret, path.join(folder, 'nowhere'), folder, '/dev/zero', `${secret}/x`].map(
          (file) => single(file).judgement,
        ),
      );
      assert.deepEqual(
        reasons.map(({ problem }) => [problem?.reason, problem?.detail]),
        [
          ['unreadable', 'EACCES'],
          ['vanished', 'ENOENT'],
          ['notApplicable', undefined],
          ['notApplicable', 'device'],
          ['vanished', 'ENOTDIR'],
        ],
      );
      assert.deepEqual(reasons.map(verdictOf), ['error', 'error', 'unknown', 'unknown', 'error']);
    });

    it('reads files of /proc as they are at the moment, and ends', function () {
      if (process.platform !== 'linux') skip(this, 'only Linux has /proc');
      assert.equal(verdictOf(single('/proc/self/status').judgement), 'noThreatFound');
      assert.equal(single('/proc/kmsg').judgement.problem?.reason, 'unreadable');
    });

    it('says of a sparse file of 10 GB what it is, without reading it all', () => {
      const huge = write('huge', '');
      truncateSync(huge, 10 * 1024 ** 3);
      const { judgement, details } = single(huge);
      assert.equal(judgement.problem?.reason, 'partial');
      assert.match(judgement.problem.detail ?? '', /^sparse file, 1 MB of 10 GB seen$/);
      assert.equal(details?.sizeBytes, 10 * 1024 ** 3);
      assert.equal(details.hashes, undefined);
    });
  });

  it('without rules asks nobody, and says so', () => {
    const without = new FileScanner(new Examiner(undefined));
    const request = { path: write('a', eicar()), followLinks: true, details: false, options: defaults };
    const { judgement } = without.scanFile(request, go, sign);
    assert.deepEqual(
      judgement.engines.map(({ id, state }) => [id, state]),
      [
        ['yara', 'notAsked'],
        ['content', 'noHit'],
      ],
    );
    assert.equal(verdictOf(judgement), 'unknown');
  });
});
