import assert from 'node:assert/strict';
import type { FollowEnd } from '../../../../../../src/services/scan/url/online/follow/followLink';
import { systemResolver } from '../../../../../../src/services/scan/url/online/follow/hostResolver';
import { listen, type LoopbackServer } from '../../../../http/support/loopbackServer';
import { skip } from '../../../../../support/skip';
import { FakeResolver, follow, listenRaw, publicAddress, type RawServer } from '../support/following';

const internal = '127.0.0.2';

describe('following links into the own network', function () {
  this.timeout(10_000);
  let victim: RawServer;
  let server: LoopbackServer;
  let port: string;
  let location: string;
  let asked: string[];

  before(async function () {
    const probe = await listenRaw(() => undefined, internal).catch(() => undefined);
    if (probe === undefined) skip(this, `${internal} is no address of this machine`);
    await probe.stop();
  });
  beforeEach(async () => {
    asked = [];
    server = await listen((request, response) => {
      asked.push(request.url ?? '');
      // Header bytes are UTF-8, which Node takes one character each.
      response.writeHead(302, { location: Buffer.from(location).toString('latin1') }).end();
    });
    port = new URL(server.url).port;
    // What must never be reached listens at the same port of another address.
    victim = await listenRaw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nsecret'), internal, Number(port));
  });
  afterEach(async () => {
    await Promise.all([server.stop(), victim.stop()]);
    assert.equal(victim.connections(), 0, 'the victim was reached');
  });

  async function endOf(url: string, resolver = new FakeResolver({ 'start.example': [[publicAddress]] })) {
    const { hops, end } = await follow(url, { resolver });
    return { hops, end };
  }

  const refused = (address: string, scope: string): Partial<FollowEnd> =>
    ({ type: 'refused', address, scope }) as Partial<FollowEnd>;

  const literals: readonly (readonly [host: string, address: string, scope: string])[] = [
    ['127.0.0.2', internal, 'loopback'],
    ['2130706434', internal, 'loopback'],
    ['0x7f000002', internal, 'loopback'],
    ['0177.0.0.2', internal, 'loopback'],
    ['127.2', internal, 'loopback'],
    ['%31%32%37.0.0.2', internal, 'loopback'],
    ['127.0.0.2.', internal, 'loopback'],
    ['１２７.0.0.2', internal, 'loopback'],
    ['[::1]', '::1', 'loopback'],
    ['[::ffff:127.0.0.2]', '::ffff:7f00:2', 'loopback'],
    ['[::ffff:7f00:2]', '::ffff:7f00:2', 'loopback'],
    ['[::127.0.0.2]', '::7f00:2', 'reserved'],
    ['[64:ff9b::127.0.0.2]', '64:ff9b::7f00:2', 'loopback'],
    ['[2002:7f00:2::]', '2002:7f00:2::', 'tunnel'],
    ['0.0.0.0', '0.0.0.0', 'unspecified'],
    ['0', '0.0.0.0', 'unspecified'],
    ['[::]', '::', 'unspecified'],
    ['169.254.169.254', '169.254.169.254', 'linkLocal'],
    ['[fe80::1]', 'fe80::1', 'linkLocal'],
    ['10.0.0.1', '10.0.0.1', 'private'],
    ['192.168.0.1', '192.168.0.1', 'private'],
    ['[fd00::1]', 'fd00::1', 'private'],
    ['255.255.255.255', '255.255.255.255', 'reserved'],
    ['224.0.0.1', '224.0.0.1', 'multicast'],
  ];
  for (const [host, address, scope] of literals) {
    it(`refuses ${host} behind a redirect and at once`, async () => {
      location = `http://${host}:${port}/admin`;
      const behind = await endOf(`http://start.example:${port}/`);
      assert.deepEqual(behind.end, refused(address, scope));
      assert.equal(behind.hops.length, 2);
      assert.deepEqual(asked, ['/']);
      const { hops, end } = await endOf(location);
      assert.deepEqual(end, refused(address, scope));
      assert.deepEqual(hops, [{ url: new URL(location).href }]);
    });
  }

  it('opens no port at which other protocols are spoken, behind a redirect and at once', async () => {
    location = 'http://start.example:6667/QUIT';
    const resolver = new FakeResolver({ 'start.example': [[publicAddress]] });
    const behind = await endOf(`http://start.example:${port}/`, resolver);
    assert.deepEqual(behind.end, { type: 'blockedPort', port: '6667' });
    assert.deepEqual(behind.hops.at(-1), { url: location });
    assert.deepEqual((await endOf(location, resolver)).end, { type: 'blockedPort', port: '6667' });
    assert.deepEqual(resolver.asked, ['start.example']);
  });

  it('refuses a redirect to a name with such an address', async () => {
    location = `http://inner.example:${port}/`;
    const resolver = new FakeResolver({ 'start.example': [[publicAddress]], 'inner.example': [[internal]] });
    const { end } = await endOf(`http://start.example:${port}/`, resolver);
    assert.deepEqual(end, refused(internal, 'loopback'));
    assert.deepEqual(resolver.asked, ['start.example', 'inner.example']);
  });

  it('refuses the name of this machine, as the system resolves it', async () => {
    const { end } = await follow(`http://localhost:${port}/`, {
      resolver: systemResolver,
      scopeOf: undefined!,
    });
    assert.equal(end.type === 'refused' && end.scope, 'loopback');
  });

  for (const answers of [
    [publicAddress, internal],
    [internal, publicAddress],
    [publicAddress, '::ffff:10.0.0.1'],
  ]) {
    it(`refuses a host with addresses of both kinds: ${answers.join(', ')}`, async () => {
      const { end } = await endOf(
        `http://both.example:${port}/`,
        new FakeResolver({ 'both.example': [answers] }),
      );
      assert.equal(end.type, 'refused');
      assert.deepEqual(asked, []);
    });
  }

  it('stays with the address that was checked when the name server changes its mind', async () => {
    // Whoever resolves a second time is led to the victim.
    const resolver = new FakeResolver({ 'turning.example': [[publicAddress], [internal]] });
    location = 'http://nowhere.example/';
    const { hops } = await endOf(`http://turning.example:${port}/`, resolver);
    assert.deepEqual(resolver.asked, ['turning.example', 'nowhere.example']);
    assert.equal(hops[0]?.address, publicAddress);
    assert.deepEqual(asked, ['/']);
  });

  it('checks the new answer when a host leads back to itself', async () => {
    const resolver = new FakeResolver({ 'turning.example': [[publicAddress], [internal]] });
    location = '/again';
    const { end } = await endOf(`http://turning.example:${port}/`, resolver);
    assert.deepEqual(end, refused(internal, 'loopback'));
    assert.deepEqual(asked, ['/']);
  });

  it('takes a resolver that answers with no address for none', async () => {
    for (const answer of ['', 'localhost', '127.1', '[::1]']) {
      const { end } = await endOf(
        `http://odd.example:${port}/`,
        new FakeResolver({ 'odd.example': [[answer]] }),
      );
      assert.deepEqual(end, refused(answer, 'reserved'));
    }
  });
});

describe('following a link into the own network on purpose', function () {
  this.timeout(10_000);
  it('reaches the host that was named, and no other by its redirects', async () => {
    let location = '/next';
    const server = await listen((request, response) => {
      if (request.url === '/') response.writeHead(302, { location }).end();
      else response.end('here');
    });
    const victim = await listenRaw((socket) => socket.end(), internal);
    try {
      const options = { scopeOf: undefined!, localOnPurpose: true };
      const direct = await follow(`${server.url}/`, options);
      assert.equal(direct.end.type, 'arrived');
      assert.deepEqual(
        direct.hops.map(({ status, address }) => [status, address]),
        [
          [302, publicAddress],
          [200, publicAddress],
        ],
      );
      location = `http://${internal}:${victim.port}/`;
      const { end } = await follow(`${server.url}/`, options);
      assert.deepEqual(end, { type: 'refused', address: internal, scope: 'loopback' });
      assert.equal(victim.connections(), 0);
    } finally {
      await Promise.all([server.stop(), victim.stop()]);
    }
  });

  it('reaches it by IPv6', async function () {
    const server = await listenRaw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nsix'), '::1').catch(
      () => undefined,
    );
    if (server === undefined) skip(this, 'this machine has no IPv6');
    try {
      const url = `http://[::1]:${server.port}/`;
      const { hops, end } = await follow(url, { scopeOf: undefined!, localOnPurpose: true });
      assert.ok(end.type === 'arrived', end.type);
      assert.equal(end.page.start.toString(), 'six');
      assert.equal(hops[0]?.address, '::1');
      const refused = await follow(url, { scopeOf: undefined! });
      assert.deepEqual(refused.end, { type: 'refused', address: '::1', scope: 'loopback' });
      assert.equal(server.connections(), 1);
    } finally {
      await server.stop();
    }
  });

  for (const address of ['0.0.0.0', '255.255.255.255', '224.0.0.1', '[::]', '[ff02::1]', '192.0.2.1']) {
    it(`does not reach ${address} even so`, async () => {
      const { end } = await follow(`http://${address}/`, { scopeOf: undefined!, localOnPurpose: true });
      assert.equal(end.type, 'refused');
    });
  }
});
