import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addressText, parseClamdAddress, staysHere } from '../../../../src/services/scan/clamav/clamdAddress';
import { parseClamdConf } from '../../../../src/services/scan/clamav/clamdConf';
import { findClamd, usualClamdPlaces } from '../../../../src/services/scan/clamav/findClamd';

const settings = { enabled: true, address: '', allowRemote: false };
const nowhere = { confFiles: [], sockets: [] };

describe('addresses of clamd', () => {
  it('are read as people write them', () => {
    const read = (text: string): string | undefined => {
      const address = parseClamdAddress(text);
      return address && addressText(address);
    };
    assert.equal(read(' /run/clamav/clamd.ctl '), '/run/clamav/clamd.ctl');
    assert.equal(read('127.0.0.1:3311'), '127.0.0.1:3311');
    assert.equal(read('localhost'), '127.0.0.1:3310');
    assert.equal(read('[::1]:1'), '[::1]:1');
    assert.equal(read('av.example.org'), 'av.example.org:3310');
    for (const text of ['', 'a b', 'x:0', 'x:65536', 'x:y', '[x]:1', 'tcp://x:1', 'a/b', '::1', 'x:1:2']) {
      assert.equal(read(text), undefined, text);
    }
  });

  it('stay on this machine only where they are sure to', () => {
    const here = (text: string): boolean => {
      const address = parseClamdAddress(text);
      assert.ok(address);
      return staysHere(address);
    };
    for (const text of [
      '/s',
      'localhost',
      '127.1.2.3:1',
      '[::1]:1',
      '[0:0:0:0:0:0:0:1]:1',
      '[::ffff:127.0.0.1]',
    ]) {
      assert.ok(here(text), text);
    }
    for (const text of [
      '10.0.0.1',
      '0.0.0.0:1',
      '127.example.org',
      'localhost.example.org',
      '[::]:1',
      '[2001:db8::1]:1',
      '[::ffff:10.0.0.1]',
      '[1::1]',
      '[::11]',
    ]) {
      assert.ok(!here(text), text);
    }
  });
});

describe('looking for clamd', () => {
  let folder: string;
  const servers: Server[] = [];
  const listen = async (name: string): Promise<string> => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(file, resolve));
    return file;
  };
  const conf = (text: string): string => {
    const file = path.join(folder, 'clamd.conf');
    writeFileSync(file, text);
    return file;
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-find-'));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('reads what its configuration says', () => {
    assert.deepEqual(
      parseClamdConf(
        '# LocalSocket /no\n LocalSocket "/run/a b.sock"\r\nTCPSocket 3310\nTCPAddr ::1\nStreamMaxLength 25M\n',
      ),
      {
        localSocket: '/run/a b.sock',
        tcpPort: 3310,
        tcpHost: '::1',
        streamMaxBytes: 25 * 1024 * 1024,
        scanLimits: {},
      },
    );
    assert.deepEqual(parseClamdConf('LocalSocket relative\nTCPSocket x\nStreamMaxLength 0\nExample\n\0\n'), {
      scanLimits: {},
    });
    const limitsIn = (text: string): unknown => parseClamdConf(text).scanLimits;
    assert.deepEqual(limitsIn('MaxFileSize 2M\nMaxScanSize 0\nAlertExceedsMax true\n'), {
      maxFileBytes: 2 * 1024 * 1024,
      maxScanBytes: Infinity,
      tellsExceeded: true,
    });
    assert.deepEqual(limitsIn('MaxFileSize much\nAlertExceedsMax no\n'), {});
  });

  it('takes the socket that the configuration names, with its limit, if it is there', async () => {
    const socket = path.join(folder, 'c.sock');
    const file = conf(`LocalSocket ${socket}\nStreamMaxLength 2M\n`);
    const places = { confFiles: [path.join(folder, 'no'), file], sockets: [] };
    assert.deepEqual(findClamd(settings, places), { state: 'none', reason: 'notFound' });
    await listen('c.sock');
    assert.deepEqual(findClamd(settings, places), {
      state: 'found',
      address: { type: 'socket', path: socket },
      isNamed: false,
      streamMaxBytes: 2 * 1024 * 1024,
      scanLimits: {},
    });
  });

  it('takes a port of the configuration on loopback, and no other', () => {
    const found = (text: string): unknown => {
      const said = findClamd(settings, { confFiles: [conf(text)], sockets: [] });
      return said.state === 'found' ? addressText(said.address) : said.reason;
    };
    assert.equal(found('TCPSocket 3310'), '127.0.0.1:3310');
    assert.equal(found('TCPSocket 3310\nTCPAddr 0.0.0.0'), '127.0.0.1:3310');
    assert.equal(found('TCPSocket 3310\nTCPAddr localhost'), '127.0.0.1:3310');
    assert.equal(found('TCPSocket 3310\nTCPAddr 192.0.2.1'), 'notFound');
    assert.equal(found('TCPSocket 0'), 'notFound');
  });

  it('takes a usual socket, and no file that is none', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const socket = await listen('s/clamd.sock');
    const said = findClamd(settings, { confFiles: [], sockets: [file, path.join(folder, 'no'), socket] });
    assert.ok(said.state === 'found' && addressText(said.address) === socket);
  });

  it('takes none that somebody else may have put where everybody can', async function () {
    if (process.getuid?.() === 0) {
      // As root, one can make the socket somebody else's.
      const { chownSync } = await import('node:fs');
      const socket = await listen('open/clamd.sock');
      chmodSync(path.dirname(socket), 0o1777);
      assert.equal(findClamd(settings, { confFiles: [], sockets: [socket] }).state, 'found');
      chownSync(socket, 12_345, 12_345);
      assert.equal(findClamd(settings, { confFiles: [], sockets: [socket] }).state, 'none');
      chmodSync(path.dirname(socket), 0o755);
      assert.equal(findClamd(settings, { confFiles: [], sockets: [socket] }).state, 'found');
      return;
    }
    const socket = await listen('open/clamd.sock');
    chmodSync(path.dirname(socket), 0o777);
    assert.equal(findClamd(settings, { confFiles: [], sockets: [socket] }).state, 'found');
  });

  it('does not look where a person has named an address, nor where it is switched off', () => {
    const named = findClamd({ ...settings, address: '/nowhere/s' }, usualClamdPlaces('linux'));
    assert.ok(named.state === 'found' && named.isNamed && addressText(named.address) === '/nowhere/s');
    assert.deepEqual(findClamd({ ...settings, enabled: false, address: '/s' }, nowhere), {
      state: 'none',
      reason: 'switchedOff',
    });
    const odd = findClamd({ ...settings, address: 'what?' }, nowhere);
    assert.ok(odd.state === 'none' && odd.reason === 'notConfigured' && odd.detail?.includes('what?'));
  });

  it('knows the limits of one that a person named by the configuration that names the same', () => {
    const file = conf('LocalSocket /run/s\nTCPSocket 3310\nMaxFileSize 1K\n');
    const limitsAt = (address: string): unknown => {
      const named = findClamd(
        { ...settings, address, allowRemote: true },
        { confFiles: [file], sockets: [] },
      );
      return named.state === 'found' && named.scanLimits;
    };
    for (const address of ['/run/s', '127.0.0.1:3310', 'localhost'])
      assert.deepEqual(limitsAt(address), { maxFileBytes: 1_024 }, address);
    for (const address of ['/run/other', '127.0.0.1:3311', 'av.example.org:3310'])
      assert.equal(limitsAt(address), undefined, address);
  });

  it('asks nobody beyond this machine unless that is allowed, and says so', () => {
    const address = 'av.example.org:3310';
    const refused = findClamd({ ...settings, address }, nowhere);
    assert.ok(refused.state === 'none' && refused.reason === 'noConsent');
    assert.match(refused.detail ?? '', /^av\.example\.org:3310 is beyond this machine.*allowRemote/);
    assert.equal(findClamd({ ...settings, address, allowRemote: true }, nowhere).state, 'found');
    assert.equal(findClamd({ ...settings, allowRemote: true }, nowhere).state, 'none');
  });

  it('knows no place on Windows but configurations', () => {
    assert.deepEqual(usualClamdPlaces('win32').sockets, []);
  });
});
