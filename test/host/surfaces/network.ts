import { NmapStandIn, type StandInHost } from '../../e2e/support/nmapStandIn';
import type { Workbench } from '../../e2e/support/workbench';
import { leavePointer } from './fileDialog';
import { openPanes, sideBarPane } from './sideBarPanes';
import type { Stage, Surface } from './surface';

const ssh = { name: 'ssh', product: 'OpenSSH', version: '9.6p1' };
const nginx = { name: 'https', product: 'nginx', version: '1.24.0' };
const router = { address: '192.168.7.1', name: 'router.lan' };
const store: StandInHost = {
  address: '192.168.7.12',
  name: 'nas.lan',
  ports: { 22: ssh, 445: 'microsoft-ds', 5000: { name: 'http', product: 'nginx' } },
};
const first: readonly StandInHost[] = [
  { ...router, ports: { 53: { name: 'domain', product: 'dnsmasq', version: '2.90' }, 443: nginx } },
  store,
  { address: '192.168.7.40', name: 'printer.lan', ports: { 80: 'http', 631: 'ipp' } },
];
const second: readonly StandInHost[] = [
  { ...router, ports: { 443: nginx, 8080: { name: 'http-proxy', product: 'Squid', version: '6.6' } } },
  store,
  { address: '192.168.7.77', ports: { 22: ssh } },
];

const target = '192.168.7.0/24';
const title = 'Sentinel: Scan Network…';
const window = { width: 1000, height: 900 };

/** Shared with `show`, which lets the second scan find something else than the first. */
let nmap: NmapStandIn;

export const networkSurfaces: readonly Surface[] = [
  { name: 'network-empty', window, show: (workbench) => openPanes(workbench, 'Network') },
  { name: 'network-target', window, prepare: writeNmap, show: showTargets },
  { name: 'network-consent', window, prepare: writeNmap, show: askForConsent },
  { name: 'network', window, prepare: writeNmap, show: showScans },
  { name: 'network-ports', window, show: showPorts },
  { name: 'report-network', window: { width: 1400, height: 1000 }, prepare: writeNmap, show: showReport },
  {
    name: 'report-network-narrow',
    window: { width: 700, height: 1000 },
    prepare: writeNmap,
    show: showReport,
  },
];

function writeNmap({ tools }: Stage): void {
  nmap = new NmapStandIn(tools);
  nmap.answers(first, 256);
}

async function enter(workbench: Workbench, text: string): Promise<void> {
  await workbench.runCommand(title);
  await workbench.page.locator('.quick-input-widget input[type="text"]:visible').first().fill(text);
  await workbench.pickEntry(text);
  await workbench.pickEntry('Quick');
}

async function showTargets(workbench: Workbench): Promise<void> {
  await workbench.runCommand(title);
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: '127.0.0.1' }).waitFor();
}

async function askForConsent(workbench: Workbench): Promise<void> {
  await enter(workbench, '8.8.8.8');
  await workbench.page.locator('.monaco-dialog-box', { hasText: 'public Internet' }).waitFor();
}

async function scanTwice(workbench: Workbench): Promise<void> {
  await openPanes(workbench, 'Network');
  await workbench.resizeSideBar(380);
  const rows = sideBarPane(workbench, 'Network').locator('.monaco-list-row');
  await enter(workbench, target);
  await rows.filter({ hasText: 'printer.lan' }).waitFor();
  nmap.answers(second, 256);
  await rows.filter({ hasText: target }).click();
  await rows.filter({ hasText: target }).getByRole('button', { name: 'Scan Again' }).click();
  await rows.filter({ hasText: '192.168.7.77' }).waitFor();
}

async function showScans(workbench: Workbench): Promise<void> {
  await scanTwice(workbench);
  const rows = sideBarPane(workbench, 'Network').locator('.monaco-list-row');
  for (const name of ['router.lan', 'nas.lan']) {
    await rows.filter({ hasText: name }).click();
    await workbench.page.keyboard.press('ArrowRight');
  }
  await rows.filter({ hasText: '8080/tcp' }).waitFor();
  await leavePointer(workbench);
}

async function showPorts(workbench: Workbench): Promise<void> {
  await openPanes(workbench, 'Network');
  await workbench.resizeSideBar(380);
  await workbench.runCommand('Sentinel: Listening Ports of This Machine');
  const rows = sideBarPane(workbench, 'Network').locator('.monaco-list-row');
  await rows.filter({ hasText: '/tcp' }).first().waitFor();
  await leavePointer(workbench);
}

async function showReport(workbench: Workbench): Promise<void> {
  await scanTwice(workbench);
  const row = sideBarPane(workbench, 'Network').locator('.monaco-list-row', { hasText: target });
  await row.click({ button: 'right' });
  await workbench.page.getByRole('menuitem', { name: 'Open Report' }).first().click({ timeout: 15_000 });
  await workbench.webviewFrame('.network-hosts');
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  await leavePointer(workbench);
}
