import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable';

const scheme = 'sentinel-self-test';

/** Shows what came of the latest self-test as a document that cannot be changed. */
export class SelfTestDocuments implements Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  private text: string | undefined;
  /** The last part of the path is what the tab says. */
  private readonly uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Sentinel Self-Test')}` });

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: () =>
        this.text ?? vscode.l10n.t('This self-test was shown in an earlier window and is no longer kept.'),
    });
  }

  async show(text: string): Promise<void> {
    this.text = text;
    this.changed.fire(this.uri);
    const document = await vscode.workspace.openTextDocument(this.uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
