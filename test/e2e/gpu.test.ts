import type { Frame } from 'playwright-core';
import { commandLine, descendants } from '../support/processTree';
import { skip } from '../support/skip';
import { inSequence } from './support/inSequence';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

/**
 * The GPU process in a real window. What devices look like is tested on made figures (livePanelPage.test.ts): a tool
 * is asked only where its card is on the bus, which no test can put there.
 */
describe('GPU telemetry', () => {
  inSequence();
  before(function () {
    if (process.platform !== 'linux') skip(this, 'processes are looked at in /proc');
  });

  const workbench = useWorkbench({ settings: { 'sentinel.metrics.intervalSeconds': 1 } });
  const panel = (): Promise<Frame> => workbench().webviewFrame('.panel main');
  const telemetry = (): number[] =>
    descendants(currentSession().server.pid).filter((pid) => commandLine(pid).includes('telemetry.js'));

  it('runs in one process of its own', async () => {
    await workbench().openSideBarView('Sentinel');
    await until('one GPU process', () => Promise.resolve(telemetry().length === 1));
  });

  it('is off, and says so with the reason, when its process fails three times', async () => {
    const killed = new Set<number>();
    await until(
      'three processes to be killed',
      () => {
        const running = telemetry().find((pid) => !killed.has(pid));
        if (running !== undefined) {
          process.kill(running, 'SIGKILL');
          killed.add(running);
        }
        return Promise.resolve(killed.size === 3);
      },
      50_000,
    );
    await workbench().toast(/GPU telemetry is off/);
    const frame = await panel();
    await frame.getByText('GPU telemetry is off').waitFor();
    await frame.getByText(/3 times in a row.*SIGKILL/).waitFor();
    await until('no GPU process', () => Promise.resolve(telemetry().length === 0));
  });

  it('runs again when a person restarts it', async () => {
    const frame = await panel();
    await frame.getByRole('button', { name: 'Restart' }).click();
    await frame.getByText('GPU telemetry is off').waitFor({ state: 'hidden' });
    await until('one GPU process', () => Promise.resolve(telemetry().length === 1));
  });

  it('ends by command, and starts by command', async () => {
    await workbench().runCommand('Sentinel: Stop GPU Telemetry');
    await until('no GPU process', () => Promise.resolve(telemetry().length === 0));
    await (await panel()).getByText(/GPU: .*stopped/i).waitFor();
    await workbench().runCommand('Sentinel: Start GPU Telemetry');
    await until('one GPU process', () => Promise.resolve(telemetry().length === 1));
  });
});
