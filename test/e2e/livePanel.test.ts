import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { skip } from '../support/skip';
import { axeFaults } from './support/accessibility';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

/** What the large number of a card says, once it says something. */
async function figureOf(panel: Frame, card: string): Promise<number> {
  const figure = panel.locator(`section[aria-labelledby="${card}-heading"] .figure-value`);
  return until(`a figure on the card ${card}`, async () => {
    const text = (await figure.textContent())?.trim();
    return text && /^[\d.,]+$/.test(text) ? Number(text.replaceAll(',', '')) : undefined;
  });
}

/** Containers without /sys show no disks, and so does the panel. */
function hasDisks(): boolean {
  return (
    existsSync('/sys/block') && readdirSync('/sys/block').some((name) => !/^(loop|ram|zram)\d/.test(name))
  );
}

describe('the live panel', () => {
  const workbench = useWorkbench({
    settings: { 'sentinel.metrics.intervalSeconds': 1, 'sentinel.metrics.backgroundIntervalSeconds': 1 },
  });
  const panel = (): Promise<Frame> => workbench().webviewFrame('.panel main');

  it('opens from the activity bar and shows this machine', async () => {
    await workbench().openSideBarView('Sentinel');
    const frame = await panel();
    assert.ok((await figureOf(frame, 'cpu')) <= 100);
    assert.ok((await figureOf(frame, 'memory')) > 0);
    await frame.getByText(/^Sentinel itself: /).waitFor();
  });

  it('shows that a core is kept busy', async () => {
    const frame = await panel();
    const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    try {
      const expected = (100 / os.cpus().length) * 0.8;
      await until(
        `CPU use of at least ${expected} %`,
        async () => (await figureOf(frame, 'cpu')) >= expected,
        60_000,
      );
    } finally {
      busy.kill('SIGKILL');
    }
  });

  it('shows that a file is written', async function () {
    if (!hasDisks()) skip(this, 'no disk of this machine is visible in /sys/block');
    const frame = await panel();
    const written = frame.locator('section[aria-labelledby="disk-heading"] .legend li', { hasText: 'write' });
    const file = path.join(currentSession().workspace, 'written');
    const chunk = Buffer.alloc(4 * 1024 * 1024, 1);
    await until(
      'a rate of megabytes a second',
      async () => {
        // Synchronised, or the kernel would keep it in memory and write it when the test is over.
        await writeFile(file, chunk, { flush: true });
        return /\d MB\/s/.test((await written.textContent()) ?? '');
      },
      60_000,
    );
    await rm(file);
  });

  it('pauses and resumes', async () => {
    const frame = await panel();
    await frame.getByRole('button', { name: 'Pause' }).click();
    await frame.locator('[data-liveness="paused"]').waitFor();
    await frame.getByRole('button', { name: 'Resume' }).click();
    await frame.locator('[data-liveness="live"]').waitFor();
  });

  it('is usable at 200 px and in a wide side bar', async () => {
    const frame = await panel();
    for (const widthPx of [200, 900]) {
      await workbench().resizeSideBar(widthPx);
      let overflowPx: number | undefined;
      try {
        // Charts take a new width over a moment after the page.
        await until('a panel in which nothing is cut off', async () => {
          overflowPx = await frame.evaluate<number>(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          return overflowPx === 0;
        });
      } catch (cause) {
        throw new Error(`overflow of ${overflowPx} px at ${widthPx} px`, { cause });
      }
    }
  });

  it('has no serious accessibility fault', async () => {
    assert.deepEqual(await axeFaults(await panel()), []);
  });

  it('comes back after a reload of the window', async () => {
    await workbench().reload();
    await workbench().openSideBarView('Sentinel');
    await figureOf(await panel(), 'cpu');
  });

  it('opens in an editor, too', async () => {
    await workbench().runCommand('View: Close Primary Side Bar');
    await workbench().runCommand('Sentinel: Open Live Panel in Editor');
    const frame = await workbench().webviewFrame('body[data-surface="editor"] .panel main');
    await figureOf(frame, 'cpu');
  });

  it('never violated a content security policy', () => {
    const own = workbench()
      .console.cspViolations()
      .filter(({ source }) => source.includes('sentinel-suite.sentinel'));
    assert.deepEqual(own, []);
  });
});
