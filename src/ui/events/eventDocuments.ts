import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { SystemEvent } from '../../shared/events/systemEvent';
import type { DateTexts } from '../history/dateTexts';
import { eventDocument } from './eventDocument';
import { sourceLabel } from './eventsTexts';

const scheme = 'sentinel-event';

/** Shows events as documents that cannot be changed. Each is kept as long as its document is open. */
export class EventDocuments implements Disposable {
  private readonly store = new DisposableStore();
  private readonly texts = new Map<string, string>();
  private readonly addresses = new WeakMap<SystemEvent, vscode.Uri>();
  private lastNumber = 0;

  constructor(private readonly dates: DateTexts) {
    const { t } = vscode.l10n;
    this.store.add(
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) =>
          this.texts.get(uri.toString()) ??
          t('This event was shown in an earlier window and is no longer kept.'),
      }),
    );
    this.store.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.texts.delete(uri.toString());
      }),
    );
  }

  async show(event: SystemEvent): Promise<void> {
    const uri = this.addresses.get(event) ?? this.addressOf(event);
    this.addresses.set(event, uri);
    this.texts.set(uri.toString(), eventDocument(event, vscode.l10n.t, this.dates));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.store.dispose();
    this.texts.clear();
  }

  /** The last part of the path is what the tab says. */
  private addressOf(event: SystemEvent): vscode.Uri {
    const source = sourceLabel(event.source, vscode.l10n.t)
      .replace(/[^\p{L}\p{N}._ -]/gu, '_')
      .slice(0, 40);
    const time = this.dates.time(event.timestamp).replaceAll('/', '-');
    const path = `/${++this.lastNumber}/${vscode.l10n.t('Event of {0} at {1}', source, time)}`;
    return vscode.Uri.from({ scheme, path });
  }
}
