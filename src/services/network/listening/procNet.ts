import { formatAddress } from '../target/ipAddress';

/** A listening socket as the Linux kernel lists it in `/proc/net`. */
export interface ProcSocket {
  readonly protocol: 'tcp' | 'udp';
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly port: number;
  readonly uid: number;
  /** By which processes' open files refer to it. */
  readonly inode: string;
}

export const procNetFiles = ['tcp', 'tcp6', 'udp', 'udp6'] as const;

/** In the kernel's numbers: TCP_LISTEN, and TCP_CLOSE, which is a datagram socket that is connected to nobody. */
const waitingStates = { tcp: '0A', udp: '07' } as const;

/** Reads one of `procNetFiles`. Lines that are none of a socket are left out. */
export function parseProcNet(text: string, file: (typeof procNetFiles)[number]): readonly ProcSocket[] {
  const protocol = file.startsWith('tcp') ? 'tcp' : 'udp';
  const family = file.endsWith('6') ? 'ipv6' : 'ipv4';
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state, , , , uid, , inode = ''] = fields;
    const [hex = '', port = ''] = local.split(':');
    if (state !== waitingStates[protocol] || !/^\d+$/.test(inode)) return [];
    const address = addressOf(hex, family);
    if (address === undefined || !/^[0-9A-F]{4}$/i.test(port)) return [];
    return [{ protocol, family, address, port: Number.parseInt(port, 16), uid: Number(uid), inode }];
  });
}

/** Words of 32 bits, each in the byte order of the machine: all that Sentinel runs on have the lowest first. */
function addressOf(hex: string, family: ProcSocket['family']): string | undefined {
  if (!/^[0-9A-F]+$/i.test(hex) || hex.length !== (family === 'ipv4' ? 8 : 32)) return undefined;
  const words = hex.match(/.{8}/g) ?? [];
  const ordered = words.map((word) => (word.match(/../g) ?? []).toReversed().join('')).join('');
  return formatAddress({ family, value: BigInt(`0x${ordered}`) });
}
