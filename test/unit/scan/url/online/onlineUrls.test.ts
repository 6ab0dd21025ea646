import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NodeHttpClient } from '../../../../../src/services/http/nodeHttpClient';
import { judges } from '../../../../../src/services/scan/engines';
import { createOnlineUrlEngines } from '../../../../../src/services/scan/url/online/onlineUrls.later';
import { onlineUrlEngines } from '../../../../../src/services/scan/url/onlineUrlEngines';
import { verdictOf } from '../../../../../src/services/scan/verdict';
import { nullLogger } from '../../../../../src/shared/logger';
import type { EngineReport } from '../../../../../src/shared/scan/record';
import type { OnlineUrlSettings } from '../../../../../src/shared/url/onlineUrlSettings';
import { readSettings } from '../../../../../src/ui/settings/settings';
import { whatLeaves } from '../../../../../src/ui/url/urlTexts';
import { listen } from '../../../http/support/loopbackServer';
import { FakeClock } from '../../../support/fakeClock';
import { networkUses, spyOnNetwork } from '../../support/networkSpy';
import { askEngine, FakeKeys, stateOf } from './support/services';

const defaults = readSettings({ get: () => undefined }, nullLogger).onlineUrls;

describe('the online engines for links', function () {
  this.timeout(10_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-urls-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function make(settings: OnlineUrlSettings = defaults) {
    const clock = new FakeClock();
    const keys = new FakeKeys();
    const current = { settings };
    const asked: string[] = [];
    const virusTotal = {
      urlReport: (url: string) => {
        asked.push(url);
        const report: EngineReport = {
          id: 'virustotal',
          name: 'VirusTotal',
          state: 'noHit',
          sendsAway: true,
        };
        return Promise.resolve({ report, findings: [] });
      },
    };
    const http = new NodeHttpClient({ clock });
    const options = {
      clock,
      http,
      keys,
      virusTotal,
      usesProxy: () => false,
      settings: () => current.settings,
    };
    let loads = 0;
    const late = onlineUrlEngines(options, () => {
      loads++;
      return { createOnlineUrlEngines };
    });
    return {
      options,
      engines: createOnlineUrlEngines(options),
      late,
      loads: () => loads,
      current,
      keys,
      asked,
    };
  }

  it('are all off, say so, and use no network, though there are keys for all', async () => {
    assert.deepEqual(defaults, {
      followRedirects: false,
      urlhaus: false,
      safeBrowsing: false,
      virustotal: false,
    });
    const log = path.join(folder, 'network.log');
    const spy = spyOnNetwork(log);
    const server = await listen(() => assert.fail('It was asked.'));
    try {
      const { engines, asked } = make();
      const before = networkUses(log).length;
      assert.ok(before > 0, 'the spy is blind');
      for (const engine of engines) {
        for (const url of [
          `${server.url}/`,
          'http://shop.example/',
          'https://localhost/',
          'http://1.1.1.1/',
        ]) {
          const answer = await askEngine(engine, url);
          assert.equal(stateOf(answer), 'notAsked: switchedOff', engine.id);
          assert.equal(answer.verdict, 'unknown');
          assert.equal(answer.details, undefined);
        }
        assert.equal(engine.isEnabled, false);
      }
      assert.deepEqual(asked, []);
      assert.equal(networkUses(log).length, before, networkUses(log).join());
    } finally {
      spy.dispose();
      await server.stop();
    }
  });

  it('are seen by the spy once one is switched on', async () => {
    const log = path.join(folder, 'network.log');
    const server = await listen((_request, response) => response.end());
    const spy = spyOnNetwork(log);
    try {
      const { engines } = make({ ...defaults, followRedirects: true });
      const [following = assert.fail()] = engines;
      const { hostname: host } = new URL(server.url);
      const control = { signal: new AbortController().signal, tell: () => undefined };
      const answer = await following.ask({ url: `${server.url}/`, host, localOnPurpose: true }, control);
      assert.equal(answer.report.state, 'noHit');
      assert.ok(networkUses(log).includes('TCPWRAP'));
    } finally {
      spy.dispose();
      await server.stop();
    }
  });

  it('are switched on and off one by one, while they are there', () => {
    const names = ['followRedirects', 'urlhaus', 'safeBrowsing', 'virustotal'] as const;
    const { engines, current } = make();
    assert.deepEqual(
      engines.map(({ id }) => id),
      ['linkFollowing', 'urlhaus', 'safeBrowsing', 'virustotal'],
    );
    for (const [index, name] of names.entries()) {
      current.settings = { ...defaults, [name]: true };
      assert.deepEqual(
        engines.map(({ isEnabled }) => isEnabled),
        names.map((_name, other) => other === index),
      );
    }
  });

  it('are not asked without keys, though they are on, and nobody takes that for safe', async () => {
    const all = { followRedirects: true, urlhaus: true, safeBrowsing: true, virustotal: true };
    const { engines, keys } = make(all);
    keys.value = undefined;
    const keyed = engines.filter(({ id }) => id === 'urlhaus' || id === 'safeBrowsing');
    const answers = await Promise.all(keyed.map((engine) => askEngine(engine, 'http://shop.example/')));
    assert.deepEqual(answers.map(stateOf), ['notAsked: notConfigured', 'notAsked: notConfigured']);
    assert.equal(verdictOf({ engines: answers.map(({ report }) => report), findings: [] }), 'unknown');
  });

  it('are loaded when the first that is switched on is asked', async () => {
    const { engines, late, loads, current, asked } = make();
    for (const engine of late) {
      const { report } = await askEngine(engine, 'http://shop.example/');
      assert.deepEqual([report.state, report.reason], ['notAsked', 'switchedOff']);
    }
    assert.equal(loads(), 0);
    const described = (all: typeof late) => all.map(({ id, sends, isEnabled }) => ({ id, sends, isEnabled }));
    assert.deepEqual(described(late), described(engines));
    current.settings = { ...defaults, virustotal: true };
    assert.deepEqual(described(late), described(engines));
    for (const engine of late) await askEngine(engine, 'http://shop.example/');
    await askEngine(late[3] ?? assert.fail(), 'http://shop.example/');
    assert.equal(loads(), 1);
    assert.equal(asked.length, 2);
  });

  it('are found where the build has put them', async () => {
    const late = onlineUrlEngines({
      ...make().options,
      settings: () => ({ ...defaults, safeBrowsing: true }),
    });
    const answer = await askEngine(late[2] ?? assert.fail(), 'http://localhost/');
    assert.equal(stateOf(answer), 'notAsked: notApplicable');
  });

  it('tell before what they send', () => {
    const on = { followRedirects: true, urlhaus: true, safeBrowsing: true, virustotal: true };
    const t = (text: string, ...values: unknown[]) =>
      text.replace(/\{(\d)\}/g, (_gap, index: string) => String(values[Number(index)]));
    const said = (settings: OnlineUrlSettings) => whatLeaves(make(settings).late, t);
    assert.equal(said(defaults), 'Nothing is opened, and nothing leaves this machine.');
    assert.equal(
      said(on),
      'Its host gets a request, and those that it leads to. The whole link goes to URLhaus, VirusTotal. ' +
        'Parts of hashes of it go to Google Safe Browsing.',
    );
    assert.equal(
      said({ ...on, followRedirects: false, safeBrowsing: false }),
      'The whole link goes to URLhaus, VirusTotal.',
    );
  });

  it('judge, but for the one that only looks where a link leads', () => {
    const { engines } = make();
    assert.deepEqual(
      engines.filter(judges).map(({ id }) => id),
      ['urlhaus', 'safeBrowsing', 'virustotal'],
    );
  });
});
