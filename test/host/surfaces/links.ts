import path from 'node:path';
import { until } from '../../e2e/support/until';
import type { Workbench } from '../../e2e/support/workbench';
import { chooseFile, leavePointer } from './fileDialog';
import { writeProject } from './project';
import { openReport } from './scans';
import type { Stage, Surface } from './surface';

export const linkSurfaces: readonly Surface[] = [
  { name: 'report-link', window: { width: 1400, height: 1000 }, show: linkReport },
  { name: 'report-link-narrow', window: { width: 700, height: 1000 }, show: linkReport },
  {
    name: 'link-hover',
    window: { width: 1200, height: 800 },
    prepare: writeFiles,
    show: showLinkFindings,
    pose: hoverLink,
  },
];

function writeFiles({ project }: Stage): void {
  writeProject(project);
}

async function linkReport(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Sentinel: Scan URL…');
  const title = workbench.page.locator('.quick-input-title', { hasText: 'Scan URL' });
  await title.waitFor();
  await workbench.page
    .locator('.quick-input-widget:visible input[type="text"]:visible')
    .first()
    .fill('https://google.com:x@evil.tk/login');
  await workbench.page.keyboard.press('Enter');
  await openReport(workbench, /It leads to evil\.tk/, 'Malicious');
}

async function showLinkFindings(workbench: Workbench, { project }: Stage): Promise<void> {
  await chooseFile(workbench, 'File: Open File...', path.join(project, 'links.md'));
  await workbench.page.locator('.view-line', { hasText: 'medium.com' }).waitFor();
  await workbench.runCommand('Sentinel: Scan All URLs in This File');
  const toast = await workbench.toast(/links\.md: /);
  await toast.getByRole('button', { name: 'Show Problems' }).click();
  await workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'paypal' }).first().waitFor();
}

async function hoverLink(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const link = page.locator('.view-line span', { hasText: 'paypal.com.evil.tk' }).last();
  await until('the hover', async () => {
    await leavePointer(workbench);
    await link.hover({ timeout: 5_000 });
    await page.locator('.monaco-hover', { hasText: 'Sentinel' }).waitFor({ timeout: 5_000 });
    return true;
  });
}
