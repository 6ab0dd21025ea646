import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import type { Locator } from 'playwright-core';
import { ContextMenu } from './support/contextMenu';
import { inSequence } from './support/inSequence';
import { NmapStandIn, type StandInHost } from './support/nmapStandIn';
import { currentSession } from './support/session';
import { expand } from './support/treeRow';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

const first: readonly StandInHost[] = [
  { address: '10.77.0.1', name: 'router.lan', ports: { 53: 'domain', 443: 'https' } },
  { address: '10.77.0.20', name: 'printer.lan', ports: { 631: 'ipp' } },
];
const second: readonly StandInHost[] = [
  { address: '10.77.0.1', name: 'router.lan', ports: { 443: 'https', 8080: 'http-proxy' } },
  { address: '10.77.0.33', ports: { 22: 'ssh' } },
];

describe('network scans', () => {
  inSequence();
  let nmap: NmapStandIn;
  let listener: Server;

  before(async () => {
    nmap = new NmapStandIn(currentSession().tools);
    nmap.answers(first, 256);
    listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  });
  const workbench = useWorkbench({ width: 1100, height: 900 });
  after(async () => {
    nmap.remove();
    await new Promise((resolve) => listener.close(resolve));
  });

  const pane = (): Locator => {
    const header = workbench().page.locator('.pane-header', { hasText: /^Network/ });
    return workbench().page.locator('.part.sidebar .pane').filter({ has: header });
  };
  const rows = (text: string | RegExp = ''): Locator =>
    pane().locator('.monaco-list-row').filter({ hasText: text });
  const input = (): Locator => workbench().quickInput('Scan Network');
  const menu = (): ContextMenu => new ContextMenu(workbench().page);

  async function scan(target: string, profile: string, row = target): Promise<void> {
    await workbench().runCommand('Sentinel: Scan Network…');
    await input().fill(target);
    await workbench().pickEntry(row);
    await workbench().pickEntry(profile);
  }

  it('ask for a target, offer the own networks, and say why one is refused', async () => {
    const { page } = workbench();
    await workbench().runCommand('Sentinel: Scan Network…');
    const offered = page.locator('.quick-input-list .monaco-list-row');
    await offered.filter({ hasText: 'this machine' }).first().waitFor();
    await workbench().screenshot('network target');
    await input().fill('-iL /etc/passwd');
    await offered.filter({ hasText: 'cannot begin with a dash' }).waitFor();
    await workbench().screenshot('network target refused');
    await input().press('Enter');
    assert.ok(await offered.filter({ hasText: 'cannot begin with a dash' }).isVisible());
    await input().press('Escape');
  });

  it('show hosts with their ports', async () => {
    const { page } = workbench();
    await scan('10.77.0.5/24', 'Quick', '10.77.0.0/24');
    await workbench().toast('2 of 256 hosts answered, 3 open ports');
    await rows('router.lan').waitFor();
    // Rows beyond the view's edge are not drawn.
    for (const name of ['Live', 'Scan History']) {
      await page
        .locator('.part.sidebar .pane-header', { hasText: name })
        .first()
        .click({ position: { x: 10, y: 10 } });
    }
    await rows(/10\.77\.0\.0\/24.*2 hosts.*3 open ports/).waitFor();
    await expand(rows('router.lan'));
    for (const port of ['443/tcp', '53/tcp']) await rows(port).waitFor();
    await workbench().screenshot('network scanned');
  });

  it('come from memory with their age, and compare with the scan before when done again', async () => {
    const { page } = workbench();
    nmap.answers(second, 256);
    await scan('10.77.0.0/24', 'Quick');
    const toast = await workbench().toast(/was scanned .* ago/);
    assert.equal(await rows('10.77.0.33').count(), 0);
    await toast.getByRole('button', { name: 'Scan Again' }).click();
    await rows(/10\.77\.0\.33.*new/).waitFor();
    await rows(/10\.77\.0\.20.*gone/).waitFor();
    await rows(/8080\/tcp.*new/).waitFor();
    await rows(/53\/tcp.*gone/).waitFor();
    await workbench().screenshot('network changed');
    await rows('10.77.0.0/24').click();
    await rows('10.77.0.0/24').getByRole('button', { name: 'Compare with Previous Scan' }).click();
    const editor = page.locator('.editor-instance .view-lines', { hasText: 'Hosts that are gone' });
    for (const line of [/\+ 8080\/tcp open: http-proxy/, /- 53\/tcp open: domain/]) {
      await until(`a line ${line}`, async () =>
        line.test((await editor.innerText()).replaceAll('\u00a0', ' ')),
      );
    }
    await workbench().screenshot('network comparison');
  });

  it('have a report in the history, from which they are done again', async () => {
    await workbench().runCommand('Sentinel: Show Scan History');
    const history = workbench().page.locator('.part.sidebar .monaco-list-row', { hasText: '10.77.0.0/24' });
    await history.first().waitFor();
    await rows('10.77.0.0/24').click();
    await menu().choose(() => rows('10.77.0.0/24').click({ button: 'right' }), 'Open Report');
    const frame = await workbench().webviewFrame('.network-hosts');
    await frame.locator('.network-hosts > li').nth(1).waitFor();
    assert.equal(await frame.locator('.network-hosts > li').count(), 2);
    await workbench().screenshot('network report');
  });

  it('ask before they leave for somebody else’s machine', async () => {
    const { page } = workbench();
    await scan('8.8.8.8', 'Quick');
    const dialog = page.locator('.monaco-dialog-box', { hasText: 'public Internet' });
    await dialog.waitFor();
    await workbench().screenshot('network consent');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await rows('8.8.8.8').count(), 0);
  });

  it('leave room for the ports of this machine and their processes', async () => {
    const bound = listener.address();
    assert.ok(bound !== null && typeof bound === 'object');
    await workbench().runCommand('Sentinel: Listening Ports of This Machine');
    await expand(rows('Listening Ports'));
    await until('the listener’s row', async () => {
      // Rows beyond the view's edge are not drawn; what is typed into a tree goes to the row that begins with it.
      await pane().locator('.monaco-list').focus();
      await workbench().page.keyboard.type(`${bound.port}/tcp`);
      const row = rows(new RegExp(`${bound.port}/tcp.*\\(${process.pid}\\)`));
      await row.waitFor({ timeout: 5_000 });
      return true;
    });
    await workbench().screenshot('network listening ports');
    await workbench().page.keyboard.press('Escape');
  });
});

describe('network scans without nmap', () => {
  const workbench = useWorkbench({ settings: { 'sentinel.network.nmapPath': '/nowhere/nmap' } });

  it('say how to get it', async () => {
    await workbench().runCommand('Sentinel: Scan Network…');
    await workbench().quickInput('Scan Network').fill('10.77.1.0/24');
    await workbench().pickEntry('10.77.1.0/24');
    await workbench().pickEntry('Discovery');
    await workbench().toast('is no program that can be run');
    const pane = workbench().page.locator('.part.sidebar .pane');
    await pane.getByText('is no program that can be run').first().waitFor();
    await workbench().screenshot('network without nmap');
  });
});
