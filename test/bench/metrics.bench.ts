import { execFileSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { metricsWorkerProtocol, type ProcessDemand } from '../../src/shared/protocol/metricsWorker';
import { parseThreadMessage } from '../../src/shared/protocol/worker';
import { FixtureBundle } from '../unit/support/fixtureBundle';
import type { SamplingResult, SamplingTask } from './metricsSampling.thread';
import { inRepository } from '../host/paths';
import { median, quantile } from './statistics';

const rounds = 5;
/** A quarter of an hour of live mode at 3 s, so that every tier has its share. */
const ticks = 300;
const liveIntervalMs = 3_000;
/** Longer than the period of any tier, so that each tick is every tier's turn. */
const everyTierIntervalMs = 61_000;

/**
 * Cost of a snapshot on its worker thread, beside the same figures through `systeminformation` and psutil in the
 * same run. CPU of ours is that of the whole process, with posting and parsing the snapshot. Linux only.
 *
 * `medianMs` and `cpuMs` are those of a tick in live mode: slower tiers (volumes, interfaces, sensors, processes) cost
 * their share of the ticks in which they take a turn. In a `fullSnapshot…` every tier takes its turn at each tick, as
 * the others do whenever they are asked.
 */
export async function run(): Promise<Record<string, unknown>> {
  const bundle = new FixtureBundle();
  try {
    await bundle.build('test/bench/metricsSampling.thread.ts', 'test/bench/systeminformation.child.ts');
    const thread = bundle.file('metricsSampling.thread');
    const statusBar = await measure(thread, 'slow', liveIntervalMs);
    const panel = await measure(thread, 'everyTick', liveIntervalMs);
    const full = await measure(thread, 'slow', everyTierIntervalMs);
    const systeminformationCpuMs = median(
      JSON.parse(output(process.execPath, bundle.file('systeminformation.child'), '15')) as number[],
    );
    const psutil = measurePsutil('connections');
    const psutilWithoutConnections = measurePsutil('noConnections');
    return {
      ...statusBar,
      panelMedianMs: panel.medianMs,
      panelCpuMs: panel.cpuMs,
      fullSnapshotMedianMs: full.medianMs,
      fullSnapshotCpuMs: full.cpuMs,
      systeminformationCpuMs,
      systeminformationCpuRatio: systeminformationCpuMs / statusBar.cpuMs,
      fullSnapshotSysteminformationCpuRatio: systeminformationCpuMs / full.cpuMs,
      psutilMedianMs: psutil?.medianMs ?? null,
      psutilCpuMs: psutil?.cpuMs ?? null,
      psutilCpuRatio: psutil === null ? null : psutil.cpuMs / statusBar.cpuMs,
      // psutil finds connections by looking into every process; without them the comparison is the strictest.
      psutilWithoutConnectionsCpuMs: psutilWithoutConnections?.cpuMs ?? null,
    };
  } finally {
    bundle.remove();
  }
}

interface SamplingCost {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly cpuMs: number;
  readonly processesStarted: number;
}

/** Medians of several threads, each of which lives for a quarter of an hour as far as it knows. */
async function measure(thread: string, processes: ProcessDemand, intervalMs: number): Promise<SamplingCost> {
  const costs: SamplingCost[] = [];
  for (let round = 0; round < rounds; round++) costs.push(await runThread(thread, processes, intervalMs));
  const middle = (figure: keyof SamplingCost): number => median(costs.map((cost) => cost[figure]));
  return {
    medianMs: middle('medianMs'),
    p99Ms: middle('p99Ms'),
    cpuMs: middle('cpuMs'),
    processesStarted: Math.max(...costs.map(({ processesStarted }) => processesStarted)),
  };
}

function runThread(file: string, processes: ProcessDemand, intervalMs: number): Promise<SamplingCost> {
  return new Promise((resolve, reject) => {
    const workerData: SamplingTask = { ticks, intervalMs, pauseMs: 10, processes };
    const worker = new Worker(file, { workerData });
    let before: NodeJS.CpuUsage | undefined;
    worker.on('error', reject);
    worker.on('message', (message: SamplingResult | { type: string }) => {
      if ('type' in message) {
        const parsed = parseThreadMessage(message);
        if ('value' in parsed && parsed.value.type === 'push')
          metricsWorkerProtocol.push(parsed.value.payload);
        // Counted from the first snapshot: starting a thread is no part of sampling.
        before ??= process.cpuUsage();
        return;
      }
      const { user, system } = process.cpuUsage(before);
      // The first tick opens files and compiles; it is what a person waits for, not what live mode costs.
      const tickMs = message.tickMs.slice(1);
      void worker.terminate();
      resolve({
        medianMs: median(tickMs),
        p99Ms: quantile(tickMs, 0.99),
        cpuMs: (user + system) / 1_000 / tickMs.length,
        processesStarted: (message.processesStarted * 100) / ticks,
      });
    });
  });
}

function measurePsutil(what: 'connections' | 'noConnections'): { medianMs: number; cpuMs: number } | null {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      const pairs = JSON.parse(output(python, inRepository('test/bench/psutil_metrics.py'), '100', what)) as [
        number,
        number,
      ][];
      return { medianMs: median(pairs.map(([wall]) => wall)), cpuMs: median(pairs.map(([, cpu]) => cpu)) };
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return null;
}

/** Whether there is no such Python, or one without psutil; whatever else goes wrong is told. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && error.code === 'ENOENT') return true;
  const stderr = 'stderr' in error ? String(error.stderr) : '';
  return /(ModuleNotFound|Import)Error: .*\bpsutil\b/.test(stderr);
}

function output(file: string, ...args: string[]): string {
  return execFileSync(file, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
}
