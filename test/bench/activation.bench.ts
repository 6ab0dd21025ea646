import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { until } from '../e2e/support/until';
import { Workbench } from '../e2e/support/workbench';
import { launchBrowser } from '../host/browser';
import { ExitScope } from '../host/exitScope';
import { ensureHost } from '../host/install';
import { packageVsix } from '../host/packaging';
import { inRepository } from '../host/paths';
import { startServer } from '../host/server';
import { temporaryFolder } from '../host/temporaryFolder';
import { median } from './statistics';

const rounds = 7;

/** Activation inside real extension hosts, a fresh one each round, as Sentinel's own log tells it. */
export async function run(): Promise<Record<string, unknown>> {
  const scope = new ExitScope();
  try {
    const installation = await ensureHost(() => undefined);
    const vsix = await packageVsix();
    const { browser } = await launchBrowser(scope);
    const folder = temporaryFolder(scope, 'workspace').path;
    const server = await startServer(scope, { installation, vsix: vsix.path });
    const known = new Set<string>();
    const times: { syncMs: number; startupMs: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const workbench = await Workbench.open(server, browser, folder, folder);
      times.push(
        await until('a complete startup in the log', () =>
          Promise.resolve(startupTimes(server.userDataFolder, known)),
        ),
      );
      await workbench.close();
    }
    return {
      syncMs: median(times.map(({ syncMs }) => syncMs)),
      startupMs: median(times.map(({ startupMs }) => startupMs)),
      bundleKB: statSync(inRepository('dist', 'extension.js')).size / 1_024,
      vsixMB: vsix.sizeMB,
    };
  } finally {
    await scope.close();
  }
}

/** From a log file that was not there in an earlier round, once it is complete. */
function startupTimes(
  userDataFolder: string,
  known: Set<string>,
): { syncMs: number; startupMs: number } | undefined {
  for (const file of readdirSync(path.join(userDataFolder, '..'), { recursive: true, encoding: 'utf8' })) {
    if (path.basename(file) !== 'sentinel.log' || known.has(file)) continue;
    const log = readFileSync(path.join(userDataFolder, '..', file), 'utf8');
    const syncMs = /Activated in ([\d.]+) ms/.exec(log)?.[1];
    const startupMs = /Startup complete in ([\d.]+) ms/.exec(log)?.[1];
    if (syncMs === undefined || startupMs === undefined) continue;
    known.add(file);
    return { syncMs: Number(syncMs), startupMs: Number(startupMs) };
  }
  return undefined;
}
