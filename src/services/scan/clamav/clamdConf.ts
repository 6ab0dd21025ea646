import { defined } from '../../../shared/defined';
import type { ScanLimits } from './scanLimits';

/** What clamd's own configuration says, as far as it matters to those who ask it. */
export interface ClamdConf {
  /** Absolute path. */
  readonly localSocket?: string;
  readonly tcpPort?: number;
  /** Absent: all addresses of the machine. */
  readonly tcpHost?: string;
  /** The largest stream that it takes. */
  readonly streamMaxBytes?: number;
  /** Where its signatures are; absolute path. */
  readonly databaseFolder?: string;
  readonly scanLimits: ScanLimits;
}

const unitBytes: Readonly<Record<string, number>> = { '': 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 };

/** Reads `clamd.conf`; lines that say nothing of interest, or make no sense, are passed over. */
export function parseClamdConf(text: string): ClamdConf {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const found = /^\s*(?<key>[a-z]+)\s+(?<value>\S.*?)\s*$/i.exec(line)?.groups;
    if (found === undefined) continue;
    const { key = '', value = '' } = found;
    values.set(key.toLowerCase(), /^"(?<inside>.*)"$/.exec(value)?.groups?.['inside'] ?? value);
  }
  const localSocket = values.get('localsocket');
  const tcpPort = /^\d{1,5}$/.test(values.get('tcpsocket') ?? '')
    ? Number(values.get('tcpsocket'))
    : undefined;
  const tcpHost = values.get('tcpaddr');
  const streamMaxBytes = sizeOf(values.get('streammaxlength'));
  const databaseFolder = values.get('databasedirectory');
  return {
    ...(databaseFolder?.startsWith('/') === true ? { databaseFolder } : {}),
    ...(localSocket?.startsWith('/') === true ? { localSocket } : {}),
    ...(tcpPort === undefined ? {} : { tcpPort }),
    ...(tcpHost === undefined ? {} : { tcpHost }),
    ...(streamMaxBytes === undefined ? {} : { streamMaxBytes }),
    scanLimits: defined({
      maxFileBytes: limitOf(values.get('maxfilesize')),
      maxScanBytes: limitOf(values.get('maxscansize')),
      tellsExceeded: isYes(values.get('alertexceedsmax')) || undefined,
    }),
  };
}

/** As `sizeOf`; Infinity where it stands for no limit. */
function limitOf(text: string | undefined): number | undefined {
  return /^0+[kmg]?$/i.test(text ?? '') ? Infinity : sizeOf(text);
}

function isYes(text: string | undefined): boolean {
  return /^(?:yes|true|1)$/i.test(text ?? '');
}

/** `25M` in bytes; undefined where it is no size, or stands for no limit. */
function sizeOf(text: string | undefined): number | undefined {
  const found = /^(?<count>\d{1,12})(?<unit>[kmg]?)$/i.exec(text ?? '')?.groups;
  if (found === undefined) return undefined;
  const bytes = Number(found['count']) * (unitBytes[(found['unit'] ?? '').toLowerCase()] ?? 1);
  return bytes > 0 ? bytes : undefined;
}
