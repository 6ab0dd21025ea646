import assert from 'node:assert/strict';
import type { EngineAnswer } from '../../../../src/services/scan/fileEngine';
import { verdictOf } from '../../../../src/services/scan/verdict';
import { ServiceState } from '../../../../src/services/scan/virustotal/serviceState';
import { testKey, VirusTotalHarness } from './support/virusTotalHarness';
import { error, json, scanners } from './support/virusTotalServer';

const why = ({ report: { state, reason } }: EngineAnswer): string => `${state}: ${reason ?? ''}`;

describe('what VirusTotal allows', function () {
  this.timeout(20_000);
  let harness: VirusTotalHarness;

  beforeEach(async () => {
    harness = new VirusTotalHarness();
    await harness.start();
  });
  afterEach(() => harness.stop());

  function askAll(count: number, known = true): Promise<EngineAnswer[]> {
    const targets = Array.from({ length: count }, (_, index) =>
      harness.file(`f${index}`, `content ${index}`),
    );
    if (known) for (const { sha256 } of targets) harness.server.known.set(sha256, scanners(0, 70));
    return harness.run(
      Promise.all(
        targets.map((target) =>
          harness.virusTotal.ask(target, {
            signal: new AbortController().signal,
            tell: (step) => harness.steps.push(step),
          }),
        ),
      ),
    );
  }

  it('sees 20 scans at once four a minute, and answers them all', async () => {
    const answers = await askAll(20);
    assert.deepEqual([...new Set(answers.map(why))], ['noHit: ']);
    assert.equal(harness.server.received.length, 20);
    assert.equal(harness.server.busiestMinute(), 4);
    const lastMs = harness.server.received.at(-1)?.atMs ?? 0;
    assert.ok(lastMs >= 4 * 60_000 && lastMs < 4 * 65_000, `${lastMs} ms`);
    assert.ok(harness.steps.some((step) => step === 'VirusTotal: waiting for its turn, one of 16'));
  });

  it('is asked four times a minute by two windows together, and neither takes the other for a used-up day', async () => {
    const states = [new ServiceState(harness.clock), new ServiceState(harness.clock)];
    const windows = states.map((state) => harness.openWindow(state));
    const answers = await harness.run(
      Promise.all(
        Array.from({ length: 24 }, (_, index) => {
          const target = harness.file(`f${index}`, `content ${index}`);
          harness.server.known.set(target.sha256, scanners(0, 70));
          const control = { signal: new AbortController().signal, tell: () => undefined };
          return windows[index % 2]!.ask(target, control);
        }),
      ),
    );
    assert.deepEqual([...new Set(answers.map(why))], ['noHit: ']);
    assert.equal(harness.server.received.length, 24, 'none of them was refused');
    assert.equal(harness.server.busiestMinute(), 4);
    assert.ok(harness.clock.monotonicMs() < 7 * 61_000, `${harness.clock.monotonicMs()} ms`);
    for (const state of states) assert.equal(state.current.type, 'ready');
  });

  it('lets one queue serve uploads and their analyses, too', async () => {
    harness.mode = 'hashAndUpload';
    const answers = await askAll(5, false);
    assert.deepEqual([...new Set(answers.map(why))], ['noHit: ']);
    assert.equal(harness.server.busiestMinute(), 4);
  });

  it('lets the rest of a scan go on when the quota is used up in the middle', async () => {
    harness.server.dailyAllowed = 6;
    const answers = await askAll(20);
    const counts = (reason: string): number => answers.filter((answer) => why(answer) === reason).length;
    assert.equal(counts('noHit: '), 6);
    assert.equal(counts('failed: quotaExceeded'), 14);
    for (const { report, findings } of answers.filter(({ report: { state } }) => state === 'failed')) {
      assert.equal(verdictOf({ engines: [report], findings }), 'error');
    }
    // Two of the second four are refused; when their minute has passed, they and two more are.
    assert.ok(harness.server.received.length <= 12, `${harness.server.received.length} requests`);
    assert.ok(harness.clock.monotonicMs() < 3 * 61_000, 'nobody waits longer than it takes to know');
    assert.equal(harness.state.current.type, 'quotaExceeded');
    const before = harness.server.received.length;
    assert.equal(why(await harness.ask(harness.file('later', 'later'))), 'failed: quotaExceeded');
    assert.equal(harness.server.received.length, before, 'nothing is sent until the quota is renewed');
    // Midnight in UTC.
    await harness.clock.advance(86_400_000 - (harness.clock.now() % 86_400_000));
    assert.equal(harness.state.current.type, 'ready');
    harness.server.dailyUsed = 0;
    assert.match(why(await harness.ask(harness.file('later', 'later'))), /^notKnown/);
  });

  it('does not take a minute that is used up, as by another window, for a day', async () => {
    let refusals = 0;
    harness.server.instead = ({ atMs }, response) => {
      if (atMs >= 30_000) return false;
      refusals += 1;
      error(response, 429, 'QuotaExceededError');
      return true;
    };
    assert.match(why(await harness.ask(harness.file('a', 'x'))), /^notKnown/);
    assert.equal(refusals, 1);
    assert.equal(harness.state.current.type, 'ready');
  });

  for (const [form, header] of [
    ['seconds', () => '90'],
    ['a date', () => new Date(harness.clock.now() + 90_000).toUTCString()],
  ] as const) {
    it(`comes back after the time that ${form} of Retry-After ask for, and lets others wait as long`, async () => {
      let limited = 0;
      harness.server.instead = ({ atMs }, response) => {
        if (atMs >= 89_000) return false;
        limited += 1;
        response.setHeader('retry-after', header());
        error(response, 429, 'TooManyRequestsError');
        return true;
      };
      const answers = await askAll(3);
      assert.deepEqual(answers.map(why), ['noHit: ', 'noHit: ', 'noHit: ']);
      assert.equal(limited, 3, 'those that were under way');
    });
  }

  it('takes a Retry-After of hours for a quota that is used up until then', async () => {
    harness.server.instead = (_request, response) => {
      response.setHeader('retry-after', '7200');
      error(response, 429, 'QuotaExceededError');
      return true;
    };
    assert.equal(why(await harness.ask(harness.file('a', 'x'))), 'failed: quotaExceeded');
    assert.deepEqual(harness.state.current, {
      type: 'quotaExceeded',
      untilMs: harness.clock.now() + 7_200_000,
    });
    harness.server.instead = undefined;
    await harness.clock.advance(7_200_000);
    assert.match(why(await harness.ask(harness.file('a', 'x'))), /^notKnown/);
  });

  it('keeps a Retry-After of many days, longer than a timer can be set, and believes none beyond a month', async () => {
    const delays: number[] = [];
    const { clock } = harness;
    const setTimer = clock.setTimeout.bind(clock);
    clock.setTimeout = (fn, delayMs) => {
      delays.push(delayMs);
      return setTimer(fn, delayMs);
    };
    const days = 86_400_000;
    for (const [askedDays, heldDays] of [
      [30, 30],
      [11_000, 31],
    ] as const) {
      harness.server.instead = (_request, response) => {
        response.setHeader('retry-after', String((askedDays * days) / 1_000));
        error(response, 429, 'QuotaExceededError');
        return true;
      };
      const untilMs = clock.now() + heldDays * days;
      assert.equal(why(await harness.ask(harness.file('a', 'x'))), 'failed: quotaExceeded');
      assert.deepEqual(harness.state.current, { type: 'quotaExceeded', untilMs });
      await clock.advance(heldDays * days - 1);
      assert.equal(harness.state.current.type, 'quotaExceeded');
      await clock.advance(1);
      assert.equal(harness.state.current.type, 'ready');
    }
    assert.ok(Math.max(...delays) < 2 ** 31, 'beyond that a timer fires at once');
  });

  it('gives up on a service that always says too many requests, without calling the day over', async () => {
    harness.server.instead = (_request, response) => {
      error(response, 429, 'TooManyRequestsError');
      return true;
    };
    assert.equal(why(await harness.ask(harness.file('a', 'x'))), 'failed: quotaExceeded');
    assert.equal(harness.server.received.length, 3);
    assert.equal(harness.state.current.type, 'ready');
  });

  it('takes an empty answer, as the second version gives it, for a limit and no answer', async () => {
    harness.server.instead = (_request, response) => {
      response.writeHead(204).end();
      return true;
    };
    assert.equal(why(await harness.ask(harness.file('a', 'x'))), 'failed: quotaExceeded');
  });

  it('asks a service that is overloaded again, and says in the end that it could not be reached', async () => {
    let failures = 2;
    harness.server.instead = (_request, response) => {
      if (failures-- <= 0) return false;
      error(response, 503, 'TransientError');
      return true;
    };
    assert.match(why(await harness.ask(harness.file('a', 'x'))), /^notKnown/);
    failures = Infinity;
    const answer = await harness.ask(harness.file('b', 'y'));
    assert.equal(why(answer), 'failed: unreachable');
    assert.equal(answer.report.detail, 'it answered with 503');
    assert.equal(harness.server.received.length, 6);
  });

  it('does not let each of many files wait for a service that is not there', async () => {
    await harness.server.stop();
    const answers = await askAll(20);
    assert.deepEqual([...new Set(answers.map(why))], ['failed: unreachable']);
    assert.ok(harness.clock.monotonicMs() < 10_000, 'those in the queue were told');
    assert.equal(harness.state.current.type, 'unreachable');
    await harness.server.start();
    await harness.clock.advance(60_000);
    assert.match(why(await harness.ask(harness.file('a', 'x'))), /^notKnown/);
  });

  it('asks nothing more with a key that was revoked, until there is another', async () => {
    harness.server.key = 'b2'.repeat(32);
    const answers = await askAll(20);
    assert.deepEqual([...new Set(answers.map(why))], ['failed: badKey']);
    assert.ok(harness.server.received.length <= 4, `${harness.server.received.length} requests`);
    assert.deepEqual(harness.state.current, { type: 'badKey' });
    await harness.clock.advance(3_600_000);
    assert.equal(why(await harness.ask(harness.file('a', 'x'))), 'failed: badKey');
    assert.ok(harness.server.received.length <= 4);
    await harness.keys.set('virustotal', harness.server.key);
    assert.match(why(await harness.ask(harness.file('a', 'x'))), /^notKnown/);
    assert.equal(harness.state.current.type, 'ready');
  });

  it('takes a key that was replaced while a request waits for its turn', async () => {
    const asking = askAll(6);
    harness.server.instead = ({ headers }, response) => {
      if (headers['x-apikey'] === testKey) return false;
      json(response, 404, {});
      return true;
    };
    while (harness.server.received.length < 4) await harness.clock.advance(0);
    const other = 'c3'.repeat(32);
    await harness.keys.set('virustotal', other);
    await asking;
    assert.deepEqual(
      harness.server.received.map(({ headers }) => headers['x-apikey'] === other),
      [false, false, false, false, true, true],
    );
  });

  it('writes the key into no log and no report, whatever happens', async () => {
    const reports: string[] = [];
    for (const status of [200, 401, 403, 429, 500]) {
      harness.server.instead = ({ headers }, response) => {
        json(response, status, { error: { code: `Echo ${String(headers['x-apikey'])}`, message: testKey } });
        return true;
      };
      harness.state.forget();
      reports.push(JSON.stringify(await harness.ask(harness.file('a', `x${status}`))));
    }
    await harness.server.stop();
    harness.state.forget();
    await harness.ask(harness.file('a', 'offline'));
    const log = harness.logger.entries
      .map(({ message, cause }) => `${message} ${cause instanceof Error ? (cause.stack ?? '') : ''}`)
      .join('\n');
    assert.ok(log.length > 0);
    assert.ok(!log.includes(testKey));
    assert.ok(!reports.join('\n').includes(testKey));
    // Were it to get there, it would be taken out.
    assert.equal(harness.redactor.redact(`key ${testKey}`), 'key ‹redacted›');
  });
});
