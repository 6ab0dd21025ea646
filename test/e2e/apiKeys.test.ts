import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { systemClock } from '../../src/shared/clock';
import { VirusTotalServer } from '../unit/scan/virustotal/support/virusTotalServer';
import { inSequence } from './support/inSequence';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

const key = 'a1'.repeat(32);

describe('API keys', () => {
  inSequence();
  const server = new VirusTotalServer({ clock: systemClock, key });
  const settings: Record<string, unknown> = {};
  before(async () => {
    await server.start();
    server.dailyUsed = 12;
    settings['sentinel.virustotal.baseUrl'] = server.baseUrl;
  });
  const workbench = useWorkbench({ settings });
  after(() => server.stop());

  /** The field for a key, which hides what is typed; the list before it has a field, too. */
  const input = (): Locator => workbench().quickInput().and(workbench().page.locator('[type="password"]'));
  const dialog = (): Locator => workbench().page.locator('.monaco-dialog-box');

  it('are typed unseen, checked after a yes, and followed by what may be sent', async () => {
    // Until Sentinel runs, a command only waits for it.
    await workbench().sentinelRuns();
    await workbench().runCommand('Sentinel: Set API Key…');
    await workbench().pickEntry('VirusTotal');
    await input().fill('not a key');
    await workbench().page.getByText('A key of VirusTotal has 64 hexadecimal digits.').first().waitFor();
    await input().fill(key);
    await input().press('Enter');
    await dialog().getByText('Only the API key leaves this machine.').waitFor();
    assert.deepEqual(server.received, [], 'nothing is sent before the answer');
    await dialog().getByRole('button', { name: 'Check Key' }).click();
    await workbench().toast('VirusTotal takes the API key: 12 of 500 requests of today are used up.');
    assert.deepEqual(server.lines(), [`GET /users/${key}/overall_quotas`]);
    await workbench().pickEntry('Hashes of files');
    const choices = workbench().page.locator('.quick-input-list .monaco-list-row');
    // VS Code writes a setting down in its time, and the list shows what held when it was opened.
    await until(
      'the choice to hold',
      async () => {
        await workbench().runCommand('Sentinel: Choose What VirusTotal May Get…');
        const chosen = choices.and(workbench().page.locator('[aria-label*=", current,"]'));
        const label = await chosen.getAttribute('aria-label');
        await workbench().quickInput().press('Escape');
        return label?.startsWith('Hashes of files, current,') === true;
      },
      90_000,
    );
    assert.equal(server.received.length, 1);
  });

  it('are said to be refused above the scan history, until there is another', async () => {
    server.key = 'b2'.repeat(32);
    await workbench().openSideBarView('Sentinel');
    await workbench().runCommand('Sentinel: Check API Key…');
    await workbench().pickEntry('VirusTotal');
    await dialog().getByRole('button', { name: 'Check Key' }).click();
    await workbench().toast('VirusTotal refuses the API key.');
    const notice = workbench().page.getByText('VirusTotal refuses the API key and is not asked.');
    await notice.first().waitFor();
    await workbench().runCommand('Sentinel: Set API Key…');
    await workbench().pickEntry('VirusTotal');
    await input().fill(server.key);
    await input().press('Enter');
    await dialog().getByRole('button', { name: 'Check Key' }).click();
    await until('the notice to go', async () => (await notice.count()) === 0);
  });

  it('are removed after a question', async () => {
    await workbench().runCommand('Sentinel: Remove API Key…');
    await workbench().pickEntry('VirusTotal');
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await workbench().toast('The API key of VirusTotal is removed.');
    await workbench().runCommand('Sentinel: Check API Key…');
    await workbench().toast('No API key is set.');
    assert.equal(server.received.length, 3);
  });
});
