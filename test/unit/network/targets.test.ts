import assert from 'node:assert/strict';
import { formatAddress, parseAddress, scopeOf } from '../../../src/services/network/target/ipAddress';
import { ownSubnets } from '../../../src/services/network/target/ownSubnets';
import { parsePorts } from '../../../src/services/network/target/portList';
import { parseTarget, type ScanTarget } from '../../../src/services/network/target/scanTarget';
import { Random, testSeed } from '../support/random';

function target(input: string): ScanTarget {
  const parsed = parseTarget(input);
  assert.ok(parsed.type === 'target', `${input}: ${JSON.stringify(parsed)}`);
  return parsed.target;
}

describe('targets of network scans', () => {
  it('are read into one form', () => {
    const forms: readonly [input: string, text: string, count: number][] = [
      ['192.168.1.5', '192.168.1.5', 1],
      ['  10.0.0.1 ', '10.0.0.1', 1],
      ['192.168.1.77/24', '192.168.1.0/24', 256],
      ['10.0.0.1/32', '10.0.0.1', 1],
      ['10.0.0.0/8', '10.0.0.0/8', 2 ** 24],
      ['192.168.1.10-20', '192.168.1.10-20', 11],
      ['192.168.1.10-192.168.1.20', '192.168.1.10-20', 11],
      ['10.0.0-3.1-254', '10.0.0-3.1-254', 1_016],
      ['10.0.0.7-7', '10.0.0.7', 1],
      ['::1', '::1', 1],
      ['[FD00:0:0::2]', 'fd00::2', 1],
      ['fe80::1%eth0', 'fe80::1%eth0', 1],
      ['fd00::7/120', 'fd00::/120', 256],
      ['::ffff:10.0.0.1', '::ffff:a00:1', 1],
      ['LocalHost', 'localhost', 1],
      ['Example.org.', 'example.org', 1],
      ['bücher.example', 'xn--bcher-kva.example', 1],
      ['my_printer-2.local', 'my_printer-2.local', 1],
    ];
    for (const [input, text, count] of forms) {
      const read = target(input);
      assert.deepEqual([read.text, read.addressCount], [text, count], input);
      assert.deepEqual(target(read.text), read, `${text} stays as it is`);
    }
  });

  it('are refused with the reason', () => {
    const refusals: readonly [input: string, reason: string][] = [
      ['', 'empty'],
      ['   ', 'empty'],
      ['-iL x', 'optionLike'],
      ['-iL', 'optionLike'],
      ['--script=http-put', 'optionLike'],
      ['-', 'optionLike'],
      ['127.0.0.1\n-iL x', 'controlCharacter'],
      ['127.0.0.1\r', 'controlCharacter'],
      ['a\u0000b', 'controlCharacter'],
      ['a\tb', 'controlCharacter'],
      ['a\u2028b', 'controlCharacter'],
      ['127.0.0.1 -oN /tmp/x', 'several'],
      ['127.0.0.1,127.0.0.2', 'several'],
      ['127.0.0.1;id', 'forbiddenCharacter'],
      ['$(id)', 'forbiddenCharacter'],
      ['`id`', 'forbiddenCharacter'],
      ['a|b', 'forbiddenCharacter'],
      ['a&b', 'forbiddenCharacter'],
      ['a>b', 'forbiddenCharacter'],
      ["a'b", 'forbiddenCharacter'],
      ['a"b', 'forbiddenCharacter'],
      ['a\\b', 'forbiddenCharacter'],
      ['*.0.0.1', 'forbiddenCharacter'],
      ['https://example.org/', 'url'],
      ['a'.repeat(261), 'tooLong'],
      ['10.0.0.0/33', 'badPrefix'],
      ['10.0.0.0/', 'badPrefix'],
      ['10.0.0.0/-1', 'badPrefix'],
      ['10.0.0.0/24/24', 'badPrefix'],
      ['10.0.0.0/8x', 'badPrefix'],
      ['::1/129', 'badPrefix'],
      ['10.0.0/24', 'badAddress'],
      ['300.0.0.0/24', 'badAddress'],
      ['10.0.0.256', 'badAddress'],
      ['010.0.0.1', 'badAddress'],
      ['10.1', 'badAddress'],
      ['2130706433', 'badAddress'],
      ['0x7f.1', 'badName'],
      ['::g', 'badAddress'],
      [':::', 'badAddress'],
      ['fe80::1%', 'badAddress'],
      ['fe80::1%a%b', 'badAddress'],
      ['10.0.0.20-10', 'badRange'],
      ['10.0.0.1-256', 'badRange'],
      ['10.0.0.1-10.0.1.5', 'badRange'],
      ['10.0.0.1-2-3', 'badRange'],
      ['example.org/24', 'nameWithPrefix'],
      ['a..b', 'badName'],
      ['a-.b', 'badName'],
      [`${'a'.repeat(64)}.b`, 'badName'],
      ['0.0.0.0/0', 'tooLarge'],
      ['10.0.0.0/7', 'tooLarge'],
      ['fd00::/64', 'tooLarge'],
      ['0-255.0-255.0-255.0-255', 'tooLarge'],
      ['224.0.0.1', 'notScannable'],
      ['255.255.255.255', 'notScannable'],
      ['0.0.0.0', 'notScannable'],
      ['ff02::1', 'notScannable'],
    ];
    for (const [input, reason] of refusals) {
      assert.deepEqual(parseTarget(input), { type: 'refused', reason }, JSON.stringify(input));
    }
  });

  it('are local only where one local block holds all of their addresses', () => {
    const local = [
      '127.0.0.0/8',
      '10.9.8.7',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '169.254.1.1',
      '100.64.0.1',
      '::1',
      'fd00::2',
      'fe80::1%eth0',
      '::ffff:10.0.0.1',
    ];
    const open = [
      '8.8.8.8',
      '172.32.0.1',
      '172.16.0.0/11',
      '192.167.255.255',
      '11.0.0.0/8',
      '192-193.168.0.1',
      '100.128.0.1',
      '2606:4700::1111',
      '::ffff:8.8.8.8',
      '2002:0a00:0001::1',
      '64:ff9b::a00:1',
    ];
    for (const input of local) assert.equal(target(input).scope, 'local', input);
    for (const input of open) assert.equal(target(input).scope, 'public', input);
  });

  it('never let through what a program could take for something else', () => {
    const random = new Random(testSeed());
    const signs = '0123456789abcfx.:-/%[]_ ,;$`|&<>()\\\'"\n\t\u00e4\u202e*?!#~='.split('');
    for (let round = 0; round < 20_000; round++) {
      const input = Array.from({ length: random.below(16) }, () => random.pick(signs)).join('');
      const parsed = parseTarget(input);
      if (parsed.type === 'refused') continue;
      assert.match(parsed.target.text, /^[a-z0-9_:][a-zA-Z0-9._:%/-]*$/, JSON.stringify(input));
      assert.deepEqual(parseTarget(parsed.target.text), parsed, JSON.stringify(input));
    }
  });
});

describe('addresses', () => {
  it('come back from numbers in their shortest form', () => {
    const random = new Random(testSeed());
    for (let round = 0; round < 500; round++) {
      const value = Array.from({ length: 8 }, () => (random.chance(0.5) ? 0 : random.below(65_536))).reduce(
        (sum, group) => (sum << 16n) | BigInt(group),
        0n,
      );
      const text = formatAddress({ family: 'ipv6', value });
      assert.deepEqual(parseAddress(text), { family: 'ipv6', value }, text);
    }
    assert.deepEqual(parseAddress('::ffff:1.2.3.4'), { family: 'ipv6', value: 0xffff_0102_0304n });
    assert.equal(formatAddress({ family: 'ipv4', value: 0xff00_0001n }), '255.0.0.1');
    assert.equal(scopeOf({ family: 'ipv4', value: 0x0808_0808n }), 'public');
  });
});

describe('lists of ports', () => {
  it('are read into one form', () => {
    const ports = (input: string): unknown => parsePorts(input);
    assert.deepEqual(ports('443, 80,22'), { type: 'ports', text: '22,80,443', count: 3 });
    assert.deepEqual(ports('1-65535'), { type: 'ports', text: '1-65535', count: 65_535 });
    assert.deepEqual(ports('8000-8010,8005-8020,8021,80,80'), {
      type: 'ports',
      text: '80,8000-8021',
      count: 23,
    });
  });

  it('are refused with the reason', () => {
    const refusals: readonly [input: string, reason: string][] = [
      ['', 'empty'],
      ['0', 'outOfRange'],
      ['65536', 'outOfRange'],
      ['20-10', 'badRange'],
      ['http', 'malformed'],
      ['-', 'malformed'],
      ['-p-', 'malformed'],
      ['80,', 'malformed'],
      ['80;id', 'malformed'],
      ['80\n81', 'malformed'],
      ['T:80', 'malformed'],
      ['1,'.repeat(600), 'tooLong'],
    ];
    for (const [input, reason] of refusals) {
      assert.deepEqual(parsePorts(input), { type: 'refused', reason }, JSON.stringify(input));
    }
  });
});

describe('own networks', () => {
  it('are those of the interfaces that lead out of the machine, the smallest first', () => {
    const common = { netmask: '', mac: '' };
    const found = ownSubnets({
      lo: [{ ...common, address: '127.0.0.1', family: 'IPv4', internal: true, cidr: '127.0.0.1/8' }],
      docker0: [{ ...common, address: '172.17.0.1', family: 'IPv4', internal: false, cidr: '172.17.0.1/16' }],
      eth0: [
        { ...common, address: '192.168.1.7', family: 'IPv4', internal: false, cidr: '192.168.1.7/24' },
        { ...common, address: 'fe80::1', family: 'IPv6', internal: false, cidr: 'fe80::1/64', scopeid: 2 },
      ],
      wlan0: [{ ...common, address: '192.168.1.8', family: 'IPv4', internal: false, cidr: '192.168.1.8/24' }],
      tun0: [{ ...common, address: '10.8.0.2', family: 'IPv4', internal: false, cidr: '10.8.0.2/32' }],
      odd0: [{ ...common, address: 'x', family: 'IPv4', internal: false, cidr: null }],
    });
    assert.deepEqual(
      found.map(({ target: text, interfaceName, addressCount }) => [text, interfaceName, addressCount]),
      [
        ['192.168.1.0/24', 'eth0', 256],
        ['172.17.0.0/16', 'docker0', 65_536],
      ],
    );
  });
});
