import { LineSplitter } from '../../../../src/services/process/lineSplitter';
import {
  longestXmlLine,
  type NmapLimits,
  type NmapListener,
  type NmapReading,
  NmapXmlReader,
} from '../../../../src/services/network/nmap/nmapXml';

/** Reads output as it comes from a pipe: in pieces that know neither lines nor characters. */
export function readXml(
  output: string | Uint8Array,
  listener: NmapListener = {},
  limits?: NmapLimits,
  chunkBytes = 4_096,
): NmapReading {
  const reader = new NmapXmlReader(listener, limits);
  const splitter = new LineSplitter(reader.read, longestXmlLine);
  const bytes = Buffer.from(output);
  for (let at = 0; at < bytes.length; at += chunkBytes) splitter.push(bytes.subarray(at, at + chunkBytes));
  splitter.end();
  return reader.end();
}

/** The same of output that is never held as a whole. */
export function readParts(parts: Iterable<string>): NmapReading {
  const reader = new NmapXmlReader();
  const splitter = new LineSplitter(reader.read, longestXmlLine);
  for (const part of parts) splitter.push(Buffer.from(part));
  splitter.end();
  return reader.end();
}

export const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<!-- Nmap 7.93 scan initiated -->
<nmaprun scanner="nmap" args="nmap" start="1" version="7.93" xmloutputversion="1.05">
`;

export const tail = `<runstats><finished time="2" elapsed="1" exit="success"/><hosts up="1" down="0" total="1"/>
</runstats>
</nmaprun>
`;

export function hostXml(address: string, inside = ''): string {
  return `<host starttime="1" endtime="2"><status state="up" reason="syn-ack" reason_ttl="0"/>
<address addr="${address}" addrtype="ipv4"/>
<hostnames>
</hostnames>
<ports>${inside}<extraports state="closed" count="99"/>
</ports>
</host>
`;
}

export function portXml(port: number, state = 'open', service = ''): string {
  return `<port protocol="tcp" portid="${port}"><state state="${state}" reason="syn-ack" reason_ttl="0"/>${service}</port>
`;
}
