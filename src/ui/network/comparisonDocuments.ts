import * as vscode from 'vscode';
import type { NetworkRecord } from '../../services/network/networkRecord';
import type { Disposable } from '../../shared/disposable';
import { ShownDocuments } from '../documents/shownDocuments';
import type { DateTexts } from '../dateTexts';
import { comparisonDocument } from './comparisonDocument';

/** Shows what changed between two scans as documents. */
export class ComparisonDocuments implements Disposable {
  private readonly documents = new ShownDocuments(
    'sentinel-comparison',
    vscode.l10n.t('This comparison was shown in an earlier window and is no longer kept.'),
  );

  constructor(private readonly dates: DateTexts) {}

  async show(before: NetworkRecord, after: NetworkRecord): Promise<void> {
    const name = vscode.l10n.t('Changes in {0}', after.target.replace(/[/\\%]/g, '_').slice(0, 60));
    const text = comparisonDocument(before, after, vscode.l10n.t, this.dates);
    await this.documents.show(this.documents.newAddress(name), text);
  }

  dispose(): void {
    this.documents.dispose();
  }
}
