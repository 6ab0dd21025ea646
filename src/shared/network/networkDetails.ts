import * as v from 'valibot';

/** What a scan of a network found. Names and versions are what the hosts say of themselves: text from outside. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const portNumber = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

/** `quick`: the 100 most common ports; `full`: with services and versions; `discovery`: which hosts are there. */
export const networkProfiles = ['quick', 'full', 'discovery', 'custom'] as const;
export const networkProfileSchema = v.picklist(networkProfiles);
export type NetworkProfile = v.InferOutput<typeof networkProfileSchema>;

export const networkPortSchema = v.object({
  port: portNumber,
  /** `tcp`, `udp`, `sctp`. */
  protocol: v.string(),
  /** `open`, `closed`, `filtered`, `open|filtered`, … in nmap's words. */
  state: v.string(),
  service: v.optional(v.string()),
  product: v.optional(v.string()),
  version: v.optional(v.string()),
  extraInfo: v.optional(v.string()),
  /** The service is spoken inside of TLS. */
  tunnel: v.optional(v.string()),
});
export type NetworkPort = v.InferOutput<typeof networkPortSchema>;

export const networkHostSchema = v.object({
  /** The address by which it was scanned. */
  address: v.string(),
  family: v.picklist(['ipv4', 'ipv6']),
  names: v.array(v.string()),
  state: v.picklist(['up', 'down', 'unknown']),
  mac: v.optional(v.string()),
  vendor: v.optional(v.string()),
  /** nmap's best guess, with its accuracy in per cent. */
  operatingSystem: v.optional(v.object({ name: v.string(), accuracy: v.optional(v.number()) })),
  latencyMs: v.optional(v.number()),
  ports: v.array(networkPortSchema),
  /** Ports that are not listed one by one, by state. */
  otherPorts: v.array(v.object({ state: v.string(), count })),
});
export type NetworkHost = v.InferOutput<typeof networkHostSchema>;

export const networkDetailsSchema = v.object({
  type: v.literal('network'),
  profile: networkProfileSchema,
  /** Of the custom profile, as nmap takes them: `22,80,8000-8100`. */
  ports: v.optional(v.string()),
  /** Those that are up. */
  hosts: v.array(networkHostSchema),
  /** Hosts that are up, beyond those that are listed. */
  omittedHosts: v.optional(count),
  hostsUp: count,
  hostsTotal: count,
  openPorts: count,
  /** False where nmap did not come to its end: what was read so far is kept. */
  complete: v.boolean(),
  /** What was left out for want of privileges, in plain words. */
  leftOut: v.array(v.string()),
  scannerVersion: v.optional(v.string()),
});
export type NetworkDetails = v.InferOutput<typeof networkDetailsSchema>;
