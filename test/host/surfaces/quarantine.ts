import path from 'node:path';
import type { Workbench } from '../../e2e/support/workbench';
import { chooseFile, leavePointer } from './fileDialog';
import { writeProject } from './project';
import { openReport } from './scans';
import type { Stage, Surface } from './surface';

const options = { prepare: writeFiles, window: { width: 1200, height: 800 } };

export const quarantineSurfaces: readonly Surface[] = [
  { name: 'quarantine-question', ...options, show: askForQuarantine },
  { name: 'quarantine-list', ...options, show: showList },
  { name: 'quarantine-actions', ...options, show: showActions },
  { name: 'self-test', window: { width: 1200, height: 800 }, show: showSelfTest },
];

function writeFiles({ project }: Stage): void {
  writeProject(project);
}

async function askForQuarantine(workbench: Workbench, { project }: Stage): Promise<void> {
  const file = path.join(project, 'shop/vendor/installer.js');
  await chooseFile(workbench, 'Sentinel: Scan File for Threats', file);
  await openReport(workbench, /installer\.js/, 'Malicious');
  const frame = await workbench.webviewFrame('[data-key="action-quarantine"]');
  await frame.locator('[data-key="action-quarantine"]').click();
  await workbench.page.locator('.monaco-dialog-box', { hasText: 'quarantine' }).waitFor();
}

async function showList(workbench: Workbench, stage: Stage): Promise<void> {
  await askForQuarantine(workbench, stage);
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await dialog.getByRole('button', { name: 'Move to Quarantine', exact: true }).click();
  await workbench.toast(/is in the quarantine now/);
  await workbench.runCommand('Sentinel: Show Quarantine');
  await leavePointer(workbench);
  await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
}

async function showActions(workbench: Workbench, stage: Stage): Promise<void> {
  await showList(workbench, stage);
  await workbench.page.keyboard.press('Enter');
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Restore' }).waitFor();
}

async function showSelfTest(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Sentinel: Self-Test');
  await workbench.page.locator('.monaco-editor .view-line', { hasText: 'YARA' }).first().waitFor();
}
