import * as vscode from 'vscode';
import type { FileHashService, HashedFile } from '../../services/hashing/fileHashService';
import type { Notifications } from '../notifications';
import { chosenFiles, pathsOf } from '../resources';
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
  const question = { openLabel: t('Compute Hashes'), title: t('Compute File Hashes') };
  const uris = await chosenFiles(args, question);
  if (uris === undefined) return undefined;
  const paths = pathsOf(uris);
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
