import * as vscode from 'vscode';
import type { CopiedThing } from '../../shared/protocol/report';
import type { Notifications } from '../notifications';
import { FileOpener } from './openFile';
import type { ReportActions } from './reportActions';

/** What reports do in a running VS Code. */
export function createEditorActions(notifications: Pick<Notifications, 'info' | 'warning'>): ReportActions {
  const files = new FileOpener(notifications);
  return {
    openFile: (path) => files.openFile(path),
    canReveal: (path) => files.canReveal(path),
    reveal: (path) => files.reveal(path),
    openMatch: (place) => files.openMatch(place),
    // VS Code asks before it opens an address that it does not know.
    openReference: (address) => vscode.env.openExternal(vscode.Uri.parse(address, true)),
    copy: async (text, what) => {
      await vscode.env.clipboard.writeText(text);
      vscode.window.setStatusBarMessage(`$(check) ${copiedText(what)}`, 2_000);
    },
  };
}

function copiedText(what: CopiedThing): string {
  const { t } = vscode.l10n;
  switch (what) {
    case 'target':
      return t('Copied the target');
    case 'report':
      return t('Copied the report');
    case 'sha256':
      return t('Copied {0}', 'SHA-256');
    case 'sha1':
      return t('Copied {0}', 'SHA-1');
    case 'md5':
      return t('Copied {0}', 'MD5');
  }
}
