import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ClamavAnswer, ClamdEngine } from '../../../../src/services/scan/clamav/clamdEngine';
import { usualClamdLimits } from '../../../../src/services/scan/clamav/clamdLimits';
import type { FoundClamd } from '../../../../src/services/scan/clamav/findClamd';
import { passedOver } from '../../../../src/services/scan/clamav/scanLimits';
import { Slots } from '../../../../src/services/scan/clamav/slots';
import { systemClock } from '../../../../src/shared/clock';
import { SentinelError } from '../../../../src/shared/errors';
import { FakeClamd, type FakeBehaviour, honest } from './support/fakeClamd';

describe('ClamAV within a scan', function () {
  this.timeout(20_000);
  let folder: string;
  let fake: FakeClamd;
  let found: FoundClamd;
  let engine: ClamdEngine;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-engine-'));
    fake = new FakeClamd();
    found = { state: 'found', address: await fake.listen(), isNamed: true };
    engine = engineFor(found);
  });
  afterEach(async () => {
    await fake.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const limits = { ...usualClamdLimits, returnMs: 1_000, lookMs: 10 };
  const engineFor = (given: FoundClamd, width = 4, fileMs = 10_000): ClamdEngine =>
    new ClamdEngine({
      found: given,
      clock: systemClock,
      slots: new Slots(width),
      limits: { ...limits, fileMs },
    });
  const meet = (): Promise<void> => engine.meet(new AbortController().signal);
  const file = (name: string, content = name): string => {
    const at = path.join(folder, name);
    writeFileSync(at, content);
    return at;
  };
  const ask = (at: string, followLinks = false): Promise<ClamavAnswer> => {
    const stamp = statSync(at, { throwIfNoEntry: false });
    return engine.ask({ path: at, sizeBytes: 1, followLinks, ...(stamp && { stamp }) });
  };
  const saying = ({ report, problem }: ClamavAnswer): unknown[] => [
    report.state,
    report.reason,
    problem?.reason,
  ];

  it('tells who was asked, with the age of the database', async () => {
    await meet();
    const clean = await ask(file('a'));
    assert.deepEqual([...saying(clean), clean.isLasting], ['noHit', undefined, undefined, true]);
    const bad = await ask(file('b', 'so BAD'));
    assert.equal(bad.report.state, 'hit');
    assert.match(bad.sha256 ?? '', /^[0-9a-f]{64}$/);
    const described = engine.describe(bad.report);
    assert.equal(described.version, '1.4.3');
    assert.deepEqual(described.database, {
      version: '27800',
      updatedAt: new Date(2026, 10, 27, 8).getTime(),
    });
    assert.equal(described.sendsAway, false);
  });

  it('weighs what is unwanted, or looks odd, less than malware, and limits not at all', async () => {
    await meet();
    const at = file('a');
    const kinds: unknown[] = [];
    for (const signature of [
      'Win.Trojan.Agent-1',
      'PUA.Win.Tool-1',
      'Heuristics.Encrypted.Zip',
      'YARA.x.UNOFFICIAL',
      'Heuristics.Limits.Exceeded.MaxFileSize',
    ]) {
      fake.behaviour = finding(signature);
      const { report, findings, problem } = await ask(at);
      kinds.push([report.state, findings[0]?.weight ?? problem?.reason]);
    }
    assert.deepEqual(kinds, [
      ['hit', 'malicious'],
      ['hit', 'suspicious'],
      ['hit', 'suspicious'],
      ['hit', 'suspicious'],
      ['partial', 'partial'],
    ]);
  });

  it('that was restarted is asked once more, as soon as it is back, by all who wait together', async () => {
    await meet();
    let fell = 0;
    const behave = honest();
    fake.behaviour = (conversation, came) => {
      if (came.chunk !== undefined && fell < 3) {
        fell += 1;
        conversation.socket.destroy();
      } else behave(conversation, came);
    };
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => ask(file(name, `BAD ${name}`))));
    assert.deepEqual(answers.map(saying), Array(3).fill(['hit', undefined, undefined]));
    assert.equal(fell, 3);
  });

  it('that ends every conversation is an error for each file, and not waited for again and again', async () => {
    await meet();
    fake.behaviour = ({ socket }, { chunk, command }) => {
      if (command === 'VERSION') socket.write('1: ClamAV 1.4.3\0');
      if (chunk !== undefined) socket.destroy();
      if (command === 'END') socket.end();
    };
    for (const name of ['a', 'b']) {
      assert.deepEqual(saying(await ask(file(name))), ['failed', 'unreachable', 'unreachable']);
    }
    await fake.close();
    const startedMs = performance.now();
    assert.deepEqual(saying(await ask(file('c'))), ['failed', 'unreachable', 'unreachable']);
    assert.ok(performance.now() - startedMs >= 900, 'it may come back');
    const goneMs = performance.now();
    for (let index = 0; index < 50; index++) {
      assert.equal((await ask(file(`d${index}`))).report.state, 'failed');
    }
    assert.ok(performance.now() - goneMs < 900, 'it has not');
  });

  it('that is slow has a time limit for each file, and is given up when it stays so', async () => {
    engine = engineFor(found, 4, 100);
    await meet();
    const behave = honest();
    fake.behaviour = (conversation, came) => {
      if (came.command === 'VERSION') behave(conversation, came);
    };
    for (const name of ['a', 'b', 'c']) {
      assert.deepEqual(saying(await ask(file(name))), ['failed', 'timedOut', 'timedOut']);
    }
    const before = fake.conversations.length;
    assert.deepEqual(saying(await ask(file('d'))), ['failed', 'timedOut', 'timedOut']);
    assert.equal(fake.conversations.length, before);
  });

  it('that gets another database meanwhile gives answers that are not remembered', async () => {
    await meet();
    assert.equal((await ask(file('a'))).isLasting, true);
    fake.behaviour = honest('ClamAV 1.4.3/27801/Sat Nov 28 08:00:00 2026');
    assert.equal((await ask(file('b'))).isLasting, false);
    assert.equal(engine.describe((await ask(file('c'))).report).database?.version, '27801');
    fake.behaviour = honest('ClamAV 1.4.3');
    engine = engineFor(found);
    await meet();
    assert.equal(engine.fingerprint, undefined);
    assert.equal((await ask(file('d'))).isLasting, false);
  });

  it('does not see files that are gone, no files, or too large, and says so', async () => {
    await meet();
    assert.deepEqual(saying(await ask(path.join(folder, 'no'))), ['failed', 'vanished', 'vanished']);
    assert.deepEqual(saying(await ask(folder)), ['failed', 'notApplicable', 'notApplicable']);
    const huge = file('huge');
    truncateSync(huge, 3 * 1024 ** 3);
    assert.deepEqual(saying(await ask(huge)), ['notAsked', 'tooLarge', 'tooLarge']);
    const asked = fake.conversations.length;
    engine = engineFor({ ...found, streamMaxBytes: 3 });
    await meet();
    assert.deepEqual(saying(await ask(file('four', '1234'))), ['notAsked', 'tooLarge', 'tooLarge']);
    assert.deepEqual(saying(await ask(file('three', '123'))), ['noHit', undefined, undefined]);
    assert.equal(fake.conversations.slice(asked).flatMap(({ streams }) => streams).length, 1);
  });

  it('is not believed about files above its usual limits where its own are not known', async () => {
    const at = file('large');
    const limitOf = async (sizeBytes: number, version: string): Promise<unknown[]> => {
      fake.behaviour = honest(`ClamAV ${version}/27800/Fri Nov 27 08:00:00 2026`);
      await meet();
      truncateSync(at, sizeBytes);
      const answer = await ask(at);
      return [answer.report.detail, answer.isLasting];
    };
    const mib = 1024 ** 2;
    assert.deepEqual(await limitOf(25 * mib, '0.103.8'), [undefined, true]);
    assert.deepEqual(await limitOf(25 * mib + 1, '0.103.8'), ["ClamAV's MaxFileSize of 25 MB", false]);
    assert.deepEqual(await limitOf(26 * mib, '0.105.0'), [undefined, true]);
    assert.equal(passedOver(100 * mib, {}, '1.4.3'), undefined);
    assert.equal(passedOver(100 * mib + 1, {}, '1.4.3'), "ClamAV's MaxFileSize of 100 MB");
    const large = { maxFileBytes: Infinity };
    assert.equal(passedOver(400 * mib + 1, large, '1.4.3'), "ClamAV's MaxScanSize of 400 MB");
    assert.equal(passedOver(400 * mib + 1, { tellsExceeded: true }, '1.4.3'), undefined);
  });

  it('does not answer about a file that is written while it is read', async () => {
    await meet();
    const at = file('a', 'x'.repeat(1_000_000));
    const behave = honest();
    fake.behaviour = (conversation, came) => {
      if (came.chunk !== undefined && conversation.chunks === 1) appendFileSync(at, 'BAD');
      behave(conversation, came);
    };
    assert.deepEqual(saying(await ask(at)), ['failed', 'changed', 'changed']);
  });

  it('is asked by so many connections at a time', async () => {
    engine = engineFor(found, 3);
    await meet();
    let open = 0;
    let most = 0;
    const behave = honest();
    fake.behaviour = (conversation, came) => {
      if (came.command === 'INSTREAM') most = Math.max(most, (open += 1));
      if (came.stream !== undefined) open -= 1;
      behave(conversation, came);
    };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => ask(file(String(index), 'x'.repeat(300_000)))),
    );
    assert.ok(answers.every(({ report }) => report.state === 'noHit'));
    assert.ok(most > 1 && most <= 3, String(most));
  });

  it('lets go of everything when it is interrupted, also of those who wait for their turn', async () => {
    engine = engineFor(found, 1);
    await meet();
    fake.behaviour = () => undefined;
    const asked = ['a', 'b', 'c'].map((name) => ask(file(name)));
    engine.interrupt(new SentinelError('task.paused', 'stand still'));
    for (const { reason, status } of (await Promise.allSettled(asked)) as {
      reason: unknown;
      status: string;
    }[]) {
      assert.equal(status, 'rejected');
      assert.ok(reason instanceof SentinelError && reason.code === 'task.paused');
    }
    fake.behaviour = honest();
    assert.equal((await ask(file('d'))).report.state, 'noHit');
  });

  it('is met before it is asked: one that does not answer is an error, and a port that nobody uses is none', async () => {
    await fake.close();
    await meet();
    assert.equal(engine.isAsked, false);
    assert.deepEqual(
      [engine.plainReport.state, engine.plainReport.reason, engine.runningReport.state],
      ['failed', 'unreachable', 'failed'],
    );
    engine = engineFor({
      state: 'found',
      address: { type: 'tcp', host: '127.0.0.1', port: 1 },
      isNamed: false,
    });
    await meet();
    assert.deepEqual([engine.plainReport.state, engine.plainReport.reason], ['notAsked', 'notFound']);
  });
});

function finding(signature: string): FakeBehaviour {
  return ({ socket }, { command, stream }) => {
    if (command === 'VERSION') socket.write('1: ClamAV 1.4.3/27800/Fri Nov 27 08:00:00 2026\0');
    if (stream !== undefined) socket.write(`2: stream: ${signature} FOUND\0`);
    if (command === 'END') socket.end();
  };
}
