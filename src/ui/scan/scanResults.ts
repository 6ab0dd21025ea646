import { oneLine, plainText } from '../../shared/presentation/plainText';
import type { ScanRecord } from '../../shared/scan/record';
import { isWorse, type Verdict } from '../../shared/scan/verdict';
import type { NotificationAction, Notifications } from '../notifications';
import type { Translate } from '../translate';

export interface ScanResultsOptions {
  readonly notifications: Pick<Notifications, 'success' | 'warning' | 'error'>;
  readonly openReport: (record: ScanRecord) => unknown;
  readonly showHistory: () => unknown;
  readonly t: Translate;
}

/** What a toast has room for. */
const longestSummary = 400;

/** Says in one toast what scans have come to, with the way to the evidence. */
export class ScanResults {
  constructor(private readonly options: ScanResultsOptions) {}

  tell(records: readonly ScanRecord[]): void {
    const { t, openReport, showHistory } = this.options;
    const [first] = records;
    if (first === undefined) return;
    const worst = records.reduce((one, other) => (isWorse(rank(other), rank(one)) ? other : one), first);
    const open: NotificationAction = { label: t('Open Report'), run: () => openReport(worst) };
    if (records.length === 1) {
      this.show(worst, [open]);
      return;
    }
    const history: NotificationAction = { label: t('Show History'), run: showHistory };
    this.show(worst, [open, history], t('{0} targets were scanned. The gravest answer:', records.length));
  }

  private show(record: ScanRecord, actions: readonly NotificationAction[], before = ''): void {
    const { notifications, t } = this.options;
    // A rule's own words are in it.
    const said = t('{0}: {1}', plainText(nameOf(record)), plainText(record.summary, longestSummary));
    const message = before === '' ? said : `${before} ${said}`;
    switch (rank(record)) {
      case 'malicious':
        notifications.error(message, ...actions);
        break;
      case 'suspicious':
      case 'error':
      case 'unknown':
        notifications.warning(message, ...actions);
        break;
      case 'noThreatFound':
        notifications.success(message, ...actions);
        break;
    }
  }
}

/** A scan without a verdict did not come to its end. */
function rank({ verdict }: ScanRecord): Verdict {
  return verdict ?? 'unknown';
}

/** Of a file its name; of a link all of it, since what matters may stand anywhere. */
function nameOf({ kind, target }: ScanRecord): string {
  return kind === 'url' ? oneLine(target, 80) : baseName(target);
}

function baseName(target: string): string {
  const parts = target.split(/[/\\]/).filter((part) => part !== '');
  return parts.at(-1) ?? target;
}
