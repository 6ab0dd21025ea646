import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { usualClamdLimits } from '../../../../src/services/scan/clamav/clamdLimits';
import type { ScanResult } from '../../../../src/shared/protocol/scanWorker';
import type { EngineReport } from '../../../../src/shared/scan/record';
import { defaultScanSettings, type ScanSettings } from '../../../../src/shared/scan/settings';
import { ControlBlock } from '../../../../src/workers/controlBlock';
import { eicar } from '../support/eicar';
import { buildScanThreads, makeRoot, RealScans, removeRoot, scanBundle } from '../support/realScans';
import { ClamdRelay } from './support/clamdRelay';
import { ageDatabase, badText, needClamd, RealClamd, streamMaxBytes } from './support/realClamd';

describe('a real clamd', function () {
  this.timeout(120_000);
  let clamd: RealClamd;
  let root: string;
  let files: string;
  let scans: RealScans;

  before(async function () {
    needClamd(this);
    await buildScanThreads();
  });
  after(() => {
    scanBundle.remove();
  });
  beforeEach(async () => {
    await begin([]);
  });
  afterEach(() => end());

  async function begin(confLines: readonly string[]): Promise<void> {
    clamd = new RealClamd();
    clamd.confLines = confLines;
    await clamd.start();
    root = makeRoot('rule never { condition: false }');
    files = path.join(root, 'files');
    scans = new RealScans(root, {
      clamdPlaces: { confFiles: [clamd.confFile], sockets: [] },
      clamdLimits: { ...usualClamdLimits, returnMs: 5_000, lookMs: 50 },
    });
  }

  async function end(): Promise<void> {
    await scans.stop();
    await clamd.dispose();
    removeRoot(root);
  }

  const write = (name: string, content: string | Uint8Array = name): string => {
    const file = path.join(files, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const named = (address: string): Partial<ScanSettings> => ({
    clamav: { ...defaultScanSettings.clamav, address },
  });
  const clamavOf = ({ engines }: ScanResult): EngineReport => {
    const report = engines.find(({ id }) => id === 'clamav');
    assert.ok(report);
    return report;
  };
  const ways: readonly [string, () => Partial<ScanSettings>][] = [
    ['the socket that its configuration names', () => ({})],
    ['a socket that a person named', () => named(clamd.socketPath)],
    ['TCP on loopback', () => named(`127.0.0.1:${clamd.port}`)],
  ];

  for (const [way, settings] of ways) {
    it(`judges a file by ${way}: hit and miss, empty and in many chunks`, async () => {
      const hit = await scans.scan(write('e', eicar()), settings());
      assert.equal(hit.verdict, 'malicious');
      assert.deepEqual(
        hit.findings.map(({ engine, rule, weight }) => [engine, rule, weight]),
        [['clamav', 'Own.Test.Eicar.UNOFFICIAL', 'malicious']],
      );
      assert.equal(hit.summary, 'Malicious: Own.Test.Eicar.UNOFFICIAL');
      const report = clamavOf(hit);
      assert.deepEqual([report.state, report.sendsAway], ['hit', false]);
      assert.match(report.version ?? '', /^\d+\.\d+/);
      const miss = await scans.scan(write('plain'), settings());
      assert.deepEqual([miss.verdict, clamavOf(miss).state], ['noThreatFound', 'noHit']);
      const empty = await scans.scan(write('empty', ''), settings());
      assert.deepEqual([empty.verdict, clamavOf(empty).state], ['noThreatFound', 'noHit']);
      const large = Buffer.alloc(streamMaxBytes, 'x');
      large.write(badText, 777_777);
      const inMiddle = await scans.scan(write('large', large), settings());
      assert.equal(inMiddle.findings[0]?.rule, 'Own.Made.String.UNOFFICIAL');
    });

    it(`does not call a file harmless that is above its StreamMaxLength, by ${way}`, async () => {
      const file = write('large', Buffer.alloc(streamMaxBytes + 1, 'x'));
      const larger = write('larger', Buffer.alloc(5 * streamMaxBytes, 'x'));
      for (const path of [file, larger]) {
        const result = await scans.scan(path, settings());
        const { state, reason } = clamavOf(result);
        assert.deepEqual([state, reason, result.verdict], ['notAsked', 'tooLarge', 'unknown'], way);
        assert.match(result.summary, /^Not judged in whole\. It is larger.*StreamMaxLength/);
      }
      const folder = await scans.scan(files, settings());
      assert.deepEqual([clamavOf(folder).state, clamavOf(folder).reason], ['partial', 'tooLarge']);
      assert.equal(folder.verdict, 'unknown');
    });
  }

  it('does not call a file harmless that is above what it looks at, whose silence about that it is', async () => {
    for (const limit of ['MaxFileSize', 'MaxScanSize']) {
      await end();
      await begin([`${limit} 100K`]);
      const file = write('large', 'x'.repeat(200_000) + badText);
      const small = write('small', 'x');
      for (const [way, settings] of ways) {
        const result = await scans.scan(file, settings());
        const { state, reason, detail } = clamavOf(result);
        assert.deepEqual([state, reason, result.verdict], ['notAsked', 'tooLarge', 'unknown'], way);
        assert.equal(detail, `ClamAV's ${limit} of 100 KB`);
        assert.equal((await scans.scan(small, settings())).verdict, 'noThreatFound');
      }
    }
    await end();
    await begin(['MaxFileSize 100K', 'AlertExceedsMax yes']);
    const told = await scans.scan(write('large', 'x'.repeat(200_000) + badText));
    assert.deepEqual([clamavOf(told).state, told.verdict], ['partial', 'unknown']);
    await end();
    await begin(['MaxFileSize 0', 'MaxScanSize 0']);
    const whole = await scans.scan(write('large', Buffer.alloc(200_000, 'x')));
    assert.equal(whole.verdict, 'noThreatFound');
  });

  it('judges every file of a folder, and is asked again only about what has changed', async () => {
    ageDatabase(clamd.databaseFolder);
    for (let index = 0; index < 40; index++) write(`f${index}`, `text ${index}`);
    write('deep/bad', `x ${badText} y`);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const unchanged = ({ details }: ScanResult): number | undefined =>
      details?.type === 'folder' ? details.unchanged : undefined;
    const first = await scans.scan(files);
    assert.equal(first.verdict, 'malicious');
    assert.deepEqual(
      first.findings.map(({ rule, path: file = '' }) => [rule, path.relative(files, file)]),
      [['Own.Made.String.UNOFFICIAL', 'deep/bad']],
    );
    const report = clamavOf(first);
    assert.deepEqual([report.state, report.detail], ['hit', '1 of 41 files']);
    assert.equal(unchanged(first), 0);
    const second = await scans.scan(files);
    assert.deepEqual([unchanged(second), second.verdict], [41, 'malicious']);
    assert.deepEqual(second.findings, first.findings);
    // What only local engines have judged, and what another database has, says nothing of this one.
    assert.equal(
      unchanged(await scans.scan(files, { clamav: { ...defaultScanSettings.clamav, enabled: false } })),
      0,
    );
    ageDatabase(clamd.databaseFolder, 2);
    assert.equal(unchanged(await scans.scan(files)), 0);
    assert.equal(unchanged(await scans.scan(files)), 41);
    // Signatures that came a moment ago may not be those that answer.
    ageDatabase(clamd.databaseFolder, 0);
    assert.equal(unchanged(await scans.scan(files)), 0);
    assert.equal(unchanged(await scans.scan(files)), 0);
  });

  it('that was restarted in the middle is asked once more about what it had not answered', async () => {
    for (let index = 0; index < 300; index++) write(`f${index}`, `text ${index}`.repeat(3_000));
    write('zz', badText);
    let restarted: Promise<void> | undefined;
    scans.client.onPush((push) => {
      if (push.type === 'progress' && push.progress.foundFiles > 0) {
        restarted ??= clamd.kill().then(() => clamd.start());
      }
    });
    const result = await scans.scan(files, { joinSmallFiles: false });
    await restarted;
    assert.ok(restarted);
    assert.deepEqual(result.details?.type === 'folder' && result.details.problems, []);
    assert.deepEqual([clamavOf(result).state, result.verdict], ['hit', 'malicious']);
  });

  it('that is gone is missed: by a person who named it, and where its socket was left behind', async () => {
    const file = write('plain');
    await clamd.kill();
    for (const settings of [named(clamd.socketPath), named(`127.0.0.1:${clamd.port}`), {}]) {
      for (const target of [file, files]) {
        const result = await scans.scan(target, settings);
        const { state, reason } = clamavOf(result);
        assert.deepEqual([state, reason, result.verdict], ['failed', 'unreachable', 'error']);
      }
    }
  });

  it('that was stopped as a service is, and named by nobody, is not asked', async () => {
    const file = write('plain');
    await clamd.stop();
    const result = await scans.scan(file);
    const { state, reason } = clamavOf(result);
    assert.deepEqual([state, reason, result.verdict], ['notAsked', 'notFound', 'noThreatFound']);
  });

  it('that goes away for good in the middle is an error, and no file reads as harmless', async () => {
    const block = new ControlBlock();
    for (let index = 0; index < 200; index++) write(`f${index}`, `text ${index}`.repeat(3_000));
    let killed: Promise<void> | undefined;
    scans.client.onPush((push) => {
      if (push.type === 'progress' && push.progress.foundFiles > 0) killed ??= clamd.kill();
    });
    const result = await scans.scan(files, named(clamd.socketPath), {}, block);
    await killed;
    assert.deepEqual([clamavOf(result).state, clamavOf(result).reason], ['failed', 'unreachable']);
    assert.equal(result.verdict, 'error');
  });

  it('that is slow runs out of time, and no file reads as harmless', async () => {
    const slow = new RealScans(root, {
      clamdPlaces: { confFiles: [clamd.confFile], sockets: [] },
      clamdLimits: { ...usualClamdLimits, helloMs: 1_000, fileMs: 500 },
    });
    try {
      for (let index = 0; index < 200; index++) write(`f${index}`, `text ${index}`.repeat(3_000));
      let isFrozen = false;
      slow.client.onPush((push) => {
        if (push.type !== 'progress' || push.progress.foundFiles === 0 || isFrozen) return;
        isFrozen = true;
        clamd.freeze();
      });
      const inMiddle = await slow.scan(files, named(clamd.socketPath));
      assert.ok(isFrozen);
      assert.deepEqual([clamavOf(inMiddle).state, clamavOf(inMiddle).reason], ['failed', 'timedOut']);
      assert.equal(inMiddle.verdict, 'error');
      const fromBeginning = await slow.scan(write('plain'), named(clamd.socketPath));
      const { state, reason } = clamavOf(fromBeginning);
      assert.deepEqual([state, reason, fromBeginning.verdict], ['failed', 'timedOut', 'error']);
    } finally {
      clamd.thaw();
      await slow.stop();
    }
  });

  for (const [way, pass] of [
    ['in one packet', 'together'],
    ['in packets of a byte each', 'apart'],
  ] as const) {
    it(`is understood where its replies come ${way}`, async () => {
      const relay = new ClamdRelay(clamd.port, pass);
      const port = await relay.listen();
      try {
        const hit = await scans.scan(write('bad', badText), named(`127.0.0.1:${port}`));
        assert.deepEqual([clamavOf(hit).state, hit.verdict], ['hit', 'malicious']);
        const miss = await scans.scan(write('plain'), named(`127.0.0.1:${port}`));
        assert.deepEqual([clamavOf(miss).state, miss.verdict], ['noHit', 'noThreatFound']);
        const longest = Math.max(...relay.packets.map((packet) => packet.length));
        const isTogether = relay.packets.some((packet) =>
          /1: ClamAV.*\0.*2: stream/s.test(packet.toString()),
        );
        assert.deepEqual([longest === 1, isTogether], [pass === 'apart', pass === 'together']);
      } finally {
        await relay.close();
      }
    });
  }

  it('that stands still lets a scan be cancelled, which keeps what is known', async () => {
    const file = write('plain');
    const block = new ControlBlock();
    const partial = new Promise<ScanResult>((resolve) => {
      scans.client.onPush((push) => {
        if (push.type === 'partial') resolve(push.result);
      });
    });
    // It says who it is before it stands still.
    await scans.scan(file);
    const large = write('large', Buffer.alloc(streamMaxBytes, 'y'));
    clamd.freeze();
    try {
      const scan = scans.scan(large, named(clamd.socketPath), {}, block);
      const early = await partial;
      assert.deepEqual([clamavOf(early).state, early.verdict], ['running', 'unknown']);
      assert.equal(early.engines.find(({ id }) => id === 'yara')?.state, 'noHit');
      block.cancel();
      const result = await scan;
      assert.equal(result.complete, false);
      assert.deepEqual([clamavOf(result).state, clamavOf(result).reason], ['failed', 'cancelled']);
      assert.equal(result.engines.find(({ id }) => id === 'yara')?.state, 'noHit');
    } finally {
      clamd.thaw();
    }
  });
});
