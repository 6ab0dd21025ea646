import { randomUUID } from 'node:crypto';
import { defined } from '../../shared/defined';
import type { NetworkDetails } from '../../shared/network/networkDetails';
import { formatCount, formatInteger } from '../../shared/presentation/format';
import type { EngineReport, ScanRecord, ScanStatus } from '../../shared/scan/record';
import type { NetworkScanOutcome } from './networkScan';
import { type NetworkProblem, networkProblemText } from './networkProblem';
import type { NetworkScanRequest } from './scanRequest';

/** A record of kind `network`, with its details. */
export type NetworkRecord = ScanRecord & { readonly details: NetworkDetails };

export function isNetworkRecord(record: ScanRecord | undefined): record is NetworkRecord {
  return record?.details?.type === 'network';
}

export interface NetworkRecordParts {
  readonly request: NetworkScanRequest;
  readonly outcome: NetworkScanOutcome;
  /** Of nmap. */
  readonly version: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly durationMs: number;
}

/** A network scan as history keeps it. */
export function networkRecord({ request, outcome, version, ...times }: NetworkRecordParts): NetworkRecord {
  const { reading, problem, leftOut } = outcome;
  const { hosts, omittedHosts, hostsUp, hostsTotal, openPorts } = reading;
  const details: NetworkDetails = {
    type: 'network',
    profile: request.profile,
    hosts: [...hosts],
    hostsUp,
    hostsTotal,
    openPorts,
    complete: problem === undefined,
    leftOut: [...leftOut],
    scannerVersion: version,
    ...defined({ ports: request.ports, omittedHosts: omittedHosts === 0 ? undefined : omittedHosts }),
  };
  return {
    id: randomUUID(),
    kind: 'network',
    target: request.target,
    status: statusOf(problem),
    ...times,
    summary: summaryOf(details, problem),
    engines: [engineReport(version, problem, times.durationMs)],
    findings: [],
    details,
  };
}

function statusOf(problem: NetworkProblem | undefined): ScanStatus {
  if (problem === undefined) return 'finished';
  return problem.type === 'cancelled' || problem.type === 'timedOut' ? problem.type : 'failed';
}

function engineReport(version: string, problem: NetworkProblem | undefined, elapsedMs: number): EngineReport {
  const common = { id: 'nmap', name: 'nmap', version, sendsAway: true, elapsedMs };
  if (problem === undefined) return { ...common, state: 'noHit' };
  const { type } = problem;
  if (type === 'cancelled' || type === 'timedOut') return { ...common, state: 'failed', reason: type };
  return { ...common, state: 'failed', reason: 'failed', detail: networkProblemText(problem) };
}

/** `3 hosts of 256 answered, 12 open ports`. */
function summaryOf(details: NetworkDetails, problem: NetworkProblem | undefined): string {
  const found = foundText(details);
  if (problem === undefined) return found;
  if (problem.type === 'cancelled') return `Cancelled; until then: ${found}`;
  if (problem.type === 'timedOut') return `Took too long and was ended; until then: ${found}`;
  return `Failed: ${networkProblemText(problem)}; until then: ${found}`;
}

function foundText({ hostsUp, hostsTotal, openPorts, profile }: NetworkDetails): string {
  if (hostsUp === 0)
    return hostsTotal <= 1
      ? 'the host did not answer'
      : `none of ${formatInteger(hostsTotal)} hosts answered`;
  const hosts =
    hostsTotal <= 1
      ? 'The host answered'
      : `${formatInteger(hostsUp)} of ${formatInteger(hostsTotal)} hosts answered`;
  return profile === 'discovery' ? hosts : `${hosts}, ${formatCount(openPorts, 'open port')}`;
}
