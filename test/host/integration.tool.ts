import { launchBrowser } from './browser';
import { testOutput } from './hostOutput';
import { ensureHost } from './install';
import { grepVariable } from './mochaRun';
import { repositoryRoot, inRepository } from './paths';
import { readResults, resultsVariable } from './results';
import { readableLog } from './readableLog';
import { startServer } from './server';
import { runInExtensionHost } from './smokeTestDriver';
import { temporaryFolder } from './temporaryFolder';
import { toolMain } from './toolMain';

const limitMs = 600_000;

void toolMain(async (scope) => {
  const installation = await ensureHost(console.log);
  const server = await startServer(scope, {
    installation,
    smokeTestDriver: true,
    env: {
      [resultsVariable]: process.env[resultsVariable],
      [grepVariable]: process.env[grepVariable],
      CI: process.env['CI'],
    },
  });
  const { browser, description } = await launchBrowser(scope);
  console.log(`VS Code ${installation.version}, Node ${process.versions.node}, ${description}`);
  const hostLog: string[] = [];
  const code = await runInExtensionHost(server, browser, {
    extension: repositoryRoot(),
    entry: inRepository('out', 'integration', 'index.js'),
    folder: temporaryFolder(scope, 'workspace').path,
    limitMs,
    onLog: (line) => {
      const text = testOutput(line);
      if (text === undefined) hostLog.push(line);
      else console.log(text);
    },
  });
  // Failed tests have told their reason; a host that could not even run them has not.
  if (code !== 0 && !readResults(process.env[resultsVariable] ?? '')) {
    console.error(
      readableLog([`The extension host ended with ${code}.`, ...hostLog, server.logs()].join('\n')),
    );
  }
  return code;
});
