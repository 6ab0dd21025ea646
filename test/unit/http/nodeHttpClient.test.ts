import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import type { HttpRequest } from '../../../src/services/http/httpClient';
import { NodeHttpClient } from '../../../src/services/http/nodeHttpClient';
import { systemClock } from '../../../src/shared/clock';
import { FakeClock } from '../support/fakeClock';
import { type Answer, bodyOf, listen, type LoopbackServer } from './support/loopbackServer';
import { selfSigned } from './support/selfSigned';

describe('NodeHttpClient', () => {
  const client = new NodeHttpClient({ clock: systemClock });
  let server: LoopbackServer | undefined;

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  async function serve(answer: Answer): Promise<HttpRequest> {
    server = await listen(answer);
    return get(server.url);
  }

  it('sends method, headers and body, and gives back status, headers and body', async () => {
    const request = await serve((incoming, response) => {
      void bodyOf(incoming).then((body) => {
        response.writeHead(404, { 'X-Answer': ['a', 'b'] });
        const { method, url, headers } = incoming;
        const seen = [method, url, headers['x-key'], headers['content-length'], body.toString()];
        response.end(JSON.stringify(seen));
      });
    });
    const { status, headers, body } = await client.send({
      ...request,
      method: 'POST',
      url: `${request.url}/path?q=1`,
      headers: { 'x-key': 'k' },
      body: { type: 'bytes', bytes: 'größe' },
    });
    assert.equal(status, 404);
    assert.equal(headers['x-answer'], 'a, b');
    assert.deepEqual(JSON.parse(body.toString()), ['POST', '/path?q=1', 'k', '7', 'größe']);
  });

  it('streams pieces with their length announced', async () => {
    const pieces = Array.from({ length: 64 }, () => randomBytes(64_000));
    const request = await serve((incoming, response) => {
      void bodyOf(incoming).then((body) => {
        response.end(`${incoming.headers['content-length'] ?? ''} ${sha256(body)}`);
      });
    });
    const { body } = await client.send({
      ...request,
      method: 'POST',
      body: { type: 'pieces', sizeBytes: 64 * 64_000, pieces: inTurn(pieces) },
    });
    assert.equal(body.toString(), `${64 * 64_000} ${sha256(Buffer.concat(pieces))}`);
  });

  it('does not read ahead of a server that takes its time', async () => {
    let taken = 0;
    const controller = new AbortController();
    const request = await serve((incoming) => incoming.pause());
    const piece = Buffer.alloc(1_000_000);
    const sending = client.send({
      ...request,
      method: 'POST',
      signal: controller.signal,
      body: {
        type: 'pieces',
        sizeBytes: 1_000 * piece.length,
        pieces: inTurn(
          Array.from({ length: 1_000 }, () => piece),
          () => {
            taken += 1;
            // By then the buffers of both ends are full; only a reader that does not wait gets so far.
            if (taken === 900) controller.abort();
          },
        ),
      },
    });
    const early = setTimeout(() => {
      controller.abort();
    }, 300);
    await assert.rejects(sending, { code: 'http.cancelled' });
    clearTimeout(early);
    assert.ok(taken < 100, `${taken} MB were read`);
  });

  for (const [what, pieces] of [
    ['more', ['12345', '6']],
    ['fewer', ['1234']],
  ] as const) {
    it(`says that pieces are ${what} than was announced`, async () => {
      const request = await serve((_incoming, response) => response.destroy());
      const body = {
        type: 'pieces' as const,
        sizeBytes: 5,
        pieces: inTurn(pieces.map((p) => Buffer.from(p))),
      };
      await assert.rejects(client.send({ ...request, method: 'POST', body }), { code: 'http.wrongSize' });
    });
  }

  it('passes on what the pieces throw', async () => {
    const request = await serve(() => undefined);
    const gone = new Error('the file is gone');
    const pieces = inTurn([Buffer.from('1'), Buffer.from('2')], () => {
      throw gone;
    });
    const body = { type: 'pieces' as const, sizeBytes: 2, pieces };
    await assert.rejects(client.send({ ...request, method: 'POST', body }), (error) => error === gone);
  });

  it('takes the answer of a server that refuses in the middle of an upload', async () => {
    const request = await serve((_incoming, response) => {
      response.writeHead(413).end('too much');
    });
    const endless = inTurn(new Array<Buffer>(10_000).fill(Buffer.alloc(100_000)));
    const body = { type: 'pieces' as const, sizeBytes: 1e9, pieces: endless };
    const { status } = await client.send({ ...request, method: 'POST', body });
    assert.equal(status, 413);
  });

  it('does not follow where it is sent', async () => {
    let requests = 0;
    const request = await serve((_incoming, response) => {
      requests += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    assert.equal((await client.send(request)).status, 302);
    assert.equal(requests, 1);
  });

  it('refuses an answer that is too long, announced or not', async () => {
    const announced = await serve((_incoming, response) => response.end('x'.repeat(11)));
    await assert.rejects(client.send({ ...announced, maxResponseBytes: 10 }), { code: 'http.tooLarge' });
    await server?.stop();
    const chunked = await serve((_incoming, response) => {
      const timer = setInterval(() => response.write('xxxxxx'), 1);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    await assert.rejects(client.send({ ...chunked, maxResponseBytes: 10 }), { code: 'http.tooLarge' });
  });

  it('takes an answer of exactly the size allowed', async () => {
    const request = await serve((_incoming, response) => response.end('x'.repeat(10)));
    assert.equal((await client.send({ ...request, maxResponseBytes: 10 })).body.length, 10);
  });

  it('ends a body that drips for longer than the time limit, and the connection with it', async () => {
    const clock = new FakeClock();
    let closed: Promise<void> | undefined;
    const begun = new Promise<HttpRequest>((resolve, reject) => {
      serve((_incoming, response) => {
        response.writeHead(200);
        response.write('x');
        closed = new Promise((done) => response.on('close', done));
        resolve(get(server!.url));
      }).then((request) => {
        sending = new NodeHttpClient({ clock }).send({ ...request, timeoutMs: 5_000 });
        sending.catch(() => undefined);
      }, reject);
    });
    let sending: Promise<unknown> | undefined;
    await begun;
    await clock.advance(4_999);
    assert.equal(clock.pendingTimers, 1);
    await clock.advance(1);
    await assert.rejects(sending!, { code: 'http.timedOut' });
    await closed;
    assert.equal(clock.pendingTimers, 0);
  });

  it('is cancelled before it begins and while it waits', async () => {
    let asked: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    const request = await serve(() => asked?.());
    await assert.rejects(client.send({ ...request, signal: AbortSignal.abort() }), {
      code: 'http.cancelled',
    });
    const controller = new AbortController();
    const sending = client.send({ ...request, signal: controller.signal });
    await waiting;
    controller.abort();
    await assert.rejects(sending, { code: 'http.cancelled' });
  });

  it('calls unreachable: nobody there, a connection that breaks, what is no HTTP', async () => {
    const request = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    await assert.rejects(client.send(request), { code: 'http.unreachable' });
    await server?.stop();
    await assert.rejects(client.send(request), { code: 'http.unreachable' });
    const chatter = createServer((socket) => socket.resume().end('220 hello\r\n'));
    await new Promise<void>((resolve) => chatter.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(chatter.address() as AddressInfo).port}`;
    await assert.rejects(client.send(get(url)), { code: 'http.unreachable' });
    await new Promise((resolve) => chatter.close(resolve));
  });

  it('trusts a certificate that holds, and no other', async () => {
    const certificate = selfSigned('127.0.0.1');
    server = await listen((_incoming, response) => response.end('secret'), certificate);
    const trusting = new NodeHttpClient({ clock: systemClock, ca: certificate.cert });
    assert.equal((await trusting.send(get(server.url))).body.toString(), 'secret');
    const { NODE_TLS_REJECT_UNAUTHORIZED: before } = process.env;
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await assert.rejects(client.send(get(server.url)), { code: 'http.unreachable' });
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
    // Trusted, but another's.
    const other = selfSigned('127.0.0.2');
    await server.stop();
    server = await listen((_incoming, response) => response.end('secret'), other);
    const mistaken = new NodeHttpClient({ clock: systemClock, ca: other.cert });
    await assert.rejects(mistaken.send(get(server.url)), { code: 'http.unreachable' });
  });
});

function get(url: string): HttpRequest {
  const { signal } = new AbortController();
  return { method: 'GET', url, timeoutMs: 10_000, maxResponseBytes: 10_000, signal };
}

// eslint-disable-next-line @typescript-eslint/require-await -- an asynchronous iterator is what is tested
async function* inTurn(pieces: readonly Uint8Array[], taken?: () => void): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    taken?.();
    yield piece;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
