import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable';
import { ShownDocuments } from '../documents/shownDocuments';

/** Shows what came of the latest self-test as a document. */
export class SelfTestDocuments implements Disposable {
  private readonly documents = new ShownDocuments(
    'sentinel-self-test',
    vscode.l10n.t('This self-test was shown in an earlier window and is no longer kept.'),
  );
  private readonly address = this.documents.newAddress(vscode.l10n.t('Sentinel Self-Test'));

  show(text: string): Promise<void> {
    return this.documents.show(this.address, text);
  }

  dispose(): void {
    this.documents.dispose();
  }
}
