import type { History } from '../../services/history/history';
import type { ScanRecord } from '../../shared/scan/record';
import { plainText } from '../../shared/presentation/plainText';
import type { Notifications } from '../notifications';
import type { Translate } from '../translate';
import { recordCount, shortTarget } from './historyTexts';
import type { RecordNode } from './historyNodes';
import type { Rescanners } from './rescanners';

export interface HistoryActionsOptions {
  readonly history: Pick<History, 'get' | 'remove' | 'count' | 'clear'>;
  readonly rescanners: Pick<Rescanners, 'rescan'>;
  readonly openReport: (record: ScanRecord) => unknown;
  readonly notifications: Pick<Notifications, 'info'>;
  readonly t: Translate;
  readonly writeClipboard: (text: string) => PromiseLike<void>;
  /** Says in passing that something was done. */
  readonly mention: (text: string) => void;
  /** Asks, in front of everything, whether to go on; `action` is the button that says yes. */
  readonly confirm: (question: string, detail: string, action: string) => Promise<boolean>;
}

/** Each is an editor tab with a document of its own. */
const mostReports = 10;

/** What a person can do with records. */
export class HistoryActions {
  constructor(private readonly options: HistoryActionsOptions) {}

  async open(records: readonly RecordNode[]): Promise<void> {
    const { history, notifications, openReport, t } = this.options;
    if (records.length > mostReports) {
      notifications.info(t('Choose at most {0} records to open their reports.', mostReports));
      return;
    }
    for (const { record } of records) {
      const whole = await history.get(record.id);
      if (whole === undefined)
        notifications.info(t('{0} is not in the history any more.', nameOf({ record })));
      else await openReport(whole);
    }
  }

  /** Targets, and not records: one that was scanned five times is scanned once more. */
  async rescan(records: readonly RecordNode[]): Promise<void> {
    const { rescanners, notifications, t } = this.options;
    const targets = new Map(records.map(({ record }) => [`${record.kind} ${record.target}`, record]));
    for (const record of targets.values()) {
      const known = await rescanners.rescan(record);
      if (!known) notifications.info(t('{0} cannot be scanned again from here.', nameOf({ record })));
    }
  }

  /** As they are, one a line. */
  async copyTargets(records: readonly RecordNode[]): Promise<void> {
    await this.copy(
      records.map(({ record }) => record.target),
      this.options.t('Copied the target'),
    );
  }

  async copyHashes(records: readonly RecordNode[]): Promise<void> {
    await this.copy(
      records.flatMap(({ record: { sha256 } }) => (sha256 === undefined ? [] : [sha256])),
      this.options.t('Copied SHA-256'),
    );
  }

  /** Asks where it is about more than one: a click too many must not cost a page of answers. */
  async remove(records: readonly RecordNode[]): Promise<void> {
    const { history, confirm, t } = this.options;
    if (records.length === 0) return;
    if (records.length > 1) {
      const question = t('Delete {0} of the scan history?', recordCount(records.length, t));
      if (!(await confirm(question, irrevocable(t), t('Delete')))) return;
    }
    await history.remove(records.map(({ record }) => record.id));
  }

  async clear(): Promise<void> {
    const { history, confirm, notifications, t } = this.options;
    const count = await history.count({});
    if (count === 0) {
      notifications.info(t('The scan history is empty.'));
      return;
    }
    const question = t('Delete the whole scan history, {0}?', recordCount(count, t));
    if (await confirm(question, irrevocable(t), t('Delete All'))) await history.clear();
  }

  private async copy(texts: readonly string[], mention: string): Promise<void> {
    if (texts.length === 0) return;
    await this.options.writeClipboard([...new Set(texts)].join('\n'));
    this.options.mention(mention);
  }
}

function nameOf({ record }: Pick<RecordNode, 'record'>): string {
  return plainText(shortTarget(record));
}

function irrevocable(t: Translate): string {
  return t('This cannot be undone, and takes effect in every window. Files are not touched.');
}
