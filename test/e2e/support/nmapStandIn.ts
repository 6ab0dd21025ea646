import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What answers on a port: the name of the service, and what it says that it is. */
export interface StandInService {
  readonly name: string;
  readonly product?: string;
  readonly version?: string;
}

export interface StandInHost {
  readonly address: string;
  readonly name?: string;
  readonly ports: Readonly<Record<number, string | StandInService>>;
}

/** A program that prints what nmap would print about hosts, in a folder that stands first in PATH. */
export class NmapStandIn {
  readonly #tool: string;
  readonly #file: string;

  constructor(folder: string) {
    this.#tool = path.join(folder, 'nmap');
    this.#file = path.join(folder, 'nmap.xml');
    writeFileSync(
      this.#tool,
      `#!/bin/sh\nif [ "$1" = --version ]; then echo 'Nmap version 7.93 ( https://nmap.org )'; exit 0; fi\ncat '${this.#file}'\n`,
    );
    chmodSync(this.#tool, 0o755);
  }

  /** From now on these answer, of so many addresses. */
  answers(hosts: readonly StandInHost[], total: number): void {
    writeFileSync(this.#file, output(hosts, total));
  }

  remove(): void {
    for (const file of [this.#tool, this.#file]) rmSync(file, { force: true });
  }
}

function output(hosts: readonly StandInHost[], total: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" version="7.93">
${hosts.map(hostXml).join('\n')}
<runstats><finished exit="success"/><hosts up="${hosts.length}" down="${total - hosts.length}" total="${total}"/></runstats>
</nmaprun>
`;
}

function hostXml({ address, name, ports }: StandInHost): string {
  return `<host><status state="up" reason="syn-ack" reason_ttl="0"/><address addr="${address}" addrtype="ipv4"/>
<hostnames>${name === undefined ? '' : `<hostname name="${name}" type="PTR"/>`}</hostnames>
<ports><extraports state="closed" count="98"/>${Object.entries(ports).map(portXml).join('\n')}</ports></host>`;
}

function portXml([port, given]: readonly [string, string | StandInService]): string {
  const service = typeof given === 'string' ? { name: given } : given;
  const attributes = Object.entries(service).map(([name, value]) => `${name}="${value}"`);
  return `<port protocol="tcp" portid="${port}"><state state="open"/><service ${attributes.join(' ')}/></port>`;
}
