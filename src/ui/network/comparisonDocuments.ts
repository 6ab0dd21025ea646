import * as vscode from 'vscode';
import type { NetworkRecord } from '../../services/network/networkRecord';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { DateTexts } from '../history/dateTexts';
import { comparisonDocument } from './comparisonDocument';

const scheme = 'sentinel-comparison';

/** Shows what changed between two scans in a document that cannot be changed. */
export class ComparisonDocuments implements Disposable {
  private readonly store = new DisposableStore();
  private readonly texts = new Map<string, string>();
  private lastNumber = 0;

  constructor(private readonly dates: DateTexts) {
    const { t } = vscode.l10n;
    this.store.add(
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) =>
          this.texts.get(uri.toString()) ??
          t('This comparison was shown in an earlier window and is no longer kept.'),
      }),
    );
    this.store.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.texts.delete(uri.toString());
      }),
    );
  }

  async show(before: NetworkRecord, after: NetworkRecord): Promise<void> {
    const name = vscode.l10n.t('Changes in {0}', after.target.replace(/[/\\%]/g, '_').slice(0, 60));
    const uri = vscode.Uri.from({ scheme, path: `/${++this.lastNumber}/${name}` });
    this.texts.set(uri.toString(), comparisonDocument(before, after, vscode.l10n.t, this.dates));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.store.dispose();
    this.texts.clear();
  }
}
