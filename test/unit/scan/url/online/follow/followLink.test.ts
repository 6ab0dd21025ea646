import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { followLimits } from '../../../../../../src/services/scan/url/online/follow/followLink';
import { type Answer, listen, type LoopbackServer } from '../../../../http/support/loopbackServer';
import { FakeClock } from '../../../../support/fakeClock';
import {
  FakeResolver,
  follow,
  type FollowTestOptions,
  listenRaw,
  publicAddress,
  type RawServer,
  signalled,
} from '../support/following';

describe('following a link', function () {
  this.timeout(10_000);
  let servers: (LoopbackServer | RawServer)[];

  beforeEach(() => {
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });

  async function serve(answer: Answer): Promise<string> {
    const server = await listen(answer);
    servers.push(server);
    return new URL(server.url).port;
  }

  async function serveRaw(...[onConnection]: Parameters<typeof listenRaw>): Promise<string> {
    const server = await listenRaw(onConnection);
    servers.push(server);
    return String(server.port);
  }

  async function failureOf(url: string, options?: FollowTestOptions): Promise<string> {
    const { end } = await follow(url, options);
    assert.ok(end.type === 'failed', end.type);
    return `${end.reason}: ${end.detail}`;
  }

  it('tells every step, and what stands at the end', async () => {
    const port = await serve((request, response) => {
      const next: Record<string, string> = { '/a': '/b?x=1', '/b?x=1': `//other.example:${port}/c` };
      const location = next[request.url ?? ''];
      if (location !== undefined) response.writeHead(301, { location }).end('look elsewhere');
      else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<p>here');
    });
    const steps: number[] = [];
    const { hops, end, certificates } = await follow(`http://start.example:${port}/a`, {
      onStep: (step) => steps.push(step),
    });
    assert.deepEqual(hops, [
      { url: `http://start.example:${port}/a`, address: publicAddress, status: 301 },
      { url: `http://start.example:${port}/b?x=1`, address: publicAddress, status: 301 },
      {
        url: `http://other.example:${port}/c`,
        address: publicAddress,
        status: 200,
        contentType: 'text/html; charset=utf-8',
      },
    ]);
    assert.equal(end.type === 'arrived' && end.page.start.toString(), '<p>here');
    assert.deepEqual(certificates, []);
    assert.deepEqual(steps, [1, 2, 3]);
  });

  it('sends nothing about the person', async () => {
    const requests: IncomingMessage[] = [];
    const port = await serve((request, response) => {
      requests.push(request);
      if (request.url === '/?q=1') {
        const headers = { location: `http://name:word@next.example:${port}/2#part`, 'set-cookie': 'id=1' };
        response.writeHead(302, headers).end();
      } else response.end();
    });
    await follow(`http://me:secret@start.example:${port}/?q=1#here`);
    assert.deepEqual(
      requests.map(({ method, url, headers }) => [method, url, headers.host]),
      [
        ['GET', '/?q=1', `start.example:${port}`],
        ['GET', '/2', `next.example:${port}`],
      ],
    );
    for (const { headers } of requests) {
      assert.deepEqual(Object.keys(headers).toSorted(), [
        'accept',
        'accept-encoding',
        'connection',
        'host',
        'range',
        'user-agent',
      ]);
    }
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`goes on at ${status}`, async () => {
      const port = await serve((request, response) => {
        if (request.url === '/') response.writeHead(status, { location: '/end' }).end();
        else response.end();
      });
      const { hops } = await follow(`http://start.example:${port}/`);
      assert.deepEqual(
        hops.map((hop) => hop.status),
        [status, 200],
      );
    });
  }

  for (const status of [200, 201, 300, 304, 305, 306, 404, 500]) {
    it(`stops at ${status}, whatever address stands there`, async () => {
      const port = await serve((_request, response) => {
        response.writeHead(status, { location: '/on' }).end();
      });
      const { hops, end } = await follow(`http://start.example:${port}/`);
      assert.equal(end.type, 'arrived');
      assert.deepEqual(
        hops.map((hop) => hop.status),
        [status],
      );
    });
  }

  it('follows five redirects, and no sixth', async () => {
    const asked: string[] = [];
    const port = await serve((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      response.writeHead(302, { location: `/${Number(path.slice(1)) + 1}` }).end();
    });
    const { hops, end } = await follow(`http://start.example:${port}/0`);
    assert.deepEqual(end, { type: 'tooManyRedirects', url: `http://start.example:${port}/6` });
    assert.deepEqual(asked, ['/0', '/1', '/2', '/3', '/4', '/5']);
    assert.equal(hops.length, 1 + followLimits.maxRedirects);
  });

  it('notices a circle', async () => {
    let requests = 0;
    const port = await serve((request, response) => {
      requests++;
      response.writeHead(302, { location: request.url === '/a' ? '/b' : '/a#again' }).end();
    });
    const { end } = await follow(`http://start.example:${port}/a`);
    assert.deepEqual(end, { type: 'loop', url: `http://start.example:${port}/a#again` });
    assert.equal(requests, 2);
  });

  const targets: readonly (readonly [location: string, end: Record<string, unknown>])[] = [
    ['javascript:alert(1)', { type: 'otherScheme', scheme: 'javascript', url: 'javascript:alert(1)' }],
    ['data:text/html,hi', { type: 'otherScheme', scheme: 'data', url: 'data:text/html,hi' }],
    ['file:///etc/passwd', { type: 'otherScheme', scheme: 'file', url: 'file:///etc/passwd' }],
    ['ftp://example.org/', { type: 'otherScheme', scheme: 'ftp', url: 'ftp://example.org/' }],
    ['http://', { type: 'noAddress', location: 'http://' }],
    ['http://[::1', { type: 'noAddress', location: 'http://[::1' }],
  ];
  for (const [location, expected] of targets) {
    it(`ends before ${location}`, async () => {
      const port = await serve((_request, response) => {
        response.writeHead(302, { location }).end();
      });
      const { end } = await follow(`http://start.example:${port}/`);
      assert.deepEqual(end, expected);
    });
  }

  it('reads where a redirect leads in UTF-8', async () => {
    const port = await serveRaw((socket) => {
      socket.end(Buffer.from('HTTP/1.1 302 Found\r\nLocation: http://bücher.example/ö\r\n\r\n', 'utf8'));
    });
    const resolver = new FakeResolver({ 'start.example': [[publicAddress]] });
    const { hops } = await follow(`http://start.example:${port}/`, { resolver });
    assert.equal(hops.at(-1)?.url, 'http://xn--bcher-kva.example/%C3%B6');
  });

  it('reads no more of an endless page than the limit', async () => {
    const closed = signalled();
    const port = await serve((_request, response) => {
      response.on('close', closed.fire);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    const { end } = await follow(`http://start.example:${port}/`);
    assert.equal(end.type === 'arrived' && end.page.start.length, followLimits.maxBodyBytes);
    await closed.promise;
  });

  it('reads nothing of what an endless redirect says', async () => {
    const closed = signalled();
    const port = await serve((request, response) => {
      if (request.url !== '/') {
        response.end();
        return;
      }
      response.on('close', closed.fire);
      response.writeHead(302, { location: '/end' });
      response.write('x'.repeat(100_000));
    });
    const { end } = await follow(`http://start.example:${port}/`);
    assert.equal(end.type, 'arrived');
    await closed.promise;
  });

  it('ends headers, and interim answers, that do not end by themselves', async () => {
    const flood = (start: string, more: string) => {
      const many = more.repeat(1_000);
      return serveRaw((socket) => {
        socket.write(start);
        const write = (): void => {
          while (!socket.destroyed && socket.write(many));
          socket.once('drain', write);
        };
        write();
      });
    };
    const headers = await flood('HTTP/1.1 200 OK\r\n', `X: ${'x'.repeat(1_000)}\r\n`);
    assert.match(await failureOf(`http://start.example:${headers}/`), /^failed: .*headers/);
    const interim = await flood('', 'HTTP/1.1 103 Early Hints\r\n\r\n');
    assert.match(await failureOf(`http://start.example:${interim}/`), /^failed: .*interim/);
  });

  it('survives servers that do not speak HTTP, or hang up', async () => {
    const garbage = await serveRaw((socket) => socket.end('220 mail.example ESMTP\r\n'));
    assert.match(await failureOf(`http://start.example:${garbage}/`), /^failed: .*HPE_/);
    const silent = await serveRaw((socket) => socket.end());
    assert.match(await failureOf(`http://start.example:${silent}/`), /^unreachable: /);
    const rude = await serveRaw((socket) => socket.resetAndDestroy());
    assert.match(await failureOf(`http://start.example:${rude}/`), /^unreachable: .*(ECONNRESET|EPIPE)/);
    const half = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'));
    assert.match(await failureOf(`http://start.example:${half}/`), /^unreachable: .*ECONNRESET/);
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n';
    const upgrading = await serveRaw((socket) => socket.write(upgrade));
    const { hops } = await follow(`http://start.example:${upgrading}/`);
    assert.equal(hops[0]?.status, 101);
  });

  it('tells hosts that do not exist, and ports that nobody listens at', async () => {
    assert.match(
      await failureOf('http://gone.example/', { resolver: new FakeResolver({}) }),
      /^unreachable: .*ENOTFOUND/,
    );
    const empty = new FakeResolver({ 'empty.example': [[]] });
    assert.match(await failureOf('http://empty.example/', { resolver: empty }), /^unreachable: .*no address/);
    const port = await serveRaw(() => undefined);
    await servers.pop()?.stop();
    assert.match(await failureOf(`http://start.example:${port}/`), /^unreachable: .*ECONNREFUSED/);
  });

  it('tries the other addresses of a host', async () => {
    const port = await serve((_request, response) => response.end());
    const resolver = new FakeResolver({ 'two.example': [['127.0.0.9', publicAddress]] });
    const { hops, end } = await follow(`http://two.example:${port}/`, { resolver, scopeOf: () => 'public' });
    assert.equal(end.type, 'arrived');
    assert.equal(hops[0]?.address, publicAddress);
  });

  it('keeps the steps before one that fails', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(302, { location: 'http://gone.example/' }).end();
    });
    const resolver = new FakeResolver({ 'start.example': [[publicAddress]] });
    const { hops, end } = await follow(`http://start.example:${port}/`, { resolver });
    assert.deepEqual(hops, [
      { url: `http://start.example:${port}/`, address: publicAddress, status: 302 },
      { url: 'http://gone.example/' },
    ]);
    assert.equal(end.type, 'failed');
  });

  describe('that takes its time', () => {
    /** Follows until the other side has got something, then lets time pass. */
    async function late(
      url: string,
      reached: Promise<void>,
      byMs: number,
      options: FollowTestOptions = {},
    ): Promise<string> {
      const clock = new FakeClock(Date.now());
      const failure = failureOf(url, { clock, ...options });
      await reached;
      await clock.advance(byMs);
      return await failure;
    }

    it('ends when no answer comes', async () => {
      const reached = signalled();
      const port = await serveRaw((socket) => socket.once('data', reached.fire));
      assert.match(
        await late(`http://start.example:${port}/`, reached.promise, followLimits.stepMs),
        /^timedOut/,
      );
    });

    it('ends when the name server does not answer', async () => {
      const reached = signalled();
      const resolver = {
        resolve: () => {
          reached.fire();
          return new Promise<readonly string[]>(() => undefined);
        },
      };
      const failure = await late('http://slow.example/', reached.promise, followLimits.stepMs, { resolver });
      assert.match(failure, /^timedOut/);
    });

    it('ends when a page comes byte by byte', async () => {
      const reached = signalled();
      const port = await serve((_request, response) => {
        response.write('a');
        response.write('b', reached.fire);
      });
      assert.match(
        await late(`http://start.example:${port}/`, reached.promise, followLimits.stepMs),
        /^timedOut/,
      );
    });

    it('ends when a handshake does not', async () => {
      const reached = signalled();
      const port = await serveRaw((socket) => socket.once('data', reached.fire));
      assert.match(
        await late(`https://start.example:${port}/`, reached.promise, followLimits.stepMs),
        /^timedOut/,
      );
    });

    it('ends when all steps together take too long', async () => {
      const clock = new FakeClock(Date.now());
      let requests = 0;
      const port = await serve((_request, response) => {
        void clock.advance(5_000).then(() => response.writeHead(302, { location: `/${requests++}` }).end());
      });
      const failure = await failureOf(`http://start.example:${port}/`, {
        clock,
        limits: { stepMs: 6_000, totalMs: 12_000 },
      });
      assert.match(failure, /^timedOut/);
      assert.equal(requests, 2);
    });

    it('ends when the scan is cancelled, before and while it runs', async () => {
      const reached = signalled();
      const port = await serveRaw((socket) => socket.once('data', reached.fire));
      const controller = new AbortController();
      const failure = failureOf(`http://start.example:${port}/`, { signal: controller.signal });
      await reached.promise;
      controller.abort();
      assert.match(await failure, /^cancelled/);
      const resolver = new FakeResolver({});
      assert.match(
        await failureOf('http://x.example/', { signal: controller.signal, resolver }),
        /^cancelled/,
      );
    });

    it('leaves no timer behind', async () => {
      const clock = new FakeClock(Date.now());
      const port = await serve((_request, response) => response.end());
      await follow(`http://start.example:${port}/`, { clock });
      assert.equal(clock.pendingTimers, 0);
    });
  });
});
