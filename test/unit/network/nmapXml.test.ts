import assert from 'node:assert/strict';
import { nmapLimits, nmapLimitsFor } from '../../../src/services/network/nmap/nmapXml';
import { head, hostXml, portXml, readParts, readXml, tail } from './support/reader';

const service =
  '<service name="https" product="nginx" version="1.22.1" extrainfo="Ubuntu &amp; more" tunnel="ssl" method="probed" conf="10"/>';

describe('nmap’s output', () => {
  it('gives hosts with their ports, services and names as they come', () => {
    const told: string[] = [];
    const tasks: [string, number][] = [];
    const output = `${head}<taskbegin task="Connect Scan" time="1"/>
<hosthint><status state="up"/><address addr="10.0.0.7" addrtype="ipv4"/></hosthint>
<taskprogress task="Connect Scan" time="1" percent="12.50" remaining="1" etc="2"/>
<host><status state="down" reason="no-response" reason_ttl="0"/>
<address addr="10.0.0.6" addrtype="ipv4"/>
</host>
<host starttime="1" endtime="2"><status state="up" reason="arp-response" reason_ttl="0"/>
<address addr="10.0.0.7" addrtype="ipv4"/>
<address addr="02:FC:00:00:00:01" addrtype="mac" vendor="Maker"/>
<hostnames>
<hostname name="printer" type="user"/>
<hostname name="printer.lan" type="PTR"/>
</hostnames>
<ports><extraports state="closed" count="98"><extrareasons reason="reset" count="98" proto="tcp" ports="1-98"/></extraports>
${portXml(443, 'open', service)}${portXml(25, 'filtered')}</ports>
<os><osmatch name="Linux 5.15" accuracy="96" line="1"/><osmatch name="Linux 4" accuracy="90" line="2"/></os>
<times srtt="1377" rttvar="450" to="100000"/>
</host>
<runstats><finished time="2" exit="success"/><hosts up="1" down="1" total="2"/></runstats>
</nmaprun>
`;
    for (const chunkBytes of [1, 7, 4_096]) {
      told.length = 0;
      tasks.length = 0;
      const reading = readXml(
        output,
        {
          onHost: ({ address }) => told.push(`host ${address}`),
          onHostUp: (address) => told.push(`up ${address}`),
          onHostDown: () => told.push('down'),
          onTask: ({ name, percent }) => tasks.push([name, percent]),
        },
        nmapLimits,
        chunkBytes,
      );
      assert.deepEqual(told, ['up 10.0.0.7', 'down', 'host 10.0.0.7']);
      assert.deepEqual(tasks, [
        ['Connect Scan', 0],
        ['Connect Scan', 12.5],
      ]);
      assert.deepEqual(reading, {
        hosts: [
          {
            address: '10.0.0.7',
            family: 'ipv4',
            names: ['printer', 'printer.lan'],
            state: 'up',
            mac: '02:FC:00:00:00:01',
            vendor: 'Maker',
            operatingSystem: { name: 'Linux 5.15', accuracy: 96 },
            latencyMs: 1.377,
            ports: [
              {
                port: 443,
                protocol: 'tcp',
                state: 'open',
                service: 'https',
                product: 'nginx',
                version: '1.22.1',
                extraInfo: 'Ubuntu & more',
                tunnel: 'ssl',
              },
              { port: 25, protocol: 'tcp', state: 'filtered' },
            ],
            otherPorts: [{ state: 'closed', count: 98 }],
          },
        ],
        omittedHosts: 0,
        hostsUp: 1,
        hostsTotal: 2,
        openPorts: 1,
        version: '7.93',
        finish: { success: true },
      });
    }
  });

  it('counts open ports, and not those that are closed or filtered', () => {
    const ports = portXml(1) + portXml(2, 'closed') + portXml(3, 'filtered') + portXml(4, 'open|filtered');
    assert.equal(
      readXml(head + hostXml('10.0.0.1', ports) + hostXml('10.0.0.2', portXml(9)) + tail).openPorts,
      2,
    );
  });

  it('says how it ended', () => {
    const failed = `${head}<runstats><finished exit="error" errormsg="Couldn&apos;t open"/><hosts up="0" down="0" total="0"/></runstats></nmaprun>`;
    assert.deepEqual(readXml(failed).finish, { success: false, message: 'Couldn’t open'.replace('’', "'") });
    assert.equal(readXml(head + hostXml('10.0.0.1')).finish, undefined);
    assert.equal(readXml((head + hostXml('10.0.0.1') + tail).replace('</nmaprun>', '')).finish, undefined);
    assert.equal(readXml('').finish, undefined);
  });

  it('is kept as far as it goes when it breaks off in the middle', () => {
    const whole = head + hostXml('10.0.0.1', portXml(22)) + hostXml('10.0.0.2', portXml(80)) + tail;
    const second = whole.indexOf('10.0.0.2');
    for (let length = second; length < whole.length - 12; length += 9) {
      const reading = readXml(whole.slice(0, length));
      assert.equal(reading.finish, undefined, String(length));
      assert.equal(reading.hosts[0]?.address, '10.0.0.1', String(length));
    }
  });

  it('leaves out what is no address, no port and no number', () => {
    const odd = `<host><status state="up"/><address addr="evil" addrtype="ipv4"/></host>
<host><status state="up"/><address addr="10.0.0.1" addrtype="ipv4"/><address addr="x" addrtype="mac"/><ports>
<extraports state="closed" count="-1"/><port protocol="tcp" portid="70000"><state state="open"/></port>
<port protocol="tcp"><state state="open"/></port></ports><times srtt="x"/></host>
`;
    const { hosts, openPorts } = readXml(head + odd + tail);
    assert.deepEqual(hosts, [
      { address: '10.0.0.1', family: 'ipv4', names: [], state: 'up', ports: [], otherPorts: [] },
    ]);
    assert.equal(openPorts, 0);
  });
});

describe('hostile output', () => {
  const kept = head + hostXml('10.0.0.1', portXml(22));

  it('expands no entities and loads nothing', () => {
    const bomb = `<?xml version="1.0"?>
<!DOCTYPE nmaprun [
<!ENTITY a "aaaaaaaaaa">
${Array.from({ length: 30 }, (_, level) => `<!ENTITY b${level} "${`&b${level - 1};`.repeat(10)}">`).join('\n')}
]>
<nmaprun version="&b29;"></nmaprun>
`;
    assert.equal(readXml(bomb).fault, 'declarations');
    const external = `<!DOCTYPE nmaprun SYSTEM "file:///etc/passwd"><nmaprun version="7.93"></nmaprun>`;
    assert.equal(readXml(external).fault, 'declarations');
    const named = `<!DOCTYPE nmaprun [<!ENTITY x SYSTEM "file:///etc/passwd">]><nmaprun version="&x;"></nmaprun>`;
    assert.deepEqual(readXml(named), {
      hosts: [],
      omittedHosts: 0,
      hostsUp: 0,
      hostsTotal: 0,
      openPorts: 0,
      fault: 'declarations',
    });
    const undeclared = readXml(`${kept}<host><status state="&x;"/>`);
    assert.equal(undeclared.fault, 'malformed');
    assert.equal(undeclared.hosts.length, 1);
  });

  it('ends what is not nmap’s at its first element', () => {
    assert.equal(readXml('<html><nmaprun/></html>').fault, 'wrongRoot');
    assert.equal(readXml('no XML at all').fault, 'malformed');
    assert.equal(readXml('{"json": true}').fault, 'malformed');
  });

  it('ends what is nested too deep', () => {
    const reading = readXml(`${kept}<host>${'<table>\n'.repeat(100_000)}`);
    assert.equal(reading.fault, 'tooDeep');
    assert.equal(reading.hosts.length, 1);
  });

  it('ends what is malformed, and keeps what came before', () => {
    for (const broken of ['<host><address></host>', '<host <', '<host a="1" a="2">', '\u0001']) {
      const reading = readXml(`${kept}${broken}\n${hostXml('10.0.0.2')}${tail}`);
      assert.equal(reading.fault, 'malformed', broken);
      assert.equal(reading.finish, undefined, broken);
      assert.equal(reading.hosts.length, 1, broken);
    }
  });

  it('marks what is no UTF-8, and reads on', () => {
    const name = Buffer.concat([
      Buffer.from(
        `${kept}<host><status state="up"/><address addr="10.0.0.2" addrtype="ipv4"/><hostnames><hostname name="`,
      ),
      Buffer.from([0xff, 0xfe, 0xc0]),
      Buffer.from(`"/></hostnames></host>\n${tail}`),
    ]);
    const reading = readXml(name);
    assert.equal(reading.fault, 'encoding');
    assert.equal(reading.hosts.length, 2);
    const wide = readXml(Buffer.from(kept, 'utf16le'));
    assert.equal(wide.fault, 'malformed');
    assert.deepEqual(wide.hosts, []);
  });

  it('of a hundred megabytes is given up in bounded memory, however it is made', function () {
    this.timeout(60_000);
    const piece = 'x'.repeat(64 * 1024);
    const shapes: Readonly<Record<string, readonly [start: string, part: string]>> = {
      'one line': ['', piece],
      'one attribute of many lines': ['<host comment="', `${piece}\n`],
      'a comment': ['<!--', `${piece}\n`],
      'a text': ['', `${piece}\n`],
      'one element of many attributes': [
        '<host ',
        Array.from({ length: 4_000 }, (_, n) => `a${n}="b"\n`).join(''),
      ],
    };
    for (const [shape, [start, part]] of Object.entries(shapes)) {
      const before = process.memoryUsage().rss;
      const startedMs = performance.now();
      function* output(): Iterable<string> {
        yield kept + start;
        for (let bytes = 0; bytes < 100 * 1024 * 1024; bytes += part.length) yield part;
      }
      const reading = readParts(output());
      assert.ok(['tooLarge', 'malformed'].includes(reading.fault ?? ''), shape);
      assert.equal(reading.hosts.length, 1, shape);
      assert.ok(performance.now() - startedMs < 10_000, shape);
      assert.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024, shape);
    }
  });

  it('of a large network is read to its end, though every address that is silent has its lines', () => {
    const silent = (address: string): string =>
      `<host><status state="down" reason="no-response" reason_ttl="0"/>\n<address addr="${address}" addrtype="ipv6"/>\n</host>\n`;
    const longest = silent('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff').length;
    for (const addresses of [1, 2 ** 16, 2 ** 24]) {
      assert.ok(nmapLimitsFor(addresses).length >= addresses * longest);
    }
    assert.equal(nmapLimitsFor(1).hosts, nmapLimits.hosts);
  });

  it('of endless hosts and ports is counted, and kept within limits', () => {
    const limits = { length: 300_000, hosts: 5, ports: 12 };
    const hosts = Array.from({ length: 10 }, (_, index) =>
      hostXml(`10.0.0.${index}`, portXml(1) + portXml(2)),
    );
    const reading = readXml(head + hosts.join('') + tail.replaceAll('="1"', '="10"'), {}, limits);
    assert.equal(reading.hosts.length, 5);
    assert.equal(reading.omittedHosts, 5);
    assert.equal(reading.hostsUp, 10);
    assert.equal(reading.fault, undefined);
    const many = hostXml('10.0.0.1', Array.from({ length: 20 }, (_, index) => portXml(index)).join(''));
    assert.deepEqual(readXml(head + many + tail, {}, limits).hosts, []);
    const long = readXml(head + hostXml('10.0.0.1').repeat(2_000), {}, { ...limits, hosts: 10_000 });
    assert.equal(long.fault, 'tooLarge');
    assert.ok(long.hosts.length > 100);
  });
});
