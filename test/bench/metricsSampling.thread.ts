import childProcess from 'node:child_process';
import { parentPort, workerData } from 'node:worker_threads';
import { LinuxSampler } from '../../src/services/metrics/linux/linuxSampler';
import { systemClock } from '../../src/shared/clock';
import { metricsWorkerProtocol, type ProcessDemand } from '../../src/shared/protocol/metricsWorker';
import { ThreadServer } from '../../src/workers/threadServer';

/** What the benchmark asks for; the snapshots themselves go to the owner as in production. */
export interface SamplingTask {
  readonly ticks: number;
  /** Time that the sampler believes to pass between two ticks, so that its slower tiers take their turns. */
  readonly intervalMs: number;
  /** Real pause between two ticks. */
  readonly pauseMs: number;
  readonly processes: ProcessDemand;
}

export interface SamplingResult {
  readonly tickMs: readonly number[];
  readonly processesStarted: number;
}

const { ticks, intervalMs, pauseMs, processes } = workerData as SamplingTask;
const port = parentPort;
if (port === null) throw new Error('This runs on a worker thread.');

let processesStarted = 0;
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'] as const) {
  const original = childProcess[name] as (...args: unknown[]) => unknown;
  Object.assign(childProcess, {
    [name](...args: unknown[]): unknown {
      processesStarted += 1;
      return original(...args);
    },
  });
}

let skippedMs = 0;
const sampler = new LinuxSampler({
  clock: { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + skippedMs },
});
const server = new ThreadServer({ port, protocol: metricsWorkerProtocol, handlers: {} });
const tickMs: number[] = [];

function tick(): void {
  skippedMs += intervalMs - pauseMs;
  const startedMs = performance.now();
  const snapshot = sampler.sample(processes);
  tickMs.push(performance.now() - startedMs);
  server.push(snapshot);
  if (tickMs.length < ticks) setTimeout(tick, pauseMs);
  else port?.postMessage({ tickMs, processesStarted } satisfies SamplingResult);
}
tick();
