import path from 'node:path';
import * as vscode from 'vscode';
import type { FolderExclusions } from '../../shared/scan/settings';
import type { ScanExclusionSettings } from '../settings/settings';

/** In the folder of a workspace, in the form of `.gitignore`. */
const ignoreFileName = '.sentinelignore';

/**
 * What the scan of a folder leaves out, by the settings that hold there. The ignore file of a workspace that is not
 * trusted does not count: it came with what is to be judged.
 */
export function exclusionsOf(folder: string, settings: ScanExclusionSettings): FolderExclusions {
  const uri = vscode.Uri.file(folder);
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(uri);
  const base = workspaceFolder?.uri.fsPath ?? folder;
  const globs = [...settings.globs];
  if (settings.useFilesExclude) globs.push(...filesExclude(uri));
  const usesIgnoreFile =
    settings.useIgnoreFile && vscode.workspace.isTrusted && workspaceFolder !== undefined;
  return { base, globs, ...(usesIgnoreFile ? { ignoreFile: path.join(base, ignoreFileName) } : {}) };
}

/** Globs that are switched on; those with a condition on sibling files are left to the explorer. */
function filesExclude(uri: vscode.Uri): readonly string[] {
  const value = vscode.workspace.getConfiguration('files', uri).get<unknown>('exclude');
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([, on]) => on === true)
    .map(([glob]) => glob);
}
