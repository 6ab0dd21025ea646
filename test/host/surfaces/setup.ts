import { setTimeout as delay } from 'node:timers/promises';
import type { Workbench } from '../../e2e/support/workbench';
import { leavePointer } from './fileDialog';
import type { Surface } from './surface';

export const setupSurfaces: readonly Surface[] = [
  { name: 'walkthrough', window: { width: 1200, height: 800 }, show: showWalkthrough },
  { name: 'settings', window: { width: 1200, height: 900 }, show: showSettings },
  { name: 'settings-virustotal', window: { width: 1200, height: 900 }, show: showVirusTotalSettings },
  { name: 'api-key', window: { width: 1000, height: 600 }, show: askForKey },
  { name: 'virustotal-mode', window: { width: 1000, height: 600 }, show: askForMode },
  { name: 'extension', window: { width: 1200, height: 900 }, show: showExtension },
];

async function showWalkthrough(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Welcome: Open Walkthrough...');
  await workbench.pickEntry(/Sentinel/);
  await workbench.page.locator('.gettingStartedContainer').waitFor();
  await delay(1_000);
}

async function showSettings(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Sentinel: Open Settings');
  await workbench.page.locator('.settings-editor .setting-item-contents').first().waitFor();
  await delay(1_000);
}

async function showVirusTotalSettings(workbench: Workbench): Promise<void> {
  await showSettings(workbench);
  await workbench.page.keyboard.type(' virustotal');
  await delay(2_000);
}

async function askForKey(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Sentinel: Set API Key…');
  await workbench.pickEntry('VirusTotal');
  await workbench.page.locator('.quick-input-widget:visible input[type="password"]').waitFor();
  await workbench.page.keyboard.type('not a key');
  await leavePointer(workbench);
}

async function askForMode(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Sentinel: Choose What VirusTotal May Get…');
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Hashes' }).first().waitFor();
  await leavePointer(workbench);
}

/** What somebody reads who has just installed it. */
async function showExtension(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Extensions: Show Installed Extensions');
  await workbench.page.locator('.extension-list-item', { hasText: 'Sentinel' }).click();
  await workbench.page.locator('.extension-editor').waitFor();
  await delay(2_000);
}
