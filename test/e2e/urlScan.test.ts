import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { ContextMenu } from './support/contextMenu';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

const trick = 'https://google.com:x@evil.tk/login';

describe('scans of links', () => {
  const file = (): string => path.join(currentSession().workspace, 'links.md');

  before(() => {
    writeFileSync(
      file(),
      `# Links\n\nA [page](https://medium.com/@user/post), and [another](https://paypa1.com/signin).\n\n<https://paypal.com.evil.tk/>\n`,
    );
  });
  const workbench = useWorkbench();
  after(() => {
    rmSync(file(), { force: true });
  });

  const input = (): Locator => workbench().quickInput('Scan URL');
  const problems = (): Locator => workbench().page.locator('.markers-panel .monaco-list-row');

  async function openFile(): Promise<void> {
    await workbench().openSideBarView('Explorer');
    const row = workbench().page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'links.md' });
    await until(
      'the file to be open',
      async () => {
        const tab = workbench().page.locator('.tab.active', { hasText: 'links.md' });
        if (!(await tab.isVisible())) await row.dblclick({ timeout: 10_000 });
        await workbench().page.locator('.view-line', { hasText: 'medium.com' }).waitFor({ timeout: 10_000 });
        return true;
      },
      60_000,
    );
  }

  it('say while it is typed what is no link, and then what the link comes to', async () => {
    const { page } = workbench();
    await workbench().runCommand('Sentinel: Scan URL…');
    await input().fill('what is this');
    await page.locator('.quick-input-message', { hasText: 'no link that a browser could open' }).waitFor();
    await input().press('Enter');
    assert.ok(await input().isVisible(), 'what is no link is not taken');
    await input().fill(trick);
    await input().press('Enter');
    const toast = await workbench().toast(/It leads to evil\.tk, and not to google\.com/);
    await toast.getByRole('button', { name: 'Open Report' }).click();
    const frame = await workbench().webviewFrame('main.report');
    await frame.locator('h1', { hasText: 'Malicious' }).waitFor();
    const text = (await frame.textContent('body')) ?? '';
    for (const expected of [
      trick,
      'evil.tk',
      '100 of 100',
      'Link analysis',
      'Unicode',
      'Nothing left this machine',
    ]) {
      assert.ok(text.includes(expected), `${expected} is missing in: ${text}`);
    }
    await workbench().screenshot('url-report');
  });

  it('look at all links of a file, and mark those that are not to be trusted', async () => {
    await openFile();
    await workbench().runCommand('Sentinel: Scan All URLs in This File');
    const toast = await workbench().toast(/links\.md: 2 of 3 links are not to be trusted/);
    await toast.getByRole('button', { name: 'Show Problems' }).click();
    await problems().filter({ hasText: 'The name looks like paypal' }).first().waitFor();
    await problems().filter({ hasText: 'The name contains paypal.com' }).first().waitFor();
    await workbench().screenshot('url-problems');
  });

  it('tell of a link under the mouse what is known of it', async () => {
    const { page } = workbench();
    const link = page.locator('.view-line span', { hasText: 'paypal.com.evil.tk' }).last();
    const hover = page.locator('.monaco-hover', { hasText: 'Sentinel' }).filter({ hasText: 'Malicious' });
    await until(
      'the hover',
      async () => {
        await page.mouse.move(0, 0);
        await link.hover({ timeout: 5_000 });
        await hover.waitFor({ timeout: 8_000 });
        await workbench().screenshot('url-hover');
        await hover.getByText('Open Report').click({ timeout: 10_000 });
        return true;
      },
      60_000,
    );
    await workbench().webviewFrame('main.report:has-text("paypal.com.evil.tk")');
  });

  it('scan the link at the cursor when the menu of the editor is asked to', async () => {
    const { page } = workbench();
    await openFile();
    const link = page.locator('.view-line span', { hasText: 'medium.com' }).last();
    await new ContextMenu(page).choose(() => link.click({ button: 'right' }), /^Scan URL$/);
    await workbench().toast(/medium\.com\/@user\/post: No threat found/);
    await workbench().openSideBarView('Sentinel');
    await page.locator('.pane-body .monaco-list-row', { hasText: 'medium.com' }).first().waitFor();
  });
});
