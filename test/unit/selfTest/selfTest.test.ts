import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { FileEngine, FileTarget } from '../../../src/services/scan/fileEngine';
import { ScanService } from '../../../src/services/scan/scanService';
import { SelfTest, type SelfTestResult } from '../../../src/services/selfTest/selfTest';
import { eicar as assembled, withTestFiles } from '../../../src/services/selfTest/testFiles';
import { TaskSupervisor } from '../../../src/services/tasks/taskSupervisor';
import { systemClock } from '../../../src/shared/clock';
import type { EngineReport } from '../../../src/shared/scan/record';
import { defaultScanSettings, type ScanSettings } from '../../../src/shared/scan/settings';
import { DateTexts } from '../../../src/ui/dateTexts';
import { selfTestDocument, selfTestSummary } from '../../../src/ui/selfTest/selfTestDocument';
import { eicar } from '../scan/support/eicar';
import { buildScanThreads, makeRoot, RealScans, removeRoot, scanBundle } from '../scan/support/realScans';
import { FakeHistory } from '../support/fakeHistory';
import { RecordingLogger } from '../support/recordingLogger';
import { english } from '../support/translate';

const dates = new DateTexts('en');

describe('the test files of a self-test', () => {
  let root: string;
  const now = Date.now();

  beforeEach(() => {
    root = makeRoot();
  });
  afterEach(() => {
    removeRoot(root);
  });
  const leftOf = (): string[] => readdirSync(root).filter((name) => name.startsWith('sentinel-self-test-'));

  it('are the agreed one, in private, and go whatever happens', async () => {
    let folder = '';
    await assert.rejects(
      withTestFiles(
        ({ plain, zipped }) => {
          folder = path.dirname(plain.path);
          assert.equal(readFileSync(plain.path, 'latin1'), eicar());
          assert.equal(plain.sizeBytes, 68);
          assert.equal(plain.sha256, '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f');
          assert.ok(!readFileSync(zipped.path).includes('EICAR-'), 'compressed');
          throw new Error('made by a test');
        },
        now,
        root,
      ),
      /made by a test/,
    );
    assert.ok(folder.startsWith(root) && !existsSync(folder));
  });

  it('go with the next test when a process was killed, but not while they are used', async () => {
    const abandoned = path.join(root, 'sentinel-self-test-killed');
    const used = path.join(root, 'sentinel-self-test-used');
    for (const folder of [abandoned, used]) {
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'eicar.txt'), eicar());
    }
    utimesSync(abandoned, now / 1_000 - 7_200, now / 1_000 - 7_200);
    await withTestFiles(() => Promise.resolve(), now, root);
    assert.deepEqual(leftOf(), ['sentinel-self-test-used']);
  });

  it('are in one piece in no bundle, which would be taken for them', async () => {
    const { outputFiles } = await build({
      entryPoints: ['src/services/selfTest/testFiles.ts'],
      bundle: true,
      minify: true,
      platform: 'node',
      write: false,
    });
    assert.equal(assembled(), eicar());
    for (const { text } of outputFiles)
      assert.ok(!text.includes(eicar()) && !text.includes('EICAR-STANDARD'));
  });
});

describe('SelfTest', function () {
  this.timeout(60_000);
  let root: string;
  let real: RealScans;
  let supervisor: TaskSupervisor;
  let history: FakeHistory;
  let told: number;

  before(() => buildScanThreads());
  after(() => {
    scanBundle.remove();
  });
  beforeEach(() => {
    root = makeRoot();
    real = new RealScans(root);
    supervisor = new TaskSupervisor({ clock: systemClock, logger: new RecordingLogger() });
    history = new FakeHistory();
    told = 0;
  });
  afterEach(async () => {
    await supervisor.stop();
    await real.stop();
    removeRoot(root);
  });

  function testOf(engines: readonly FileEngine[] = [], settings: Partial<ScanSettings> = {}): SelfTest {
    const scans = new ScanService({
      thread: real.client,
      engines: [],
      supervisor,
      history,
      // Somebody has marked the test file as safe, which must not keep it from being caught.
      markedSafe: {
        list: () =>
          Promise.resolve([
            {
              sha256: '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
              reason: 'a test file',
              path: '/srv/eicar.txt',
              markedAt: 0,
            },
          ]),
      },
      clock: systemClock,
      logger: new RecordingLogger(),
      settings: { ...defaultScanSettings, ...settings },
      exclusionsOf: (base) => ({ base, globs: [] }),
      titleOf: () => 'scan',
    });
    scans.onFileResult(() => (told += 1));
    scans.onEnded(() => (told += 1));
    return new SelfTest({
      scans,
      engines,
      supervisor,
      clock: systemClock,
      title: 'test',
      temporaryFolder: root,
    });
  }

  async function run(test: SelfTest): Promise<SelfTestResult> {
    const result = await test.run();
    assert.ok(result !== undefined);
    return result;
  }

  const outcomes = ({ lines }: SelfTestResult): Record<string, string> =>
    Object.fromEntries(lines.map(({ id, outcome }) => [id, outcome]));

  function engineThat(id: string, report: Partial<EngineReport>, asked: FileTarget[] = []): FileEngine {
    return {
      id,
      ask: (target) => {
        asked.push(target);
        return Promise.resolve({
          report: { id, name: `Engine ${id}`, state: 'noHit', ...report },
          findings:
            report.state === 'hit'
              ? [{ engine: id, rule: 'r', title: 'Eicar|Signature', severity: 'high', weight: 'malicious' }]
              : [],
        });
      },
    };
  }

  it('tells that rules and archives catch it, and tells nobody else', async () => {
    const result = await run(testOf());
    const { yara, archive } = outcomes(result);
    assert.deepEqual([yara, archive], ['caught', 'caught']);
    assert.equal(history.records.size, 0);
    assert.equal(told, 0);
    assert.deepEqual(
      readdirSync(root).filter((name) => name.startsWith('sentinel-self-test-')),
      [],
    );
    assert.equal(result.problem, undefined);
  });

  it('says what was switched off, and never that it missed', async () => {
    const result = await run(testOf([], { builtInRules: false, openArchives: false }));
    const { yara, archive } = outcomes(result);
    assert.deepEqual([yara, archive], ['notRun', 'notRun']);
    assert.match(selfTestDocument(result, dates, english), /switched off/);
    assert.equal(selfTestSummary(result, english), 'Self-test: no engine saw the test file.');
  });

  it('asks the engines that it is given, by what scans would tell them', async () => {
    const asked: FileTarget[] = [];
    const rejecting: FileEngine = { id: 'broken', ask: () => Promise.reject(new Error('made by a test')) };
    const result = await run(
      testOf([
        engineThat('sharp', { state: 'hit', version: '1.2', sendsAway: true }, asked),
        engineThat('blunt', { database: { version: '7' } }),
        engineThat('private', { state: 'notAsked', reason: 'noConsent', sendsAway: true }),
        engineThat('slow', { state: 'failed', reason: 'timedOut' }),
        rejecting,
      ]),
    );
    const { sharp, blunt, slow, broken, ...rest } = outcomes(result);
    assert.deepEqual([sharp, blunt, slow, broken], ['caught', 'missed', 'notRun', 'notRun']);
    assert.equal(rest['private'], 'notRun');
    assert.equal(asked.length, 1);
    assert.equal(asked[0]?.sha256, '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f');
    assert.equal(asked[0].sizeBytes, 68);

    const page = selfTestDocument(result, dates, english);
    const row = (name: string): string =>
      page.split('\n').find((line) => line.slice(2).startsWith(name)) ?? '';
    assert.match(row('Engine sharp 1.2'), /^✔ .* {3}caught, by what was sent away {3}Eicar\|Signature$/);
    assert.match(row('Engine blunt'), /^✘ .* {3}missed {3,}database 7$/);
    assert.match(row('Engine private'), /^– .*not asked {3,}sending anything to it has not been allowed$/);
    assert.match(row('Engine slow'), /^– .*no answer {3,}it took too long$/);
    assert.match(row('broken'), /^– .*no answer {3,}it failed; made by a test$/);
    const signs = page.split('\n').flatMap((line) => /^[✘✔–] /.exec(line)?.[0].trim() ?? []);
    assert.match(signs.join(''), /^✘✔+–+$/u, 'what matters most comes first');
    assert.equal(selfTestSummary(result, english), 'Self-test: the test file was missed by Engine blunt.');
  });

  it('does not ask again who has answered with the scan', async () => {
    const asked: FileTarget[] = [];
    await run(testOf([engineThat('yara', { state: 'noHit' }, asked)]));
    assert.deepEqual(asked, []);
  });

  it('ends when it is cancelled, and leaves no file', async () => {
    const test = testOf();
    const running = test.run();
    while (supervisor.tasks.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const task of supervisor.tasks) task.cancel();
    assert.equal(await running, undefined);
    assert.deepEqual(
      readdirSync(root).filter((name) => name.startsWith('sentinel-self-test-')),
      [],
    );
  });
});
