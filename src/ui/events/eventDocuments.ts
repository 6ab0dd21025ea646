import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable';
import type { SystemEvent } from '../../shared/events/systemEvent';
import { ShownDocuments } from '../documents/shownDocuments';
import type { DateTexts } from '../dateTexts';
import { eventDocument } from './eventDocument';
import { sourceLabel } from './eventsTexts';

/** Shows events as documents, each in one of its own. */
export class EventDocuments implements Disposable {
  private readonly documents = new ShownDocuments(
    'sentinel-event',
    vscode.l10n.t('This event was shown in an earlier window and is no longer kept.'),
  );
  private readonly addresses = new WeakMap<SystemEvent, vscode.Uri>();

  constructor(private readonly dates: DateTexts) {}

  async show(event: SystemEvent): Promise<void> {
    const address = this.addresses.get(event) ?? this.documents.newAddress(this.nameOf(event));
    this.addresses.set(event, address);
    await this.documents.show(address, eventDocument(event, vscode.l10n.t, this.dates));
  }

  dispose(): void {
    this.documents.dispose();
  }

  private nameOf(event: SystemEvent): string {
    const source = sourceLabel(event.source, vscode.l10n.t)
      .replace(/[^\p{L}\p{N}._ -]/gu, '_')
      .slice(0, 40);
    const time = this.dates.time(event.timestamp).replaceAll('/', '-');
    return vscode.l10n.t('Event of {0} at {1}', source, time);
  }
}
