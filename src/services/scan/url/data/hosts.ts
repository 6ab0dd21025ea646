import hosts from './hosts.json';

/** Hand on to whatever they were given. */
export const shorteners: ReadonlySet<string> = new Set(hosts.shorteners);

/** Suffixes under which names cost nothing or next to it, so that much of what lies there was made to be thrown away. */
export const riskySuffixes: ReadonlySet<string> = new Set(hosts.riskySuffixes);

/** Words that lures put beside a name that people trust. */
export const baitWords: ReadonlySet<string> = new Set(hosts.baitWords);

/** What those whose names are copied call hosts of theirs, as in `raw.githubusercontent.com`. */
export const serviceWords: ReadonlySet<string> = new Set(hosts.serviceWords);

/** Words of their own that happen to be one letter from somebody's name. */
export const innocentLabels: ReadonlySet<string> = new Set(hosts.innocentLabels);

/** Keep files of anybody, though the host is somebody's whom people trust. */
export const fileHosts: ReadonlySet<string> = new Set(hosts.fileHosts);

/** Take in whatever is sent to them, by registrable domain: programs that steal send it there. */
export const dataSinks: ReadonlyMap<string, string> = new Map(Object.entries(hosts.dataSinks));

/** Lead to a machine at somebody's home or office, by domain. */
export const tunnels: ReadonlySet<string> = new Set(hosts.tunnels);

/** What Sentinel brings along of names that are never to be visited, with what they are. */
export const blockedHosts: ReadonlyMap<string, string> = new Map(Object.entries(hosts.blocked));
