import type { NetworkInterfaceInfo } from 'node:os';
import { parseTarget } from './scanTarget';

/** A network that this machine is a part of. */
export interface OwnSubnet {
  /** In the form of a target: `192.168.1.0/24`. */
  readonly target: string;
  readonly interfaceName: string;
  /** This machine's own address in it. */
  readonly address: string;
  readonly addressCount: number;
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Of IPv4 alone: a network of IPv6 has more addresses than anybody could ask. The smallest first. */
export function ownSubnets(interfaces: Interfaces): readonly OwnSubnet[] {
  const found = new Map<string, OwnSubnet>();
  for (const [interfaceName, addresses = []] of Object.entries(interfaces)) {
    for (const { family, internal, cidr, address } of addresses) {
      if (internal || family !== 'IPv4' || cidr === null) continue;
      const parsed = parseTarget(cidr);
      if (parsed.type === 'refused' || parsed.target.type !== 'network') continue;
      const { text: target, addressCount } = parsed.target;
      if (!found.has(target)) found.set(target, { target, interfaceName, address, addressCount });
    }
  }
  return [...found.values()].sort((one, other) => one.addressCount - other.addressCount);
}
