import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HistoryPane } from '../e2e/support/historyPane';
import { until } from '../e2e/support/until';
import type { Workbench, WorkbenchOptions } from '../e2e/support/workbench';
import { inRepository } from './paths';
import { writePictureRecords } from './pictureRecords';
import type { HostServer } from './server';

/** Something of Sentinel that a person sees, and how to bring it on screen. */
export interface Surface {
  /** Name of the picture's file. */
  readonly name: string;
  readonly window: WorkbenchOptions;
  /** What has to be there before the window opens. */
  readonly prepare?: (server: HostServer) => Promise<void>;
  readonly show: (workbench: Workbench) => Promise<void>;
  /** What each picture needs anew, such as a hover that a change of the theme ends. */
  readonly pose?: (workbench: Workbench) => Promise<void>;
}

/** Charts are worth a picture once they have a line: some samples at the shortest interval. */
const settings = { 'sentinel.metrics.intervalSeconds': 1, 'sentinel.metrics.backgroundIntervalSeconds': 1 };
const chartsFillMs = 15_000;

/** All surfaces, in the order in which the README may show them. A new one needs a function and its entry here. */
export const surfaces: readonly Surface[] = [
  { name: 'live-narrow', window: { width: 1000, height: 1000, settings }, show: showLivePanelNarrow },
  { name: 'live-wide', window: { width: 1400, height: 900, settings }, show: showLivePanelWide },
  { name: 'live-editor', window: { width: 1400, height: 900, settings }, show: showLivePanelInEditor },
  {
    name: 'status-bar',
    window: { width: 1000, height: 600, settings },
    show: showStatusBar,
    pose: hoverStatusBar,
  },
  { name: 'task-progress', window: { width: 1200, height: 800 }, show: showTaskProgress },
  { name: 'task-list', window: { width: 1200, height: 800 }, show: showTaskList },
  { name: 'file-hashes', window: { width: 1200, height: 800 }, show: showFileHashes },
  {
    name: 'history',
    window: { width: 1100, height: 900, settings },
    prepare: writePictureRecords,
    show: showHistory,
    pose: hoverHistory,
  },
  { name: 'report', window: { width: 1400, height: 1000 }, show: showReport },
  { name: 'walkthrough', window: { width: 1200, height: 800 }, show: showWalkthrough },
  { name: 'settings', window: { width: 1200, height: 900 }, show: showSettings },
];

function showLivePanelNarrow(workbench: Workbench): Promise<void> {
  return showLivePanel(workbench, 320);
}

function showLivePanelWide(workbench: Workbench): Promise<void> {
  return showLivePanel(workbench, 850);
}

async function showLivePanel(workbench: Workbench, sideBarWidthPx: number): Promise<void> {
  await workbench.openSideBarView('Sentinel');
  await workbench.webviewFrame('main');
  await workbench.resizeSideBar(sideBarWidthPx);
  await delay(chartsFillMs);
}

async function showLivePanelInEditor(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Sentinel: Open Live Panel in Editor');
  await workbench.webviewFrame('main');
  await delay(chartsFillMs);
}

async function showStatusBar(workbench: Workbench): Promise<void> {
  await workbench.statusBarItem(/\d+ ?%/).waitFor();
  // The figures of the slower tiers.
  await delay(6_000);
}

async function hoverStatusBar(workbench: Workbench): Promise<void> {
  const tooltip = workbench.page.locator('.workbench-hover-container').first();
  await workbench.page.mouse.move(500, 300);
  await tooltip.waitFor({ state: 'detached' });
  await workbench.statusBarItem(/\d+ ?%/).hover();
  await tooltip.waitFor();
}

/** Starts something that takes long enough for a picture, and ends it when the window closes. */
async function showTaskProgress(workbench: Workbench): Promise<void> {
  await hash(workbench, largeFile());
  await workbench.toast('Computing hashes');
  await workbench.statusBarItem(/1 task/).waitFor();
  await delay(3_000);
}

async function showTaskList(workbench: Workbench): Promise<void> {
  await hash(workbench, largeFile());
  await workbench.toast('Computing hashes');
  await workbench.runCommand('Sentinel: Show Running Tasks');
  // The pointer is where the palette's entry was.
  await workbench.page.mouse.move(700, 500);
  await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await delay(2_000);
}

async function showFileHashes(workbench: Workbench): Promise<void> {
  await hash(workbench, inRepository('package.json'));
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'SHA-256' }).waitFor();
}

async function showHistory(workbench: Workbench): Promise<void> {
  const pane = new HistoryPane(workbench);
  await pane.open();
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

/** The answer to a scan of a file that means harm, if only by agreement. */
async function showReport(workbench: Workbench): Promise<void> {
  await chooseFile(workbench, 'Sentinel: Scan File for Threats', eicarFile());
  const toast = await workbench.toast(/EICAR/);
  await toast.getByRole('button', { name: 'Open Report' }).click();
  await (await workbench.webviewFrame('main.report')).locator('h1', { hasText: 'Malicious' }).waitFor();
  await workbench.page.keyboard.press('Escape');
}

/** The agreed test file, put together here so that this file is none. It goes when the tool ends. */
function eicarFile(): string {
  const file = path.join(tmpdir(), 'eicar.com.txt');
  writeFileSync(file, ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-'));
  process.once('exit', () => {
    rmSync(file, { force: true });
  });
  return file;
}

async function hash(workbench: Workbench, file: string): Promise<void> {
  await chooseFile(workbench, 'Sentinel: Compute File Hashes', file);
}

/** Through the dialog, which is where the palette leads without an open editor. */
async function chooseFile(workbench: Workbench, command: string, file: string): Promise<void> {
  await workbench.runCommand(command);
  const input = workbench.page.locator('.quick-input-widget:visible input[type="text"]:visible').first();
  // The dialog fills in the folder it begins with, a moment after it is there.
  await until('the folder of the dialog', async () => (await input.inputValue()).startsWith('/'));
  await until('the path in the dialog', async () => {
    await input.fill(file);
    await delay(500);
    return (await input.inputValue()) === file;
  });
  await workbench.page.keyboard.press('Enter');
  // Away from what would show a hover.
  await workbench.page.mouse.move(700, 500);
}

/** Takes no space on disk, and goes when the tool ends. */
function largeFile(): string {
  const file = path.join(tmpdir(), 'sentinel-pictures.iso');
  writeFileSync(file, '');
  process.once('exit', () => {
    rmSync(file, { force: true });
  });
  truncateSync(file, 24 * 1024 ** 3);
  return file;
}

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
