import type { Clock } from '../../../shared/clock';
import type { Logger } from '../../../shared/logger';
import type { Egress } from '../../consent/egress';
import type { VirusTotalConsent } from '../../consent/virusTotalConsent';
import type { HttpClient } from '../../http/httpClient';
import type { ApiKeys } from '../../secrets/apiKeys';
import type { KeyCheck } from '../../secrets/keyChecks';
import { FileLedger } from './requestLedger';
import { RequestWindow } from './requestWindow';
import type { ServiceState } from './serviceState';
import { VirusTotalClient } from './virusTotalClient';
import { VirusTotalEngine } from './virusTotalEngine';
import { virusTotalKeyCheck } from './virusTotalKeyCheck';
import { VirusTotalRequests } from './virusTotalRequests';
import { VirusTotalUrls } from './virusTotalUrls';

export interface VirusTotalOptions {
  readonly http: HttpClient;
  readonly keys: ApiKeys;
  readonly consent: VirusTotalConsent;
  readonly state: ServiceState;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Shared by all windows of a user, whose requests the service counts together. */
  readonly folder: string;
  /** As they are when they are needed. */
  readonly settings: () => VirusTotalSettings;
  /** The sentence that tells what leaves the machine. */
  readonly egressText: (egress: Egress) => string;
}

export interface VirusTotalSettings {
  /** How many scanners it takes to call something malicious; at least 1. */
  readonly leastMalicious: number;
  readonly requestsPerMinute: number;
  /** Of the API, without a slash at its end. */
  readonly baseUrl: string;
}

/** All that asks VirusTotal, by one queue. */
export interface VirusTotal {
  readonly client: VirusTotalClient;
  readonly engine: VirusTotalEngine;
  readonly urls: VirusTotalUrls;
  readonly checkKey: KeyCheck;
  dispose(): void;
}

/** VirusTotal counts requests by the minute; one may take so much longer to arrive than the one before. */
const windowMs = 61_000;

/** Builds it; nothing is asked by that. */
export function createVirusTotal(options: VirusTotalOptions): VirusTotal {
  const { http, keys, consent, state, clock, logger, folder, settings, egressText } = options;
  const ledger = new FileLedger({ folder, clock, logger });
  const window = new RequestWindow({ clock, limit: () => settings().requestsPerMinute, windowMs, ledger });
  const baseUrl = (): string => settings().baseUrl;
  const requests = new VirusTotalRequests({ http, keys, window, state, clock, logger, baseUrl });
  const client = new VirusTotalClient({ requests, clock, baseUrl, egressText });
  const shared = { client, consent, keys, clock, logger, leastMalicious: () => settings().leastMalicious };
  const engine = new VirusTotalEngine(shared);
  return {
    client,
    engine,
    urls: new VirusTotalUrls(shared),
    checkKey: virusTotalKeyCheck(client, state),
    dispose: () => {
      engine.dispose();
      window.dispose();
    },
  };
}
