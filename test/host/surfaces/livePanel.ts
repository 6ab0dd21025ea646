import { setTimeout as delay } from 'node:timers/promises';
import type { Workbench } from '../../e2e/support/workbench';
import { fastMetrics as settings, type Surface } from './surface';

const chartsFillMs = 15_000;

export const livePanelSurfaces: readonly Surface[] = [
  { name: 'live-narrow', window: { width: 1000, height: 1000, settings }, show: inSideBar(320) },
  { name: 'live-wide', window: { width: 1400, height: 900, settings }, show: inSideBar(850) },
  { name: 'live-editor', window: { width: 1400, height: 900, settings }, show: showInEditor },
  {
    name: 'status-bar',
    window: { width: 1000, height: 600, settings },
    show: showStatusBar,
    pose: hoverStatusBar,
  },
];

function inSideBar(sideBarWidthPx: number): Surface['show'] {
  return async (workbench) => {
    await workbench.openSideBarView('Sentinel');
    await workbench.webviewFrame('main');
    await workbench.resizeSideBar(sideBarWidthPx);
    await delay(chartsFillMs);
  };
}

async function showInEditor(workbench: Workbench): Promise<void> {
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
