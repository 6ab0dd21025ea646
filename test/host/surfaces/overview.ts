import { setTimeout as delay } from 'node:timers/promises';
import { HistoryPane } from '../../e2e/support/historyPane';
import type { Workbench } from '../../e2e/support/workbench';
import { writePictureRecords } from './pictureRecords';
import { writeProject } from './project';
import { fileReport } from './scans';
import { openPanes } from './sideBarPanes';
import { fastMetrics, type Stage, type Surface } from './surface';

/** What the README begins with: the live panel, the history and a report in one window. */
export const overviewSurface: Surface = {
  name: 'overview',
  window: { width: 1300, height: 900, settings: fastMetrics },
  prepare: async (stage) => {
    writeProject(stage.project);
    await writePictureRecords(stage);
  },
  show: showOverview,
};

async function showOverview(workbench: Workbench, stage: Stage): Promise<void> {
  await openPanes(workbench, 'Live', 'Scan History');
  await workbench.resizeSideBar(350);
  await fileReport('shop/package.json', 'Malicious')(workbench, stage);
  await new HistoryPane(workbench).rows('package.json').waitFor();
  // Charts are worth a picture once they have a line.
  await delay(10_000);
}
