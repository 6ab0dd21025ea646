import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

/** Takes no space on disk, and longer to hash than any test. */
const largeBytes = 256 * 1024 ** 3;

describe('tasks', () => {
  const text = 'what is hashed';
  const inWorkspace = (name: string): string => path.join(currentSession().workspace, name);
  const sha256 = createHash('sha256').update(text).digest('hex');

  before(() => {
    writeFileSync(inWorkspace('small.txt'), text);
    writeFileSync(inWorkspace('large.bin'), '');
    truncateSync(inWorkspace('large.bin'), largeBytes);
  });
  const workbench = useWorkbench();
  after(() => {
    rmSync(inWorkspace('small.txt'), { force: true });
    rmSync(inWorkspace('large.bin'), { force: true });
  });

  const rows = (): Locator => workbench().page.locator('.quick-input-list .monaco-list-row');
  const spinner = (): Locator => workbench().statusBarItem(/1 task/);
  const progress = (): Locator => workbench().toasts().filter({ hasText: 'Computing hashes of large.bin' });

  async function computeHashesOf(name: string): Promise<void> {
    await workbench().openSideBarView('Explorer');
    const { page } = workbench();
    const file = page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
    const entry = page.locator('.monaco-menu .action-item', { hasText: 'Compute File Hashes' });
    // What extensions add to a menu comes a moment after the window.
    await until('the entry in the menu', async () => {
      await page.keyboard.press('Escape');
      await file.click({ button: 'right', timeout: 2_000 });
      await entry.waitFor({ timeout: 2_000 });
      return true;
    });
    // A menu takes no clicks in the moment in which it opens, lest the click that opened it chooses something.
    await until('the menu to take the click', async () => {
      if (await entry.isVisible()) await entry.click({ timeout: 1_000 });
      return !(await entry.isVisible());
    });
  }

  it('show the hashes of a file from the explorer, to be copied with a click', async () => {
    await computeHashesOf('small.txt');
    const row = rows().filter({ hasText: sha256 });
    await row.waitFor();
    assert.equal(await rows().count(), 3);
    const title = workbench().page.locator('.quick-input-title');
    assert.match((await title.textContent()) ?? '', /small\.txt · 14 bytes/);
    await row.click();
    await until('the hash in the clipboard', async () => {
      return (await workbench().page.evaluate<string>('navigator.clipboard.readText()')) === sha256;
    });
    assert.equal(await spinner().count(), 0, 'nothing flickers for a moment of work');
  });

  it('show progress, and a spinner that leads to the list', async () => {
    await computeHashesOf('large.bin');
    await progress().waitFor();
    await spinner().waitFor();
    await spinner().click();
    await rows()
      .filter({ hasText: /large\.bin.*Running for/ })
      .waitFor();
  });

  it('are paused and resumed by the keyboard', async () => {
    const { page } = workbench();
    await page.keyboard.press('Enter');
    await rows().filter({ hasText: 'Pause' }).waitFor();
    await page.keyboard.press('Enter');
    await rows()
      .filter({ hasText: /large\.bin.*Paused for/ })
      .waitFor();
    await workbench()
      .statusBarItem(/1 task paused/)
      .waitFor();
    await progress().filter({ hasText: 'paused at' }).waitFor();
    await page.keyboard.press('Enter');
    await rows().filter({ hasText: 'Resume' }).waitFor();
    await page.keyboard.press('Enter');
    await rows()
      .filter({ hasText: /large\.bin.*Running for/ })
      .waitFor();
  });

  it('are cancelled by a button of the list, after which nothing is left of them', async () => {
    const row = rows().filter({ hasText: 'large.bin' });
    await row.hover();
    await row.getByRole('button', { name: 'Cancel' }).click();
    await rows().filter({ hasText: 'Nothing is running' }).waitFor();
    await workbench().page.keyboard.press('Escape');
    await progress().waitFor({ state: 'detached' });
    await spinner().waitFor({ state: 'detached' });
    assert.equal(await workbench().toasts().count(), 0, 'a cancelled task needs no words');
  });

  it('are cancelled from their progress', async () => {
    await computeHashesOf('large.bin');
    await progress().hover();
    await progress().getByRole('button', { name: 'Cancel' }).click();
    await workbench().runCommand('Sentinel: Show Running Tasks');
    await rows().filter({ hasText: 'Nothing is running' }).waitFor();
    await workbench().page.keyboard.press('Escape');
  });
});
