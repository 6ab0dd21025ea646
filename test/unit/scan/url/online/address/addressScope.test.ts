import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import {
  type AddressScope,
  addressScope,
  isLocal,
} from '../../../../../../src/services/scan/url/online/address/addressScope';
import {
  addressOfHost,
  parseIpAddress,
} from '../../../../../../src/services/scan/url/online/address/ipAddress';
import { isPublicHost } from '../../../../../../src/services/scan/url/online/address/localName';
import { Random, testSeed } from '../../../../support/random';

const table: readonly [AddressScope, readonly string[]][] = [
  [
    'public',
    [
      '1.1.1.1',
      '8.8.8.8',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
      '128.0.0.0',
      '169.253.255.255',
      '169.255.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.0.1.0',
      '192.167.255.255',
      '192.169.0.0',
      '198.17.255.255',
      '198.20.0.0',
      '223.255.255.255',
      '2606:4700:4700::1111',
      '2a00:1450:4001::200e',
      '2001:200::1',
      '2003::1',
      // NAT64 and mapped forms of public addresses lead to these.
      '64:ff9b::8.8.8.8',
      '::ffff:8.8.8.8',
    ],
  ],
  ['loopback', ['127.0.0.1', '127.0.0.0', '127.255.255.255', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1']],
  ['loopback', ['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:0001', '::ffff:0:127.0.0.1']],
  ['loopback', ['64:ff9b::127.0.0.1', '64:ff9b::7f00:1']],
  [
    'private',
    ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  ],
  ['private', ['100.64.0.0', '100.127.255.255', '198.18.0.0', '198.19.255.255']],
  ['private', ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fec0::1', '64:ff9b:1::1']],
  ['private', ['::ffff:10.0.0.1', '::ffff:c0a8:101', '64:ff9b::192.168.1.1', '::ffff:0:10.0.0.1']],
  ['linkLocal', ['169.254.0.0', '169.254.169.254', '169.254.255.255', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
  ['linkLocal', ['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe']],
  ['unspecified', ['0.0.0.0', '0.255.255.255', '0.1.2.3', '::', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0']],
  ['multicast', ['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff0e::1', '::ffff:224.0.0.1']],
  ['documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::1', '3fff::1', '3fff:fff::1']],
  [
    'tunnel',
    // 6to4 and Teredo, around addresses of any kind.
    [
      '192.88.99.1',
      '2002::1',
      '2002:7f00:1::',
      '2002:a00:1::1',
      '2002:808:808::1',
      '2001::1',
      '2001:0:4136:e378::1',
    ],
  ],
  [
    'reserved',
    [
      '192.0.0.1',
      '192.0.0.170',
      '192.31.196.1',
      '192.52.193.1',
      '192.175.48.1',
      '240.0.0.1',
      '255.255.255.255',
      '2001:2::1',
      '2001:10::1',
      '2001:20::1',
      '2620:4f:8000::1',
      '5f00::1',
      '100::1',
      '4000::1',
      // IPv4-compatible, given up long ago.
      '::127.0.0.1',
      '::8.8.8.8',
      '::2',
      '64:ff9b:2::1',
    ],
  ],
  // What is no address leads nowhere.
  [
    'reserved',
    ['', 'localhost', '127.1', '0x7f.1', '1.2.3.4.5', '256.1.1.1', '[::1]', ':::', '::g', '1::2::3'],
  ],
];

describe('where an address leads', () => {
  for (const [scope, addresses] of table) {
    for (const address of addresses) {
      it(`${JSON.stringify(address)}: ${scope}`, () => {
        assert.equal(addressScope(address), scope);
      });
    }
  }

  it('agrees with lists of Node on random addresses, in whatever form they are written', function () {
    this.timeout(30_000);
    const random = new Random(testSeed());
    const notPublic = new BlockList();
    for (const [network, length] of [
      ['0.0.0.0', 8],
      ['10.0.0.0', 8],
      ['100.64.0.0', 10],
      ['127.0.0.0', 8],
      ['169.254.0.0', 16],
      ['172.16.0.0', 12],
      ['192.168.0.0', 16],
      ['198.18.0.0', 15],
      ['224.0.0.0', 3],
    ] as const) {
      notPublic.addSubnet(network, length, 'ipv4');
    }
    for (let count = 0; count < 5_000; count++) {
      const address = Array.from({ length: 4 }, () => random.below(256)).join('.');
      if (/^192\.(0\.[02]|31\.196|52\.193|88\.99|175\.48)\.|^198\.51\.100\.|^203\.0\.113\./.test(address))
        continue;
      const expected = !notPublic.check(address, 'ipv4');
      assert.equal(addressScope(address) === 'public', expected, address);
      // However it is written, it is the same address.
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      for (const form of [`::ffff:${address}`, `::FFFF:${hex}`, `64:ff9b::${hex}`, `0:0:0:0:0:ffff:${hex}`]) {
        assert.equal(addressScope(form), addressScope(address), form);
      }
    }
  });

  it('takes nothing beyond the global part of IPv6 for public', function () {
    this.timeout(30_000);
    const random = new Random(testSeed());
    for (let count = 0; count < 15_000; count++) {
      const groups = Array.from({ length: 8 }, () => random.below(65_536));
      const isGlobal = (groups[0] ?? 0) >> 13 === 1;
      const address = groups.map((group) => group.toString(16)).join(':');
      if (!isGlobal) assert.notEqual(addressScope(address), 'public', address);
    }
  });

  it('knows which may be looked at on purpose', () => {
    const scopes = [
      'public',
      'loopback',
      'private',
      'linkLocal',
      'unspecified',
      'multicast',
      'tunnel',
      'reserved',
    ];
    assert.deepEqual((scopes as AddressScope[]).filter(isLocal), ['loopback', 'private', 'linkLocal']);
  });
});

describe('addresses', () => {
  it('are read as the number that they are', () => {
    assert.deepEqual(parseIpAddress('1.2.3.4'), { family: 4, bits: 0x01020304n });
    assert.deepEqual(parseIpAddress('::'), { family: 6, bits: 0n });
    assert.deepEqual(parseIpAddress('1::'), { family: 6, bits: 1n << 112n });
    assert.deepEqual(parseIpAddress('::1:2'), { family: 6, bits: 0x10002n });
    assert.deepEqual(parseIpAddress('a::b:1.2.3.4'), { family: 6, bits: (10n << 112n) | 0xb01020304n });
  });

  it('stand in brackets in URLs, in whatever form they are typed', () => {
    const host = (url: string): string => new URL(url).hostname;
    assert.equal(addressOfHost(host('http://[::ffff:127.0.0.1]/')), '::ffff:7f00:1');
    assert.equal(addressOfHost(host('http://2130706433/')), '127.0.0.1');
    assert.equal(addressOfHost(host('http://0x7f.1/')), '127.0.0.1');
    assert.equal(addressOfHost(host('http://0/')), '0.0.0.0');
    assert.equal(addressOfHost(host('http://example.org/')), undefined);
  });
});

describe('hosts of the public Internet', () => {
  for (const host of [
    'example.org',
    'xn--bcher-kva.example',
    '1.1.1.1',
    '[2606:4700::1]',
    'example.org.',
    'mylocal',
  ]) {
    const expected = host.includes('.') || host.startsWith('[');
    it(`${host}: ${expected}`, () => {
      assert.equal(isPublicHost(host), expected);
    });
  }
  const local = [
    'localhost',
    'localhost.',
    'app.localhost',
    'printer.local',
    'nas.lan',
    'wiki.corp',
    'a.home.arpa',
  ];
  for (const host of [
    ...local,
    'db.internal',
    'intranet',
    '10.0.0.1',
    '[::1]',
    '[fe80::1]',
    '169.254.169.254',
  ]) {
    it(`${host}: false`, () => {
      assert.equal(isPublicHost(host), false);
    });
  }
});
