import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineControl } from '../../../../src/services/scan/fileEngine';
import { UrlLists } from '../../../../src/services/scan/url/lists/urlLists';
import type { UrlEngine, UrlEngineAnswer, UrlTarget } from '../../../../src/services/scan/url/urlEngine';
import { UrlScanService } from '../../../../src/services/scan/url/urlScanService';
import { UrlThread } from '../../../../src/services/scan/url/urlThread';
import { systemClock } from '../../../../src/shared/clock';
import { urlWorkerProtocol } from '../../../../src/shared/protocol/urlWorker';
import type { EngineState, ScanRecord } from '../../../../src/shared/scan/record';
import { spawnThread } from '../../../../src/workers/thread';
import { WorkerClient } from '../../../../src/workers/workerClient';
import { FakeHistory } from '../../support/fakeHistory';
import { FixtureBundle } from '../../support/fixtureBundle';
import { RecordingLogger } from '../../support/recordingLogger';
import { setUp as setUpTasks } from '../../tasks/support/tasksHarness';

/** An engine that answers when the test says so. */
class SteeredEngine implements UrlEngine {
  readonly asked: UrlTarget[] = [];
  readonly signals: AbortSignal[] = [];
  private readonly waiting: ((answer: UrlEngineAnswer) => void)[] = [];

  constructor(
    readonly id: string,
    readonly name = id,
  ) {}

  ask(target: UrlTarget, { signal }: EngineControl): Promise<UrlEngineAnswer> {
    this.asked.push(target);
    this.signals.push(signal);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  answer(state: EngineState, rest: Partial<UrlEngineAnswer> = {}): void {
    const answer = { report: { id: this.id, name: this.name, state }, findings: [], ...rest };
    for (const resolve of this.waiting.splice(0)) resolve(answer);
  }
}

function setUp(engines: readonly UrlEngine[] = [], lists: { block?: string[]; allow?: string[] } = {}) {
  const { clock, logger, supervisor } = setUpTasks();
  const history = new FakeHistory();
  const puts: ScanRecord[] = [];
  const put = history.put.bind(history);
  history.put = (record) => {
    puts.push(record);
    return put(record);
  };
  const inside = new UrlThread(new UrlLists({ clock, logger }));
  const replaced: string[] = [];
  let key = '';
  const service = new UrlScanService({
    thread: {
      request: (name, payload) => {
        assert.equal(name, 'analyse');
        return inside.analyse(payload);
      },
      replace: (why) => {
        replaced.push(why);
        return Promise.resolve();
      },
      stop: () => Promise.resolve(),
    },
    supervisor,
    history,
    clock,
    logger,
    settings: { lists: { block: lists.block ?? [], allow: lists.allow ?? [] } },
    engines,
    enginesKey: () => key,
    titleOf: (texts) => texts.join(' '),
  });
  const setKey = (value: string): void => {
    key = value;
  };
  return { service, clock, logger, history, puts, setKey };
}

async function finished<T>(task: { outcome: Promise<{ status: string; result?: T }> }): Promise<T> {
  const outcome = await task.outcome;
  assert.equal(outcome.status, 'finished');
  return outcome.result as T;
}

const states = ({ engines }: ScanRecord) => Object.fromEntries(engines.map(({ id, state }) => [id, state]));
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('The service that scans links', () => {
  it('judges by local evidence, and keeps the record', async () => {
    const { service, history } = setUp();
    const record = await finished(service.scanUrl('https://google.com:x@evil.tk/login'));
    assert.equal(record.kind, 'url');
    assert.equal(record.status, 'finished');
    assert.equal(record.verdict, 'malicious');
    assert.equal(record.target, 'https://google.com:x@evil.tk/login');
    assert.match(record.summary, /^Malicious: It leads to evil\.tk, and not to google\.com/);
    assert.equal(record.details?.type === 'url' && record.details.host, 'evil.tk');
    assert.deepEqual(states(record), { urlAnalysis: 'hit', urlLists: 'notAsked' });
    assert.match(record.engines[0]?.database?.version ?? '', /^Unicode \d+\.0\.0, .*\d+\.0\.0, .*tldts \d/);
    assert.deepEqual(history.records.get(record.id), record);
    const harmless = await finished(service.scanUrl('https://medium.com/@user/post'));
    assert.equal(harmless.verdict, 'noThreatFound');
    assert.ok(harmless.engines.every(({ state, sendsAway }) => state === 'notAsked' || sendsAway === false));
  });

  it('calls unknown what nothing could judge', async () => {
    const { service } = setUp();
    for (const [text, why] of [
      ['https://', /no link that a browser could open/],
      [`https://a.b/${'x'.repeat(70_000)}`, /too long/],
      ['https://bit.ly/abc', /short link shows only when it is followed/],
    ] as const) {
      const record = await finished(service.scanUrl(text));
      assert.equal(record.verdict, 'unknown', text.slice(0, 40));
      assert.match(record.summary, why);
    }
  });

  it('never calls clean what a list that cannot be read might name', async () => {
    const { service } = setUp([], { block: ['/nowhere/list'] });
    const record = await finished(service.scanUrl('https://example.com/'));
    assert.equal(record.verdict, 'error');
    assert.deepEqual(states(record), { urlAnalysis: 'noHit', urlLists: 'failed' });
    assert.match(record.summary, /\/nowhere\/list cannot be read/);
  });

  it('asks all engines at once, and puts what is known into the history meanwhile', async () => {
    const [one, two] = [new SteeredEngine('one', 'Engine One'), new SteeredEngine('two')];
    const { service, clock, puts } = setUp([one, two]);
    const task = service.scanUrl('https://somewhere.net/a');
    await turns();
    const target = {
      url: 'https://somewhere.net/a',
      host: 'somewhere.net',
      registrableDomain: 'somewhere.net',
    };
    assert.deepEqual([one.asked, two.asked], [[target], [target]]);
    assert.equal(puts.length, 0);
    await clock.advance(600);
    await turns();
    assert.deepEqual(puts.map(states), [
      { urlAnalysis: 'noHit', urlLists: 'notAsked', one: 'running', two: 'running' },
    ]);
    assert.deepEqual([puts[0]?.status, puts[0]?.verdict], ['running', undefined]);
    assert.equal(puts[0]?.engines.at(-2)?.name, 'Engine One');
    one.answer('noHit');
    await turns();
    assert.equal(puts.length, 2);
    const finding = {
      engine: 'two',
      rule: 'r',
      title: 'Bad',
      severity: 'high',
      weight: 'malicious',
    } as const;
    two.answer('hit', { findings: [finding] });
    const record = await finished(task);
    assert.equal(record.verdict, 'malicious');
    assert.deepEqual(states(record), {
      urlAnalysis: 'noHit',
      urlLists: 'notAsked',
      one: 'noHit',
      two: 'hit',
    });
    assert.equal(new Set(puts.map(({ id }) => id)).size, 1);
    assert.deepEqual(puts.at(-1), record);
  });

  it('lets engines into the own network only where the link itself names it, and a person the link', async () => {
    const asked: (boolean | undefined)[] = [];
    const engine: UrlEngine = {
      id: 'one',
      ask: ({ localOnPurpose }) => {
        asked.push(localOnPurpose);
        return Promise.resolve({ report: { id: 'one', name: 'one', state: 'noHit' }, findings: [] });
      },
    };
    const { service } = setUp([engine]);
    for (const text of ['http://localhost:3000/', 'http://192.168.1.1/', 'https://somewhere.net/']) {
      await finished(service.scanUrl(text, { localOnPurpose: true }));
      await finished(service.scanUrls([text]));
    }
    assert.deepEqual(asked, [true, undefined, true, undefined, undefined]);
  });

  it('shows an engine that failed as that, and never as clean', async () => {
    const broken: UrlEngine = { id: 'broken', ask: () => Promise.reject(new Error('out of order')) };
    const record = await finished(setUp([broken]).service.scanUrl('https://example.com/'));
    assert.equal(record.verdict, 'error');
    assert.deepEqual(record.engines.at(-1), {
      id: 'broken',
      name: 'broken',
      state: 'failed',
      reason: 'failed',
      detail: 'out of order',
    });
  });

  it('asks an engine again after an hour, with other settings, on purpose, or after it failed', async () => {
    const engine = new SteeredEngine('one');
    const { service, clock, setKey } = setUp([engine]);
    const scan = async (state: EngineState, options = {}): Promise<ScanRecord> => {
      const task = service.scanUrl('https://example.com/', options);
      await turns();
      engine.answer(state);
      return finished(task);
    };
    await scan('failed');
    await scan('noHit');
    assert.equal(engine.asked.length, 2);
    await clock.advance(20 * 60_000);
    const cached = await scan('hit');
    assert.equal(engine.asked.length, 2);
    assert.equal(cached.engines.at(-1)?.detail, 'answered 20 minutes ago');
    assert.equal(cached.verdict, 'noThreatFound');
    await scan('noHit', { refresh: true });
    assert.equal(engine.asked.length, 3);
    setKey('other');
    await scan('noHit');
    assert.equal(engine.asked.length, 4);
    await clock.advance(3_600_000);
    await scan('noHit');
    assert.equal(engine.asked.length, 5);
  });

  it('judges where a link leads, once somebody has followed it', async () => {
    const engine = new SteeredEngine('linkFollowing');
    const { service } = setUp([engine]);
    const scan = async (lastHop: string): Promise<ScanRecord> => {
      const task = service.scanUrl('https://bit.ly/abc', { refresh: true });
      await turns();
      const hops = [
        { url: 'https://bit.ly/abc', status: 301 },
        { url: lastHop, status: 200 },
      ];
      engine.answer('noHit', { details: { hops } });
      return finished(task);
    };
    const bad = await scan('https://paypal.com.evil.tk/login');
    assert.equal(bad.verdict, 'malicious');
    assert.match(bad.summary, /It leads to https:\/\/paypal\.com\.evil\.tk\/login/);
    assert.equal(states(bad)['urlAnalysis'], 'hit');
    const good = await scan('https://example.com/page');
    assert.equal(good.verdict, 'noThreatFound');
    assert.equal(good.details?.type === 'url' && good.details.hops?.length, 2);
  });

  it('does not take a short link for seen through that was followed for a part of its way', async () => {
    const engine = new SteeredEngine('linkFollowing');
    const { service } = setUp([engine]);
    const scan = async (state: 'noHit' | 'partial', next?: string): Promise<ScanRecord> => {
      const task = service.scanUrl('https://bit.ly/abc', { refresh: true });
      await turns();
      const hops = [
        { url: 'https://bit.ly/abc', status: 301 },
        { url: 'https://example.com/', status: 302 },
        ...(next === undefined ? [] : [{ url: next }]),
      ];
      engine.answer(state, { details: { hops } });
      return finished(task);
    };
    const endless = await scan('partial');
    assert.equal(states(endless)['urlAnalysis'], 'partial');
    assert.equal(endless.verdict, 'unknown');
    const handler = await scan('noHit', 'ms-msdt:/id PCWDiagnostic');
    assert.equal(handler.verdict, 'suspicious');
    assert.match(handler.summary, /It leads to ms-msdt:/);
    assert.equal((await scan('noHit', 'mailto:somebody@example.com')).verdict, 'noThreatFound');
  });

  it('keeps what was found when a scan is cancelled, and calls nothing clean', async () => {
    const engine = new SteeredEngine('one');
    const { service, puts } = setUp([engine]);
    const ends: ScanRecord[] = [];
    service.onEnded((record) => ends.push(record));
    const harmless = service.scanUrl('https://example.com/');
    const bad = service.scanUrl('https://paypal.com.evil.tk/');
    await turns();
    harmless.cancel();
    bad.cancel();
    assert.equal((await harmless.outcome).status, 'cancelled');
    assert.equal((await bad.outcome).status, 'cancelled');
    assert.ok(engine.signals.every(({ aborted }) => aborted));
    const byTarget = (target: string) => puts.find((record) => record.target === target);
    assert.deepEqual(
      [byTarget('https://example.com/')?.status, byTarget('https://example.com/')?.verdict],
      ['cancelled', undefined],
    );
    assert.equal(byTarget('https://paypal.com.evil.tk/')?.verdict, 'malicious');
    assert.equal(ends.length, 2);
  });

  it('scans several in one task, a record for each', async () => {
    const { service, history } = setUp();
    const records = await finished(service.scanUrls(['https://example.com/', 'https://paypa1.com/']));
    assert.deepEqual(
      records.map(({ verdict }) => verdict),
      ['noThreatFound', 'suspicious'],
    );
    assert.equal(history.records.size, 2);
  });

  it('checks the links of a file without asking anybody, and keeps those that alarm', async () => {
    const engine = new SteeredEngine('one');
    const { service, history } = setUp([engine]);
    const texts = [
      ...Array.from({ length: 1_200 }, (_, index) => `https://example.com/${index}`),
      'https://g00gle.com/',
    ];
    const checked = await finished(service.checkUrls(texts));
    assert.deepEqual(
      checked.map(({ text }) => text),
      texts,
    );
    assert.deepEqual(engine.asked, []);
    assert.deepEqual(
      [...history.records.values()].map(({ target }) => target),
      ['https://g00gle.com/'],
    );
    assert.equal(checked.at(-1)?.record?.verdict, 'suspicious');
    assert.equal(checked[0]?.record, undefined);
  });

  it('knows for an hour what a link came to', async () => {
    const { service, clock } = setUp();
    assert.equal(service.known('https://g00gle.com/'), undefined);
    await finished(service.checkUrls(['https://g00gle.com/', 'https://example.com/']));
    await clock.advance(60_000);
    const known = service.known('https://g00gle.com/');
    assert.deepEqual([known?.record.verdict, known?.ageMs, known?.inHistory], ['suspicious', 60_000, true]);
    assert.deepEqual(service.known('https://example.com/')?.inHistory, false);
    await finished(service.scanUrl('https://example.com/'));
    assert.deepEqual(service.known('https://example.com/')?.inHistory, true);
    service.configure({ lists: { block: ['/some/list'], allow: [] } });
    assert.equal(service.known('https://g00gle.com/'), undefined);
    service.configure({ lists: { block: [], allow: [] } });
    await clock.advance(3_600_000);
    assert.equal(service.known('https://g00gle.com/'), undefined);
  });

  it('answers although the history cannot keep it', async () => {
    const { service, history, logger } = setUp();
    history.put = () => Promise.reject(new Error('no disk'));
    assert.equal((await finished(service.scanUrl('https://example.com/'))).verdict, 'noThreatFound');
    assert.ok(logger.entries.some(({ message }) => message.includes('no disk')));
  });
});

describe('The service on its real thread', function () {
  this.timeout(60_000);
  const bundle = new FixtureBundle();
  let folder: string;
  before(async () => {
    await bundle.build('src/workers/urlScan.worker.ts');
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-url-'));
  });
  after(() => {
    bundle.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers by the protocol, with lists, and is replaced when it ends', async () => {
    const logger = new RecordingLogger();
    const client = new WorkerClient({
      name: 'url',
      protocol: urlWorkerProtocol,
      clock: systemClock,
      logger,
      spawn: () => spawnThread(bundle.file('urlScan.worker'), { name: 'url', logger }),
    });
    try {
      const file = path.join(folder, 'list');
      writeFileSync(file, Array.from({ length: 100_000 }, (_, index) => `host-${index}.net`).join('\n'));
      const ask = () =>
        client.request('analyse', {
          texts: [
            'https://www.host-99999.net/',
            'https://xn--80ak6aa92e.com/',
            'http://',
            'javascript:alert(1)',
          ],
          lists: { block: [file], allow: [] },
        });
      const { analyses, lists, version } = await ask();
      assert.deepEqual(lists, [{ file, entries: 100_000, refused: 0 }]);
      assert.deepEqual(
        analyses.map(({ status }) => status),
        ['analysed', 'analysed', 'notAUrl', 'analysed'],
      );
      const [first, second] = analyses;
      assert.ok(first?.status === 'analysed' && first.findings.some(({ rule }) => rule === 'blocked'));
      assert.ok(second?.status === 'analysed' && second.details.unicodeHost === 'аррӏе.com');
      await client.replace('the test wants it');
      assert.equal((await ask()).version, version);
    } finally {
      await client.stop();
    }
  });
});
