import * as vscode from 'vscode';
import type { FileHashService, HashedFile } from '../../services/hashing/fileHashService';
import type { Notifications } from '../notifications';
import { presentHashes } from './hashResults';
import { taskTitle } from './hashTexts';

/**
 * "Compute File Hashes": of the files that a menu names, else of the active editor's file, else of files that a
 * person is asked for.
 * @returns what became of each file; undefined when it was cancelled or failed, which the task's surface tells
 */
export async function computeFileHashes(
  service: FileHashService,
  notifications: Notifications,
  args: readonly unknown[],
): Promise<readonly HashedFile[] | undefined> {
  const { t } = vscode.l10n;
  const uris = namedFiles(args) ?? activeFile() ?? (await askForFiles());
  if (uris === undefined) return undefined;
  const paths = uris.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
  if (paths.length === 0) {
    notifications.warning(t('Hashes can be computed of files on disk only.'));
    return undefined;
  }
  const task = service.start(paths, taskTitle(paths, t));
  const outcome = await task.outcome;
  if (outcome.status !== 'finished') return undefined;
  presentHashes(outcome.result, task.metrics.totalMs, notifications);
  return outcome.result;
}

/** A menu gives the resource that was clicked on and all that are selected. */
function namedFiles([clicked, selected]: readonly unknown[]): readonly vscode.Uri[] | undefined {
  const all = Array.isArray(selected) ? selected.filter((each) => each instanceof vscode.Uri) : [];
  if (all.length > 0) return all;
  return clicked instanceof vscode.Uri ? [clicked] : undefined;
}

/** Of the active tab and not of the text editor alone: images and binary files have hashes, too. */
function activeFile(): readonly vscode.Uri[] | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook;
  return isFile && input.uri.scheme === 'file' ? [input.uri] : undefined;
}

function askForFiles(): Thenable<readonly vscode.Uri[] | undefined> {
  const { t } = vscode.l10n;
  return vscode.window.showOpenDialog({
    canSelectMany: true,
    openLabel: t('Compute Hashes'),
    title: t('Compute File Hashes'),
  });
}
