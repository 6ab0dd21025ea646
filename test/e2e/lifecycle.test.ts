import assert from 'node:assert/strict';
import { isAlive } from '../support/isAlive';
import { commandLine, descendants, extensionHosts } from '../support/processTree';
import { skip } from '../support/skip';
import { currentSession } from './support/session';
import { until } from './support/until';
import { Workbench } from './support/workbench';

/** Closing a window is told to its host at once; the server then waits some seconds for the page to come back. */
const endLimitMs = 60_000;

describe('what Sentinel starts', () => {
  before(function () {
    if (process.platform !== 'linux') skip(this, 'processes are looked at in /proc');
  });

  it('is there once after a reload, and gone after the window', async () => {
    const { server, browser, workspace, screenshots } = currentSession();
    const hostsBefore = new Set(extensionHosts(server.pid));
    const window = await Workbench.open(server, browser, workspace, screenshots);
    const first = await hostWithTelemetry(server.pid, hostsBefore);
    await window.reload();
    await until(
      'the first host and all of its processes to end',
      () => Promise.resolve([first.host, ...first.started].every((pid) => !isAlive(pid))),
      endLimitMs,
    );

    const second = await hostWithTelemetry(server.pid, hostsBefore);
    assert.equal(second.started.filter(isTelemetry).length, 1);
    await window.close();
    await until(
      'the second host and all of its processes to end',
      () => Promise.resolve([second.host, ...second.started].every((pid) => !isAlive(pid))),
      endLimitMs,
    );
  });

  it('ends with an extension host that is killed', async () => {
    const { server, browser, workspace, screenshots } = currentSession();
    const hostsBefore = new Set(extensionHosts(server.pid));
    const window = await Workbench.open(server, browser, workspace, screenshots);
    const { host, started } = await hostWithTelemetry(server.pid, hostsBefore);
    process.kill(host, 'SIGKILL');
    await until(
      'everything that the killed host had started to end',
      () => Promise.resolve(started.every((pid) => !isAlive(pid))),
      endLimitMs,
    );
    await window.close();
  });
});

/** The window's extension host once it has started the GPU process, and all that it has started. */
async function hostWithTelemetry(
  serverPid: number,
  others: ReadonlySet<number>,
): Promise<{ host: number; started: number[] }> {
  return until(
    'an extension host with a GPU process',
    () => {
      for (const host of extensionHosts(serverPid)) {
        const started = descendants(host);
        if (!others.has(host) && started.some(isTelemetry)) return Promise.resolve({ host, started });
      }
      return Promise.resolve(undefined);
    },
    endLimitMs,
  );
}

function isTelemetry(pid: number): boolean {
  return commandLine(pid).includes('telemetry.js');
}
