import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Workbench } from '../../e2e/support/workbench';
import { inRepository } from '../paths';
import { chooseFile, leavePointer } from './fileDialog';
import type { Surface } from './surface';

export const taskSurfaces: readonly Surface[] = [
  { name: 'task-progress', window: { width: 1200, height: 800 }, show: showTaskProgress },
  { name: 'task-list', window: { width: 1200, height: 800 }, show: showTaskList },
  { name: 'file-hashes', window: { width: 1200, height: 800 }, show: showFileHashes },
];

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
  await leavePointer(workbench);
  await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await delay(2_000);
}

async function showFileHashes(workbench: Workbench): Promise<void> {
  await hash(workbench, inRepository('package.json'));
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'SHA-256' }).waitFor();
}

async function hash(workbench: Workbench, file: string): Promise<void> {
  await chooseFile(workbench, 'Sentinel: Compute File Hashes', file);
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
