import type { NetworkProfile } from '../../../shared/network/networkDetails';
import type { AddressFamily } from '../target/ipAddress';

export interface NmapRequest {
  /** As nmap takes it: an address, a network or a range; names are resolved before. */
  readonly target: string;
  readonly family: AddressFamily;
  readonly profile: NetworkProfile;
  /** Of the custom profile. */
  readonly ports?: string;
  /** Whether raw sockets may be tried. */
  readonly privileged: boolean;
}

export function nmapArguments({ target, family, profile, ports, privileged }: NmapRequest): string[] {
  return [
    ...(privileged ? [] : ['--unprivileged']),
    ...(profile === 'discovery' ? [] : [privileged ? '-sS' : '-sT']),
    ...profileArguments(profile, ports, privileged),
    ...(family === 'ipv6' ? ['-6'] : []),
    // Addresses that do not answer are named, too, which is how far the scan has come.
    '-v',
    '--stats-every',
    '1s',
    '-oX',
    '-',
    // Nothing that follows is an option.
    '--',
    target,
  ];
}

function profileArguments(profile: NetworkProfile, ports: string | undefined, privileged: boolean): string[] {
  switch (profile) {
    case 'quick':
      return ['-F', '-T4'];
    case 'full':
      return ['-sV', '-T3', ...(privileged ? ['-O'] : [])];
    case 'discovery':
      return ['-sn'];
    case 'custom':
      return ['-p', ports ?? '', '-T4'];
  }
}

/** What a scan without privileges cannot do, in the words of records. */
export function leftOutBy({ profile, privileged }: Pick<NmapRequest, 'profile' | 'privileged'>): string[] {
  if (privileged) return [];
  return [
    'MAC addresses and their vendors',
    'hosts that answer to ARP or ICMP alone',
    ...(profile === 'full' ? ['the guess at the operating system'] : []),
  ];
}

/** Whether nmap ended because it may not use raw sockets, whatever the user is called. */
export function lacksPrivileges(message: string): boolean {
  return /root privileges|raw socket|operation not permitted|failed to open device|permission denied|dnet:|pcap/i.test(
    message,
  );
}
