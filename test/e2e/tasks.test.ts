import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { Explorer } from './support/explorer';
import { inSequence } from './support/inSequence';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

/** Takes no space on disk, and longer to hash than any test. */
const largeBytes = 256 * 1024 ** 3;

describe('tasks', () => {
  inSequence();
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
  /** The field above the running tasks and what can be done about one, where keys go. */
  const list = (): Locator => workbench().quickInput();
  const spinner = (): Locator => workbench().statusBarItem(/1 task/);
  const progress = (): Locator => workbench().toasts().filter({ hasText: 'Computing hashes of large.bin' });

  async function computeHashesOf(name: string): Promise<void> {
    const explorer = new Explorer(workbench());
    await explorer.open();
    await explorer.choose(name, 'Compute File Hashes');
  }

  /** Presses the button of what is drawn anew each second, which loses a click, until that has had its effect. */
  async function cancel(
    task: Locator,
    effect: Locator,
    state: 'visible' | 'hidden' = 'visible',
  ): Promise<void> {
    await until('the task to be cancelled', async () => {
      if (await task.isVisible()) {
        await task.hover({ timeout: 10_000 });
        await task.getByRole('button', { name: 'Cancel' }).click({ timeout: 10_000 });
      }
      await effect.waitFor({ state, timeout: 5_000 });
      return true;
    });
  }

  it('show the hashes of a file from the explorer, to be copied with a click', async () => {
    await computeHashesOf('small.txt');
    const row = rows().filter({ hasText: sha256 });
    // Where it took so long that nobody waits any more, a notification leads there.
    const later = workbench().toasts().getByRole('button', { name: 'Show Hashes' });
    await row.or(later).first().waitFor();
    if (await later.isVisible()) await later.click();
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
    await list().waitFor();
    await rows()
      .filter({ hasText: /large\.bin.*Running for/ })
      .waitFor();
  });

  it('are paused and resumed by the keyboard', async () => {
    await list().press('Enter');
    await rows().filter({ hasText: 'Pause' }).waitFor();
    await list().press('Enter');
    await rows()
      .filter({ hasText: /large\.bin.*Paused for/ })
      .waitFor();
    await workbench()
      .statusBarItem(/1 task paused/)
      .waitFor();
    await progress().filter({ hasText: 'paused at' }).waitFor();
    await list().press('Enter');
    await rows().filter({ hasText: 'Resume' }).waitFor();
    await list().press('Enter');
    await rows()
      .filter({ hasText: /large\.bin.*Running for/ })
      .waitFor();
  });

  it('are cancelled by a button of the list, after which nothing is left of them', async () => {
    const row = rows().filter({ hasText: 'large.bin' });
    await cancel(row, rows().filter({ hasText: 'Nothing is running' }));
    await list().press('Escape');
    await progress().waitFor({ state: 'detached' });
    await spinner().waitFor({ state: 'detached' });
    assert.equal(await workbench().toasts().count(), 0, 'a cancelled task needs no words');
  });

  it('are cancelled from their progress', async () => {
    await computeHashesOf('large.bin');
    await progress().waitFor();
    await cancel(progress(), progress(), 'hidden');
    await workbench().runCommand('Sentinel: Show Running Tasks');
    await rows().filter({ hasText: 'Nothing is running' }).waitFor();
    await list().press('Escape');
  });
});
