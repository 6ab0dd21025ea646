import { readText } from './sysfsFile';

/** Names of PCI devices, from the list that distributions install. The list is read when a name is asked for. */
export class PciNames {
  private readonly names = new Map<string, string | undefined>();

  constructor(private readonly paths: readonly string[]) {}

  /** @param vendorId and `deviceId` four lower-case hexadecimal digits @returns undefined where no list has it */
  deviceName(vendorId: string, deviceId: string): string | undefined {
    const key = `${vendorId}:${deviceId}`;
    if (!this.names.has(key)) this.names.set(key, this.find(vendorId, deviceId));
    return this.names.get(key);
  }

  private find(vendorId: string, deviceId: string): string | undefined {
    for (const path of this.paths) {
      const text = readText(path);
      if (text === undefined) continue;
      // Vendors begin a line, their devices follow behind one tab, subsystems behind two.
      const vendorAt = `\n${text}`.indexOf(`\n${vendorId}  `);
      if (vendorAt < 0) return undefined;
      const rest = text.slice(vendorAt);
      const end = /\n[0-9a-fC]/.exec(rest)?.index ?? rest.length;
      return new RegExp(`\\n\\t${deviceId}  (.+)`).exec(rest.slice(0, end))?.[1]?.trim();
    }
    return undefined;
  }
}

/** `Navi 31 [Radeon RX 7900 XTX]` → `Radeon RX 7900 XTX`: the name on the box stands in brackets. */
export function marketName(listed: string): string {
  return /\[(.+)\]/.exec(listed)?.[1] ?? listed;
}
