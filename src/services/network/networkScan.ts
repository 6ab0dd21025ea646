import path from 'node:path';
import { SentinelError } from '../../shared/errors';
import type { NetworkHost } from '../../shared/network/networkDetails';
import type { ProcessResult } from '../process/processCommand';
import { type ProcessStarter, runInTask } from '../process/processInTask';
import type { TaskContext } from '../tasks/task';
import { lacksPrivileges, leftOutBy, nmapArguments } from './nmap/nmapArguments';
import type { NmapProgram } from './nmap/nmapLocator';
import { NmapProgress } from './nmap/nmapProgress';
import { longestXmlLine, nmapLimitsFor, type NmapReading, NmapXmlReader } from './nmap/nmapXml';
import type { NetworkProblem } from './networkProblem';
import type { NetworkScanRequest } from './scanRequest';

export interface NetworkScanListener {
  readonly onHost: (host: NetworkHost) => void;
  /** It answers, and its ports are still being looked at. */
  readonly onHostUp: (address: string) => void;
}

export interface NetworkScanOutcome {
  readonly reading: NmapReading;
  readonly problem?: NetworkProblem;
  /** What was left out for want of privileges, in plain words. */
  readonly leftOut: readonly string[];
}

export interface NetworkScanTools {
  readonly processes: ProcessStarter;
  /** Whether raw sockets are worth a try. */
  readonly privileged: boolean;
}

/** What nmap says besides its result. */
const keptErrorBytes = 16 * 1024;

/**
 * Runs nmap on the target. Where raw sockets turn out to be forbidden after all, as to root in a container, it runs
 * once more without them. Never rejects for what nmap does.
 */
export async function runNmap(
  context: TaskContext,
  program: NmapProgram,
  request: NetworkScanRequest,
  { processes, privileged }: NetworkScanTools,
  listener: NetworkScanListener,
): Promise<NetworkScanOutcome> {
  const run = (withPrivileges: boolean) =>
    runOnce(context, program, request, { processes, privileged: withPrivileges }, listener);
  const first = await run(privileged);
  const refused = privileged && first.problem?.type === 'failed' && lacksPrivileges(first.problem.message);
  return refused ? run(false) : first;
}

async function runOnce(
  context: TaskContext,
  { file }: NmapProgram,
  request: NetworkScanRequest,
  { processes, privileged }: NetworkScanTools,
  listener: NetworkScanListener,
): Promise<NetworkScanOutcome> {
  const { address, family, addressCount, profile, ports } = request;
  const progress = new NmapProgress(addressCount);
  const report = (percent: number, step?: string): void => {
    context.reportProgress(percent, step);
  };
  const reader = new NmapXmlReader(
    {
      onHost: (host) => {
        listener.onHost(named(host, request));
        report(progress.onHostDone());
      },
      onHostUp: (up) => {
        listener.onHostUp(up);
        report(progress.onHostUp());
      },
      onHostDown: () => {
        report(progress.onHostDone());
      },
      onTask: (task) => {
        report(progress.onTask(task), task.name);
      },
    },
    nmapLimitsFor(addressCount),
  );
  // Output that is none of nmap's is not waited for.
  const unreadable = new AbortController();
  const signal = AbortSignal.any([context.signal, unreadable.signal]);
  const result = await runInTask({ ...context, signal }, processes, {
    file,
    args: nmapArguments({
      target: address,
      family,
      profile,
      privileged,
      ...(ports === undefined ? {} : { ports }),
    }),
    // It also looks for its data files where it is started.
    cwd: path.dirname(file),
    env: { LC_ALL: 'C' },
    onLine: (line) => {
      reader.read(line);
      if (reader.hasFailed) unreadable.abort();
    },
    maxLineLength: longestXmlLine,
    maxOutputBytes: keptErrorBytes,
  });
  const read = reader.end();
  const reading = { ...read, hosts: read.hosts.map((host) => named(host, request)) };
  const problem = problemOf(result, reading, context.signal);
  const leftOut = leftOutBy({ profile, privileged });
  return problem === undefined ? { reading, leftOut } : { reading, problem, leftOut };
}

/** By the name that a person asked for, too, which need not be the one that its address leads back to. */
function named(host: NetworkHost, { target, address }: NetworkScanRequest): NetworkHost {
  if (target === address || host.names.includes(target)) return host;
  return { ...host, names: [target, ...host.names] };
}

function problemOf(
  { end, stderr }: ProcessResult,
  { finish, fault, hostsTotal }: NmapReading,
  signal: AbortSignal,
): NetworkProblem | undefined {
  if (signal.aborted) {
    const code = signal.reason instanceof SentinelError ? signal.reason.code : '';
    return code === 'task.timedOut' ? { type: 'timedOut' } : { type: 'cancelled' };
  }
  if (fault !== undefined && fault !== 'encoding') return { type: 'unreadable', fault };
  switch (end.status) {
    case 'notStarted':
      return { type: 'notStarted', message: end.message === '' ? end.code : end.message };
    case 'signalled':
      return { type: 'killed', signal: end.signal };
    case 'cancelled':
    case 'timedOut':
      return { type: 'cancelled' };
    case 'exited':
      break;
  }
  const said = finish?.message ?? firstComplaint(stderr.text);
  if (end.exitCode !== 0)
    return { type: 'failed', message: said ?? `nmap ended with exit code ${end.exitCode}` };
  if (finish === undefined) return { type: 'interrupted' };
  if (!finish.success || hostsTotal === 0) {
    return { type: 'failed', message: said ?? 'nmap scanned nothing and does not say why' };
  }
  return fault === undefined ? undefined : { type: 'unreadable', fault };
}

function firstComplaint(text: string): string | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== 'QUITTING!');
  return lines[0]?.slice(0, 300);
}
