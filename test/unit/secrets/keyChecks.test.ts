import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { NodeHttpClient } from '../../../src/services/http/nodeHttpClient';
import {
  type KeyCheck,
  safeBrowsingKeyCheck,
  urlhausKeyCheck,
} from '../../../src/services/secrets/keyChecks';
import { systemClock } from '../../../src/shared/clock';
import { listen, type LoopbackServer } from '../http/support/loopbackServer';
import { testKey, VirusTotalHarness } from '../scan/virustotal/support/virusTotalHarness';

const never = new AbortController().signal;

describe('checks of keys', () => {
  const http = new NodeHttpClient({ clock: systemClock });
  let server: LoopbackServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  async function serve(status: number, body: string): Promise<IncomingMessage[]> {
    const received: IncomingMessage[] = [];
    server = await listen((request, response) => {
      received.push(request);
      response.writeHead(status).end(body);
    });
    return received;
  }

  for (const [name, make, header] of [
    ['URLhaus', urlhausKeyCheck, 'auth-key'],
    ['Safe Browsing', safeBrowsingKeyCheck, 'x-goog-api-key'],
  ] as const) {
    const check = (): KeyCheck => make(http, server?.url);

    it(`${name}: sends the key alone, in a header`, async () => {
      const received = await serve(200, '{}');
      assert.deepEqual(await check()('a-key', never), { type: 'valid' });
      const [request] = received;
      assert.equal(request?.headers[header], 'a-key');
      assert.equal(request.method, 'GET');
      assert.doesNotMatch(request.url ?? '', /a-key/);
    });

    it(`${name}: refuses, and is not taken at a word that it has not said`, async () => {
      for (const [status, body, type] of [
        [401, '', 'refused'],
        [403, '{}', 'refused'],
        [400, '{"error": {"details": [{"reason": "API_KEY_INVALID"}]}}', 'refused'],
        [400, '{}', 'unknown'],
        [302, '', 'unknown'],
        [500, '', 'unknown'],
      ] as const) {
        await serve(status, body);
        assert.equal((await check()('a-key', never)).type, type, `${status} ${body}`);
        await server?.stop();
      }
      assert.equal((await check()('a-key', never)).type, 'unknown', 'nobody there');
    });
  }
});

describe('the check of the key of VirusTotal', () => {
  let harness: VirusTotalHarness;
  beforeEach(async () => {
    harness = new VirusTotalHarness();
    await harness.start();
  });
  afterEach(() => harness.stop());

  const check = (key = testKey): ReturnType<KeyCheck> => harness.run(harness.virusTotal.checkKey(key, never));

  it('tells how much of the quota is used up, and is told as sending the key alone', async () => {
    harness.server.dailyUsed = 12;
    assert.deepEqual(await check(), { type: 'valid', detail: '12 of 500 requests of today are used up' });
    assert.deepEqual(
      harness.told.map(({ content }) => content),
      ['key'],
    );
  });

  it('finds out that a refused key holds again, and that one does not', async () => {
    harness.server.key = 'b2'.repeat(32);
    assert.deepEqual(await check(), { type: 'refused' });
    assert.deepEqual(harness.state.current, { type: 'badKey' });
    harness.server.key = testKey;
    assert.equal((await check()).type, 'valid');
    assert.deepEqual(harness.state.current, { type: 'ready' });
  });

  it('does not call a key bad because nobody is there', async () => {
    await harness.server.stop();
    assert.equal((await check()).type, 'unknown');
  });
});
