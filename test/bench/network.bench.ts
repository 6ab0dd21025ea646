import { performance } from 'node:perf_hooks';
import { LineSplitter } from '../../src/services/process/lineSplitter';
import { longestXmlLine, NmapXmlReader } from '../../src/services/network/nmap/nmapXml';
import { median } from './statistics';

const rounds = 5;
const addresses = 65_536;
/** One in so many answers, as in a network of an office. */
const upShare = 16;
/** What a pipe gives at a time. */
const chunkBytes = 64 * 1024;

const closedPorts = Array.from({ length: 95 }, (_, index) => 1_000 + 17 * index).join(',');

function hostXml(index: number): string {
  const address = `10.20.${index >> 8}.${index & 255}`;
  if (index % upShare !== 0) {
    return `<host><status state="down" reason="no-response" reason_ttl="0"/>
<address addr="${address}" addrtype="ipv4"/>
</host>
`;
  }
  const ports = [22, 80, 443, 3306, 8080].map(
    (port) =>
      `<port protocol="tcp" portid="${port}"><state state="open" reason="syn-ack" reason_ttl="0"/><service name="service${port}" product="Product &amp; Co" version="1.2.${index % 10}" method="probed" conf="10"/></port>`,
  );
  return `<hosthint><status state="up" reason="unknown-response" reason_ttl="0"/>
<address addr="${address}" addrtype="ipv4"/>
<hostnames>
</hostnames>
</hosthint>
<host starttime="1795853916" endtime="1795853916"><status state="up" reason="conn-refused" reason_ttl="0"/>
<address addr="${address}" addrtype="ipv4"/>
<hostnames>
<hostname name="host${index}.office.example" type="PTR"/>
</hostnames>
<ports><extraports state="closed" count="95">
<extrareasons reason="conn-refused" count="95" proto="tcp" ports="${closedPorts}"/>
</extraports>
${ports.join('\n')}
</ports>
<times srtt="377" rttvar="450" to="100000"/>
</host>
`;
}

/**
 * nmap's output for a /16, of which every 16th address answers with five open ports: `parseMs` from its first byte to
 * the last, `hosts` that it tells of, `answered` and `openPorts` among them, `outputMB`, and `chunkMaxMs`, the longest
 * that one piece of output held the thread.
 */
export function run(): Promise<Record<string, unknown>> {
  const up = addresses / upShare;
  const output = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap" version="7.93">\n${Array.from({ length: addresses }, (_, index) => hostXml(index)).join('')}<runstats><finished exit="success"/><hosts up="${up}" down="${addresses - up}" total="${addresses}"/></runstats>\n</nmaprun>\n`,
  );
  const parses: number[] = [];
  const longest: number[] = [];
  let reading = new NmapXmlReader().end();
  for (let round = 0; round < rounds; round++) {
    let chunkMaxMs = 0;
    const startedMs = performance.now();
    const reader = new NmapXmlReader();
    const splitter = new LineSplitter(reader.read, longestXmlLine);
    for (let at = 0; at < output.length; at += chunkBytes) {
      const chunkMs = performance.now();
      splitter.push(output.subarray(at, at + chunkBytes));
      chunkMaxMs = Math.max(chunkMaxMs, performance.now() - chunkMs);
    }
    splitter.end();
    reading = reader.end();
    parses.push(performance.now() - startedMs);
    longest.push(chunkMaxMs);
  }
  const { hostsTotal, hostsUp, openPorts, fault, finish } = reading;
  if (fault !== undefined || finish?.success !== true || hostsUp !== up || openPorts !== 5 * up) {
    return Promise.reject(
      new Error(`The output was not read in whole: ${JSON.stringify({ fault, hostsUp, openPorts })}`),
    );
  }
  return Promise.resolve({
    parseMs: median(parses),
    hosts: hostsTotal,
    answered: hostsUp,
    openPorts,
    outputMB: output.length / (1024 * 1024),
    chunkMaxMs: median(longest),
  });
}
