import { JournalStandIn } from '../../e2e/support/journalStandIn';
import type { Workbench } from '../../e2e/support/workbench';
import { leavePointer } from './fileDialog';
import { openPanes, sideBarPane } from './sideBarPanes';
import type { Stage, Surface } from './surface';

const minuteMs = 60_000;
const window = { width: 1000, height: 900 };

export const eventSurfaces: readonly Surface[] = [
  { name: 'events', window, prepare: writeJournal, show: showEvents },
  { name: 'event', window, prepare: writeJournal, show: showEvent },
  { name: 'events-filtered', window, prepare: writeJournal, show: filterEvents },
];

function writeJournal({ tools }: Stage): void {
  new JournalStandIn(tools, [
    { agoMs: minuteMs / 2, priority: 3, source: 'kernel', message: 'I/O error, dev sda, sector 2048' },
    {
      agoMs: 2 * minuteMs,
      priority: 4,
      source: 'sshd',
      message: 'Failed password for root from 192.0.2.7 port 50022 ssh2',
    },
    {
      agoMs: 5 * minuteMs,
      priority: 2,
      source: 'kernel',
      message: 'Out of memory: Killed process 4711 (node) total-vm:9000000kB, anon-rss:7000000kB',
    },
    { agoMs: 8 * minuteMs, priority: 6, source: 'cron', message: '(root) CMD (run-parts /etc/cron.hourly)' },
    { agoMs: 11 * minuteMs, priority: 5, source: 'systemd', message: 'Started Daily apt upgrade.' },
    {
      agoMs: 50 * minuteMs,
      priority: 4,
      source: 'systemd',
      message: 'web.service: Failed with result exit-code.',
    },
    { agoMs: 120 * minuteMs, priority: 3, source: 'web', message: 'first line\nsecond line' },
  ]);
}

async function showEvents(workbench: Workbench): Promise<void> {
  await openPanes(workbench, 'System Events');
  await workbench.resizeSideBar(380);
  await rows(workbench, 'Disk error').waitFor();
  await leavePointer(workbench);
}

async function showEvent(workbench: Workbench): Promise<void> {
  await showEvents(workbench);
  await rows(workbench, 'Failed sign-in').click();
  await workbench.page.locator('.editor-instance .view-lines', { hasText: 'Source' }).waitFor();
  await leavePointer(workbench);
}

async function filterEvents(workbench: Workbench): Promise<void> {
  await showEvents(workbench);
  await workbench.runCommand('Sentinel: Filter System Events by Text…');
  await workbench.page.locator('.quick-input-widget input').first().fill('sign-in');
  await rows(workbench, 'Disk error').waitFor({ state: 'detached' });
}

function rows(workbench: Workbench, text: string): ReturnType<typeof sideBarPane> {
  return sideBarPane(workbench, 'System Events').locator('.monaco-list-row', { hasText: text });
}
