import path from 'node:path';
import { HistoryPane } from '../../e2e/support/historyPane';
import { SeededHistory } from '../../e2e/support/seededHistory';
import type { Workbench } from '../../e2e/support/workbench';
import { chooseFile, leavePointer } from './fileDialog';
import { writePictureRecords } from './pictureRecords';
import { writeProject } from './project';
import { openPanes } from './sideBarPanes';
import { fastMetrics as settings, type Stage, type Surface } from './surface';

const report = { prepare: writeFiles, window: { width: 1400, height: 1000 } };
const narrow = { prepare: writeFiles, window: { width: 700, height: 1000 } };

export const scanSurfaces: readonly Surface[] = [
  {
    name: 'history',
    window: { width: 1000, height: 700, settings },
    prepare: writePictureRecords,
    show: showHistory,
    pose: hoverHistory,
  },
  {
    name: 'history-empty',
    window: { width: 1000, height: 900 },
    prepare: clearHistory,
    show: (workbench) => openPanes(workbench, 'Scan History'),
  },
  {
    name: 'history-verdicts',
    window: { width: 1000, height: 900 },
    prepare: writePictureRecords,
    show: showHistoryByVerdict,
  },
  { name: 'report-file', ...report, show: fileReport('shop/package.json', 'Malicious') },
  { name: 'report-narrow', ...narrow, show: fileReport('shop/package.json', 'Malicious') },
  { name: 'report-quiet', ...report, show: fileReport('shop/README.md', 'No threat found') },
  { name: 'report-folder', ...report, show: folderReport },
  { name: 'report-folder-narrow', ...narrow, show: folderReport },
  { name: 'problems', ...report, show: showProblems },
];

function writeFiles({ project }: Stage): void {
  writeProject(project);
}

async function clearHistory({ server }: Stage): Promise<void> {
  const history = await SeededHistory.open(server);
  await history.clear();
  await history.close();
}

async function showHistory(workbench: Workbench): Promise<void> {
  const pane = new HistoryPane(workbench);
  await openPanes(workbench, 'Scan History');
  await workbench.resizeSideBar(360);
  await pane.rows('invoice').waitFor();
  await pane.expand('Yesterday');
  await pane.rows('fonts').waitFor();
}

async function hoverHistory(workbench: Workbench): Promise<void> {
  await workbench.page.mouse.move(700, 300);
  await new HistoryPane(workbench).rows('invoice').hover();
  await workbench.page.locator('.workbench-hover').filter({ hasText: 'YARA-X' }).waitFor();
}

async function showHistoryByVerdict(workbench: Workbench): Promise<void> {
  const pane = new HistoryPane(workbench);
  await openPanes(workbench, 'Scan History');
  await workbench.resizeSideBar(300);
  await pane.rows('invoice').waitFor();
  await workbench.runCommand('Sentinel: Group Scan History By…');
  await workbench.pickEntry('Verdict');
  await pane.rows('No threat found').waitFor();
}

export function fileReport(name: string, verdict: string): Surface['show'] {
  return async (workbench, { project }) => {
    await chooseFile(workbench, 'Sentinel: Scan File for Threats', path.join(project, name));
    await openReport(workbench, path.basename(name), verdict);
  };
}

async function folderReport(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Sentinel: Scan Workspace for Threats');
  await openReport(workbench, /project: .*threat|project: .*malicious|project: .*speaks/i, 'Malicious');
}

/** From the notification that tells of the scan's end. */
export async function openReport(
  workbench: Workbench,
  text: string | RegExp,
  verdict: string,
): Promise<void> {
  const toast = await workbench.toast(text);
  await toast.getByRole('button', { name: 'Open Report' }).click();
  await (await workbench.webviewFrame('main.report')).locator('h1', { hasText: verdict }).waitFor();
  await workbench.runCommand('Notifications: Clear All Notifications');
  await leavePointer(workbench);
}

async function showProblems(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Sentinel: Scan Workspace for Threats');
  const toast = await workbench.toast(/project: /);
  const row = workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'EICAR' });
  await workbench.runCommand('Problems: Focus on Problems View');
  await row.first().waitFor();
  await toast.waitFor();
  await leavePointer(workbench);
}
