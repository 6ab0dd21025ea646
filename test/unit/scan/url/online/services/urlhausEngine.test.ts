import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { UrlhausEngine } from '../../../../../../src/services/scan/url/online/services/urlhausEngine';
import { bodyOf, listen, type LoopbackServer } from '../../../../http/support/loopbackServer';
import { askEngine, key, serviceParts, stateOf } from '../support/services';

const listed = {
  query_status: 'ok',
  id: '105821',
  urlhaus_reference: 'https://urlhaus.abuse.ch/url/105821/',
  url: 'http://shop.example/a.exe',
  url_status: 'online',
  host: 'shop.example',
  date_added: '2026-01-19 01:33:26 UTC',
  last_online: null,
  threat: 'malware_download',
  blacklists: { spamhaus_dbl: 'not listed', surbl: 'not listed' },
  reporter: 'somebody',
  larted: 'true',
  takedown_time_seconds: null,
  tags: ['elf', 'mirai'],
  payloads: [{ firstseen: '2026-01-19', filename: null, file_type: 'exe' }],
};

describe('URLhaus', function () {
  this.timeout(10_000);
  let server: LoopbackServer;
  let answer: unknown;
  let requests: { readonly request: IncomingMessage; readonly body: string }[];

  beforeEach(async () => {
    answer = { query_status: 'no_results' };
    requests = [];
    server = await listen((request, response) => {
      void bodyOf(request).then((body) => {
        requests.push({ request, body: body.toString() });
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  });
  afterEach(async () => {
    await server.stop();
  });

  const makeEngine = () => {
    const parts = serviceParts();
    return { ...parts, engine: new UrlhausEngine({ ...parts, baseUrl: server.url }) };
  };

  it('is asked about the whole link, without names, passwords and fragments', async () => {
    const { engine } = makeEngine();
    assert.equal(engine.sends, 'url');
    await askEngine(engine, 'http://me:secret@shop.example/a?b=c&d=%20#part');
    const [{ request, body } = assert.fail()] = requests;
    assert.equal(request.method, 'POST');
    assert.equal(request.url, '/v1/url/');
    assert.equal(request.headers['auth-key'], key);
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.deepEqual([...new URLSearchParams(body)], [['url', 'http://shop.example/a?b=c&d=%20']]);
  });

  it('that lists a link calls it malicious', async () => {
    answer = listed;
    const { findings, report, verdict } = await askEngine(makeEngine().engine, listed.url);
    assert.equal(verdict, 'malicious');
    assert.equal(report.state, 'hit');
    assert.deepEqual(findings, [
      {
        engine: 'urlhaus',
        rule: 'malware_download',
        title: 'It is listed as a source of malware',
        description: 'Listed since 2026-01-19 01:33:26 UTC.',
        severity: 'critical',
        weight: 'malicious',
        reference: 'https://urlhaus.abuse.ch/url/105821/',
        tags: ['elf', 'mirai'],
      },
    ]);
  });

  it('that listed a link which is empty by now calls it suspicious', async () => {
    answer = { ...listed, url_status: 'offline' };
    const { findings, verdict } = await askEngine(makeEngine().engine, listed.url);
    assert.equal(verdict, 'suspicious');
    assert.match(findings[0]?.description ?? '', /Nothing was found there any more/);
  });

  it('that has never seen a link has not found it safe', async () => {
    const { report, findings, verdict } = await askEngine(makeEngine().engine, listed.url);
    assert.equal(report.state, 'notKnown');
    assert.deepEqual(findings, []);
    assert.equal(verdict, 'unknown');
  });

  const bare: readonly (readonly [string, unknown, string])[] = [
    ['with nothing but its status', { query_status: 'ok' }, 'hit'],
    ['with nothing in its fields', { ...listed, tags: null, threat: null, urlhaus_reference: null }, 'hit'],
    ['that it does not understand', { query_status: 'invalid_url' }, 'notAsked: notApplicable'],
    ['with a key that it does not know', { query_status: 'unknown_auth_key' }, 'failed: badKey'],
    ['in a way that it does not like', { query_status: 'http_post_expected' }, 'failed: failed'],
    ['with a word that nobody knows', { query_status: 'perhaps' }, 'failed: failed'],
    ['without a status', { ...listed, query_status: undefined }, 'failed: failed'],
    ['with tags that are none', { ...listed, tags: 'elf' }, 'failed: failed'],
  ];
  for (const [how, given, expected] of bare) {
    it(`that answers ${how}: ${expected}`, async () => {
      answer = given;
      const result = await askEngine(makeEngine().engine, listed.url);
      assert.equal(stateOf(result), expected);
      assert.notEqual(result.verdict, 'noThreatFound');
    });
  }

  it('cannot lead anybody elsewhere, nor fill a report', async () => {
    answer = {
      ...listed,
      urlhaus_reference: 'javascript:alert(1)',
      threat: 't'.repeat(10_000),
      date_added: 'd'.repeat(10_000),
      tags: Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)),
    };
    const { findings } = await askEngine(makeEngine().engine, listed.url);
    assert.equal(findings[0]?.reference, undefined);
    assert.ok(JSON.stringify(findings).length < 2_000);
  });
});
