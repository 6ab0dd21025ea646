import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { plainText } from '../../shared/presentation/plainText';
import type { Notifications } from '../notifications';
import type { MatchPlace } from './reportActions';
import { type TextPlace, textPlace } from './textPlace';

const hexEditor = { extension: 'ms-vscode.hexeditor', view: 'hexEditor.hexedit' };
const chunkBytes = 256 * 1024;
/** Times of files come in steps of at most this, by file system and by who has written them down. */
const timeStepMs = 2;
/** A named pipe without a writer would hold whoever opens it. Windows has none. */
const openFlags = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

type FileToOpen =
  | { readonly type: 'file'; readonly sizeBytes: number; readonly modifiedAt: number }
  | { readonly type: 'none' };

/** Opens files in VS Code's editors, and tells where it cannot. */
export class FileOpener {
  constructor(private readonly notifications: Pick<Notifications, 'info' | 'warning'>) {}

  /** In whatever editor VS Code has for it. */
  async openFile(file: string): Promise<void> {
    if (await this.find(file)) await openByDefault(file);
  }

  /** The system's file manager is beside VS Code only where both run on one machine. */
  canReveal(file: string): boolean {
    const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
    return isHere || isInWorkspace(file);
  }

  /** In the explorer where it is part of the workspace, else in the system's file manager. */
  async reveal(file: string): Promise<void> {
    const exists = await stat(file).then(
      () => true,
      () => false,
    );
    if (!exists) {
      this.tellGone(file);
      return;
    }
    const command = isInWorkspace(file) ? 'revealInExplorer' : 'revealFileInOS';
    await vscode.commands.executeCommand(command, vscode.Uri.file(file));
  }

  /** At a place that is given in bytes, which is selected. */
  async openMatch(place: MatchPlace): Promise<void> {
    const found = await this.find(place.path);
    if (!found) return;
    const where = await locate(place);
    switch (where.type) {
      case 'text':
        await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(place.path), {
          selection: new vscode.Range(
            where.start.line,
            where.start.character,
            where.end.line,
            where.end.character,
          ),
          preview: true,
        } satisfies vscode.TextDocumentShowOptions);
        break;
      case 'binary':
        await this.openBinary(place);
        break;
      case 'tooFar':
        await openByDefault(place.path);
        this.tellOffset(place);
        break;
      case 'beyondEnd':
        await openByDefault(place.path);
        break;
    }
    if (where.type === 'beyondEnd' || hasChanged(place, found)) {
      this.notifications.warning(
        vscode.l10n.t(
          '{0} has changed since it was scanned. What was found may be elsewhere in it, or gone.',
          nameOf(place.path),
        ),
      );
    }
  }

  private async openBinary(place: MatchPlace): Promise<void> {
    if (vscode.extensions.getExtension(hexEditor.extension)) {
      await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(place.path), hexEditor.view);
    } else {
      await openByDefault(place.path);
    }
    this.tellOffset(place);
  }

  private tellOffset({ path: file, offset }: MatchPlace): void {
    const hexOffset = `0x${offset.toString(16).toUpperCase()}`;
    this.notifications.info(vscode.l10n.t('In {0}, this is at offset {1}.', nameOf(file), hexOffset), {
      label: vscode.l10n.t('Copy Offset'),
      run: () => vscode.env.clipboard.writeText(hexOffset),
    });
  }

  private async find(file: string): Promise<Extract<FileToOpen, { type: 'file' }> | undefined> {
    const found = await look(file);
    if (found.type === 'file') return found;
    this.tellGone(file);
    return undefined;
  }

  private tellGone(file: string): void {
    this.notifications.warning(vscode.l10n.t('{0} is not there any more, or cannot be read.', nameOf(file)));
  }
}

/** Asynchronous throughout: a network mount that does not answer must not hold the extension host. */
async function look(file: string): Promise<FileToOpen> {
  try {
    const stats = await stat(file);
    return stats.isFile()
      ? { type: 'file', sizeBytes: stats.size, modifiedAt: stats.mtimeMs }
      : { type: 'none' };
  } catch {
    return { type: 'none' };
  }
}

async function locate({ path: file, offset, length }: MatchPlace): Promise<TextPlace> {
  const handle = await open(file, openFlags);
  try {
    const stream = handle.createReadStream({ highWaterMark: chunkBytes, autoClose: false });
    return await textPlace(stream as AsyncIterable<Uint8Array>, { offset, length });
  } finally {
    await handle.close();
  }
}

function hasChanged(
  place: MatchPlace,
  now: { readonly sizeBytes: number; readonly modifiedAt: number },
): boolean {
  const sizeDiffers = place.sizeBytes !== undefined && place.sizeBytes !== now.sizeBytes;
  const timeDiffers =
    place.modifiedAt !== undefined && Math.abs(place.modifiedAt - now.modifiedAt) > timeStepMs;
  return sizeDiffers || timeDiffers;
}

function openByDefault(file: string): Thenable<unknown> {
  return vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), {
    preview: true,
  } satisfies vscode.TextDocumentShowOptions);
}

function isInWorkspace(file: string): boolean {
  // No address can be made of half a character.
  return file.isWellFormed() && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) !== undefined;
}

function nameOf(file: string): string {
  return plainText(path.basename(file));
}
