import { lstatSync, openSync, readSync, closeSync, realpathSync, statSync } from 'node:fs';
import nodePath from 'node:path';
import { defined } from '../../../shared/defined';
import type { EngineReason } from '../../../shared/scan/record';
import type { ClamavSettings } from '../../../shared/scan/settings';
import { addressText, type ClamdAddress, parseClamdAddress, staysHere, tcpAddress } from './clamdAddress';
import { type ClamdConf, parseClamdConf } from './clamdConf';
import type { ScanLimits } from './scanLimits';

/** Where clamd is looked for, in this order: by what its own configuration says, then by the sockets of packages. */
export interface ClamdPlaces {
  readonly confFiles: readonly string[];
  readonly sockets: readonly string[];
}

export interface FoundClamd {
  readonly state: 'found';
  readonly address: ClamdAddress;
  /** Somebody named it, so that it is expected to be there. */
  readonly isNamed: boolean;
  /** The largest stream that it takes, where that is known before it is asked. */
  readonly streamMaxBytes?: number;
  /** Where its signatures are. */
  readonly databaseFolder?: string;
  /** Absent where its configuration is not known. */
  readonly scanLimits?: ScanLimits;
}

export interface NoClamd {
  readonly state: 'none';
  readonly reason: Extract<EngineReason, 'notFound' | 'switchedOff' | 'noConsent' | 'notConfigured'>;
  readonly detail?: string;
}

const maxConfBytes = 256 * 1024;

/** Where the packages of Debian, Fedora, Arch, Alpine, Homebrew and ClamAV itself put them. */
export function usualClamdPlaces(platform: NodeJS.Platform): ClamdPlaces {
  if (platform === 'win32') {
    return { confFiles: ['C:\\Program Files\\ClamAV\\clamd.conf', 'C:\\ClamAV\\clamd.conf'], sockets: [] };
  }
  return {
    confFiles: [
      '/etc/clamav/clamd.conf',
      '/etc/clamd.d/scan.conf',
      '/etc/clamd.conf',
      '/opt/homebrew/etc/clamav/clamd.conf',
      '/usr/local/etc/clamav/clamd.conf',
      '/usr/local/etc/clamd.conf',
    ],
    sockets: [
      '/run/clamav/clamd.ctl',
      '/run/clamav/clamd.sock',
      '/run/clamd.scan/clamd.sock',
      '/var/run/clamav/clamd.ctl',
      '/var/run/clamav/clamd.sock',
      '/opt/homebrew/var/run/clamav/clamd.sock',
      '/usr/local/var/run/clamav/clamd.sock',
      '/tmp/clamd.socket',
      '/tmp/clamd.sock',
    ],
  };
}

/** Looks for a clamd that may be asked. Connects to nothing. */
export function findClamd(
  { enabled, address, allowRemote }: ClamavSettings,
  places: ClamdPlaces,
): FoundClamd | NoClamd {
  if (!enabled) return { state: 'none', reason: 'switchedOff' };
  return address.trim() === '' ? lookedFor(places) : named(address, allowRemote, places);
}

function named(text: string, allowRemote: boolean, { confFiles }: ClamdPlaces): FoundClamd | NoClamd {
  const address = parseClamdAddress(text);
  if (address === undefined) {
    return {
      state: 'none',
      reason: 'notConfigured',
      detail: `${JSON.stringify(text)} is neither a path nor host:port`,
    };
  }
  if (!staysHere(address) && !allowRemote) {
    return {
      state: 'none',
      reason: 'noConsent',
      detail: `${addressText(address)} is beyond this machine, and sentinel.clamav.allowRemote is off`,
    };
  }
  const scanLimits = confsOf(confFiles).find((conf) => listensAt(conf, address))?.scanLimits;
  return { state: 'found', address, isNamed: true, ...defined({ scanLimits }) };
}

function lookedFor({ confFiles, sockets }: ClamdPlaces): FoundClamd | NoClamd {
  for (const conf of confsOf(confFiles)) {
    const address = addressOf(conf);
    if (address !== undefined) {
      const { streamMaxBytes, databaseFolder, scanLimits } = conf;
      return {
        state: 'found',
        address,
        isNamed: false,
        ...defined({ streamMaxBytes, databaseFolder }),
        scanLimits,
      };
    }
  }
  const path = sockets.find(isTrustedSocket);
  return path === undefined
    ? { state: 'none', reason: 'notFound' }
    : { state: 'found', address: { type: 'socket', path }, isNamed: false };
}

function confsOf(files: readonly string[]): readonly ClamdConf[] {
  return files.flatMap((file) => {
    const text = readConf(file);
    return text === undefined ? [] : [parseClamdConf(text)];
  });
}

/** Whether it is the configuration of a clamd of this machine that was named by its address. */
function listensAt({ localSocket, tcpPort }: ClamdConf, address: ClamdAddress): boolean {
  if (address.type === 'socket') return address.path === localSocket;
  return staysHere(address) && address.port === tcpPort;
}

/** A socket that is there before a port that may be. */
function addressOf({ localSocket, tcpPort, tcpHost }: ClamdConf): ClamdAddress | undefined {
  if (localSocket !== undefined && isTrustedSocket(localSocket)) return { type: 'socket', path: localSocket };
  if (tcpPort === undefined) return undefined;
  const isAny = tcpHost === undefined || tcpHost === '0.0.0.0' || tcpHost === '::';
  const address = tcpAddress(isAny ? '127.0.0.1' : tcpHost, tcpPort);
  // One on another address of the machine is for a person to name.
  return address !== undefined && staysHere(address) ? address : undefined;
}

/**
 * Whoever has the socket is given the contents of files. Where everybody can put one, such as in /tmp, it has to be the
 * system's or one's own.
 */
function isTrustedSocket(path: string): boolean {
  try {
    if (!lstatSync(path).isSocket()) return false;
    const folder = statSync(nodePath.dirname(realpathSync(path)));
    const isOpenToAll = (folder.mode & 0o002) !== 0;
    return !isOpenToAll || [0, process.getuid?.()].includes(lstatSync(path).uid);
  } catch {
    // Not there, or in a folder that may not be looked into: it could not be asked either.
    return false;
  }
}

function readConf(file: string): string | undefined {
  let descriptor: number | undefined;
  try {
    if (!statSync(file).isFile()) return undefined;
    descriptor = openSync(file, 'r');
    const bytes = Buffer.alloc(maxConfBytes);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, maxConfBytes, 0));
  } catch {
    // There is none, or not for this person.
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
