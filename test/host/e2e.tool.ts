import path from 'node:path';
import { provideSession } from '../e2e/support/session';
import { launchBrowser } from './browser';
import { ensureHost } from './install';
import { runMocha } from './mochaRun';
import { noonZone } from './noonZone';
import { packageVsix } from './packaging';
import { inRepository } from './paths';
import { startServer } from './server';
import { temporaryFolder } from './temporaryFolder';
import { toolMain } from './toolMain';

/** Of a test: more than what it waits for takes at most, which says what did not come. */
const timeoutMs = 240_000;

void toolMain(async (scope) => {
  // For everything that is started from here.
  process.env['TZ'] = noonZone(new Date());
  const installation = await ensureHost(console.log);
  const vsix = await packageVsix();
  const { browser, description } = await launchBrowser(scope);
  const tools = temporaryFolder(scope, 'tools').path;
  // Without the second, VS Code would take PATH from a login shell.
  const env = { PATH: [tools, process.env['PATH']].join(path.delimiter), VSCODE_CLI: '1' };
  const server = await startServer(scope, { installation, vsix: vsix.path, env });
  console.log(`VS Code ${installation.version}, ${vsix.path} (${vsix.sizeMB.toFixed(2)} MB), ${description}`);
  provideSession({
    server,
    browser,
    tools,
    workspace: temporaryFolder(scope, 'workspace').path,
    screenshots: inRepository('out', 'e2e', 'screenshots'),
  });
  const failures = await runMocha({ folder: 'e2e', timeoutMs, slowMs: 10_000 });
  if (failures > 0 && !scope.isInterrupted) console.error(server.logs());
  return failures > 0 ? 1 : 0;
});
