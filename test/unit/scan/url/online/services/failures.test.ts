import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { SafeBrowsingEngine } from '../../../../../../src/services/scan/url/online/services/safeBrowsing/safeBrowsingEngine';
import { UrlhausEngine } from '../../../../../../src/services/scan/url/online/services/urlhausEngine';
import { type Answer, listen, type LoopbackServer } from '../../../../http/support/loopbackServer';
import { listenRaw, signalled } from '../support/following';
import { askEngine, key, serviceParts, stateOf } from '../support/services';

const url = 'http://shop.example/a';
const services = {
  urlhaus: {
    Engine: UrlhausEngine,
    type: 'application/json',
    empty: '{"query_status":"no_results"}',
    nothing: 'notKnown',
  },
  // A message of no fields at all is "nothing is listed".
  safeBrowsing: { Engine: SafeBrowsingEngine, type: 'application/x-protobuf', empty: '', nothing: 'noHit' },
} as const;

for (const [name, { Engine, type, empty, nothing }] of Object.entries(services)) {
  describe(`${name} that does not answer`, function () {
    this.timeout(10_000);
    let server: LoopbackServer | undefined;
    let requests: IncomingMessage[];

    beforeEach(() => {
      requests = [];
    });
    afterEach(async () => {
      await server?.stop();
      server = undefined;
    });

    async function setUp(answer: Answer) {
      server = await listen((request, response) => {
        requests.push(request);
        answer(request, response);
      });
      const parts = serviceParts();
      return { ...parts, engine: new Engine({ ...parts, baseUrl: server.url }) };
    }

    const answers: readonly (readonly [what: string, Answer, state: string])[] = [
      ['unauthorised', (_request, response) => response.writeHead(401).end(), 'failed: badKey'],
      ['forbidden', (_request, response) => response.writeHead(403).end('{}'), 'failed: badKey'],
      ['too many requests', (_request, response) => response.writeHead(429).end(), 'failed: quotaExceeded'],
      ['an error of its own', (_request, response) => response.writeHead(500).end('oops'), 'failed: failed'],
      ['out of service', (_request, response) => response.writeHead(503).end(), 'failed: failed'],
      ['not found', (_request, response) => response.writeHead(404).end(), 'failed: failed'],
      ['a bad request', (_request, response) => response.writeHead(400).end('{}'), 'failed: failed'],
      [
        'a redirect',
        (_request, response) => response.writeHead(302, { location: '/' }).end(),
        'failed: failed',
      ],
      ['hanging up', (request) => request.socket.destroy(), 'failed: unreachable'],
      [
        'an answer without end',
        (_request, response) => {
          const more = (): void => {
            while (!response.destroyed && response.write('x'.repeat(65_536)));
            response.once('drain', more);
          };
          more();
        },
        'failed: failed',
      ],
      [
        'JSON that is none',
        (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a'),
        'failed: failed',
      ],
      [
        'a page in place of an answer',
        (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in'),
        'failed: failed',
      ],
      [
        'JSON of another form',
        (_request, response) =>
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end('{"query_status":1,"fullHashes":1}'),
        'failed: failed',
      ],
      [
        'an array',
        (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[]'),
        'failed: failed',
      ],
      [
        'nothing at all, without saying of what type',
        (_request, response) => response.writeHead(200).end(),
        'failed: failed',
      ],
      [
        'half an answer',
        (_request, response) => {
          response
            .writeHead(200, { 'content-length': 100 })
            .write('{"query_status":', () => response.destroy());
        },
        'failed: unreachable',
      ],
    ];
    for (const [what, answer, expected] of answers) {
      it(`${what}: ${expected}, which is not safe`, async () => {
        const { engine } = await setUp(answer);
        const result = await askEngine(engine, url);
        assert.equal(stateOf(result), expected);
        assert.equal(result.verdict, 'error');
        assert.equal(requests.length, 1);
      });
    }

    it('in time: failed: timedOut', async () => {
      const reached = signalled();
      const { engine, clock } = await setUp(reached.fire);
      const result = askEngine(engine, url);
      await reached.promise;
      await clock.advance(60_000);
      assert.equal(stateOf(await result), 'failed: timedOut');
      assert.equal((await result).verdict, 'error');
    });

    it('before the scan is cancelled: failed: cancelled', async () => {
      const reached = signalled();
      const { engine } = await setUp(reached.fire);
      const controller = new AbortController();
      const result = askEngine(engine, url, { signal: controller.signal });
      await reached.promise;
      controller.abort();
      assert.equal(stateOf(await result), 'failed: cancelled');
      assert.equal(stateOf(await askEngine(engine, url, { signal: controller.signal })), 'failed: cancelled');
      assert.equal(requests.length, 1);
    });

    it('since nobody is there: failed: unreachable', async () => {
      const gone = await listenRaw(() => undefined);
      await gone.stop();
      const parts = serviceParts();
      const engine = new Engine({ ...parts, baseUrl: `http://127.0.0.1:${gone.port}` });
      const result = await askEngine(engine, url);
      assert.equal(stateOf(result), 'failed: unreachable');
      assert.equal(result.verdict, 'error');
    });

    it('is left alone for as long as it wants', async () => {
      const { engine, clock } = await setUp((_request, response) => {
        if (requests.length === 1) response.writeHead(429, { 'retry-after': '120' }).end();
        else response.setHeader('content-type', type).end(empty);
      });
      assert.equal(stateOf(await askEngine(engine, url)), 'failed: quotaExceeded');
      await clock.advance(119_000);
      const waiting = await askEngine(engine, `${url}/other`);
      assert.equal(stateOf(waiting), 'failed: quotaExceeded');
      assert.match(waiting.report.detail ?? '', / 1 s$/);
      assert.equal(requests.length, 1);
      await clock.advance(1_000);
      assert.equal(stateOf(await askEngine(engine, url)), nothing);
      assert.equal(requests.length, 2);
    });

    it('is not asked again with a key that it has refused, until there is another or some time has passed', async () => {
      const { engine, keys, clock } = await setUp((request, response) => {
        const given = request.headers['auth-key'] ?? request.headers['x-goog-api-key'];
        if (given === key) response.writeHead(403).end();
        else response.setHeader('content-type', type).end(empty);
      });
      assert.equal(stateOf(await askEngine(engine, url)), 'failed: badKey');
      assert.equal(stateOf(await askEngine(engine, url)), 'failed: badKey');
      assert.equal(requests.length, 1);
      await clock.advance(300_000);
      assert.equal(stateOf(await askEngine(engine, url)), 'failed: badKey');
      assert.equal(requests.length, 2);
      keys.value = 'another';
      assert.equal(stateOf(await askEngine(engine, url)), nothing);
      assert.equal(requests.length, 3);
    });

    it('is asked again after it has failed', async () => {
      const { engine } = await setUp((_request, response) => {
        const status = requests.length === 1 ? 500 : 200;
        response.writeHead(status, { 'content-type': type }).end(empty);
      });
      assert.equal(stateOf(await askEngine(engine, url)), 'failed: failed');
      assert.equal(stateOf(await askEngine(engine, url)), nothing);
    });
  });

  describe(`${name} that is not asked`, function () {
    this.timeout(10_000);
    let server: LoopbackServer;
    let requests: number;

    beforeEach(async () => {
      requests = 0;
      server = await listen((_request, response) => {
        requests++;
        response.setHeader('content-type', type).end(empty);
      });
    });
    afterEach(async () => {
      await server.stop();
    });

    it('because it is switched off', async () => {
      const engine = new Engine({ ...serviceParts(), baseUrl: server.url, isEnabled: () => false });
      const result = await askEngine(engine, url);
      assert.equal(stateOf(result), 'notAsked: switchedOff');
      assert.equal(result.verdict, 'unknown');
      assert.equal(requests, 0);
    });

    for (const value of [undefined, '', '  ']) {
      it(`because its key is ${JSON.stringify(value)}`, async () => {
        const parts = serviceParts();
        parts.keys.value = value;
        const result = await askEngine(new Engine({ ...parts, baseUrl: server.url }), url);
        assert.equal(stateOf(result), 'notAsked: notConfigured');
        assert.equal(result.verdict, 'unknown');
        assert.equal(requests, 0);
      });
    }

    const links = ['http://localhost:3000/', 'http://10.0.0.1/', 'https://wiki.corp/', 'http://[fd00::1]/'];
    for (const link of [...links, 'http://intranet/secret', 'ftp://example.org/', 'javascript:alert(1)']) {
      it(`because ${link} means nothing to it`, async () => {
        const engine = new Engine({ ...serviceParts(), baseUrl: server.url });
        const result = await askEngine(engine, link);
        assert.equal(stateOf(result), 'notAsked: notApplicable');
        assert.equal(result.verdict, 'unknown');
        assert.equal(requests, 0);
      });
    }

    it('because keys cannot be read', async () => {
      const parts = serviceParts();
      parts.keys.get = () => Promise.reject(new Error('The keyring is locked.'));
      const result = await askEngine(new Engine({ ...parts, baseUrl: server.url }), url);
      assert.equal(stateOf(result), 'failed: failed');
      assert.equal(result.verdict, 'error');
      assert.equal(requests, 0);
    });
  });
}
