import { setTimeout as delay } from 'node:timers/promises';
import { Workbench } from '../e2e/support/workbench';
import { until } from '../e2e/support/until';
import { launchBrowser } from '../host/browser';
import { ExitScope } from '../host/exitScope';
import { ensureHost } from '../host/install';
import { packageVsix } from '../host/packaging';
import { type HostServer, startServer } from '../host/server';
import { temporaryFolder } from '../host/temporaryFolder';
import { median } from './statistics';
import { cpuMsBetween, descendants, extensionHosts, treeUsage, type TreeUsage } from '../support/processTree';

/** Startup work of the editor, the compiler's included, has ended by then. */
const settleMs = 30_000;
const windowMs = 60_000;
const rounds = 3;
/** Finer than any program lives that reads a figure. */
const watchEveryMs = 25;

const sentinelSettings = {
  'sentinel.metrics.intervalSeconds': 3,
  'sentinel.metrics.backgroundIntervalSeconds': 3,
};

interface Window {
  readonly workbench: Workbench;
  readonly hostPid: number;
}

/**
 * What Sentinel adds to an extension host: two hosts run side by side in one VS Code version, one with Sentinel at a
 * sample every 3 s and one without, and both are measured over the same minutes.
 */
export async function run(): Promise<Record<string, unknown>> {
  const scope = new ExitScope();
  try {
    const installation = await ensureHost(() => undefined);
    const vsix = await packageVsix();
    const { browser } = await launchBrowser(scope);
    const folder = temporaryFolder(scope, 'workspace').path;
    const open = async (server: HostServer): Promise<Window> => {
      const workbench = await Workbench.open(server, browser, folder, folder, { settings: sentinelSettings });
      const [hostPid] = await until('an extension host', () =>
        Promise.resolve(nonEmpty(extensionHosts(server.pid))),
      );
      if (hostPid === undefined) throw new Error('The extension host has gone.');
      return { workbench, hostPid };
    };
    const watched = await open(await startServer(scope, { installation, vsix: vsix.path }));
    const bare = await open(await startServer(scope, { installation }));

    await watched.workbench.statusBarItem(/\d%/).waitFor();
    await delay(settleMs);
    const quiet = await measure(watched, bare);
    await watched.workbench.openSideBarView('Sentinel');
    await delay(settleMs);
    const open_ = await measure(watched, bare);
    await watched.workbench.close();
    await bare.workbench.close();
    return {
      cpuPercent: quiet.cpuPercent,
      panelCpuPercent: open_.cpuPercent,
      processesPerMin: quiet.processesPerMin,
      panelProcessesPerMin: open_.processesPerMin,
      rssMB: quiet.rssMB,
      panelRssMB: open_.rssMB,
      bareHostCpuPercent: quiet.bareCpuPercent,
    };
  } finally {
    await scope.close();
  }
}

interface Cost {
  readonly cpuPercent: number;
  readonly bareCpuPercent: number;
  readonly processesPerMin: number;
  readonly rssMB: number;
}

async function measure(watched: Window, bare: Window): Promise<Cost> {
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const hosts = [watched.hostPid, bare.hostPid] as const;
    const before = [treeUsage(hosts[0]), treeUsage(hosts[1])] as const;
    const startedMs = performance.now();
    const seen = [new Set(before[0].pids), new Set(before[1].pids)] as const;
    while (performance.now() - startedMs < windowMs) {
      await delay(watchEveryMs);
      for (const index of [0, 1] as const) {
        for (const pid of descendants(hosts[index])) seen[index].add(pid);
      }
    }
    const after = [treeUsage(hosts[0]), treeUsage(hosts[1])] as const;
    const elapsedMs = performance.now() - startedMs;
    const bareCpuPercent = (100 * cpuMsBetween(before[1], after[1])) / elapsedMs;
    const started = [
      processesStarted(before[0], after[0], seen[0]),
      processesStarted(before[1], after[1], seen[1]),
    ] as const;
    costs.push({
      cpuPercent: (100 * cpuMsBetween(before[0], after[0])) / elapsedMs - bareCpuPercent,
      bareCpuPercent,
      processesPerMin: ((started[0] - started[1]) * 60_000) / elapsedMs,
      rssMB: after[0].rssMB - after[1].rssMB,
    });
  }
  const middle = (figure: (cost: Cost) => number): number => median(costs.map(figure));
  return {
    cpuPercent: middle((cost) => cost.cpuPercent),
    bareCpuPercent: middle((cost) => cost.bareCpuPercent),
    processesPerMin: middle((cost) => cost.processesPerMin),
    rssMB: middle((cost) => cost.rssMB),
  };
}

/** Those seen, and at least one if a child that nobody saw has ended. */
function processesStarted(before: TreeUsage, after: TreeUsage, seen: ReadonlySet<number>): number {
  const started = [...seen].filter((pid) => !before.pids.has(pid)).length;
  const unseen = after.endedChildrenFaults > before.endedChildrenFaults && started === 0 ? 1 : 0;
  return started + unseen;
}

function nonEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}
