import type { History } from '../../services/history/history';
import type { QuarantineService } from '../../services/quarantine/quarantineService';
import type { Task } from '../../services/tasks/task';
import type { MoveResult, RestoreResult } from '../../shared/protocol/quarantineWorker';
import type { QuarantineItem, QuarantineRecord } from '../../shared/quarantine/quarantineRecord';
import type { ScanRecord } from '../../shared/scan/record';
import type { NotificationAction, Notifications } from '../notifications';
import type { Translate } from '../translate';
import { moveAllDetail, moveDetail, nameOf, placeOf, refusalText } from './quarantineTexts';
import { type Suspect, suspectOf } from './suspect';

export const itemActions = ['restore', 'remove', 'copyHash', 'openReport'] as const;
export type ItemAction = (typeof itemActions)[number];

export interface QuarantineActionsOptions {
  readonly quarantine: Pick<QuarantineService, 'move' | 'restore' | 'remove' | 'list'>;
  readonly history: Pick<History, 'get'>;
  readonly openReport: (record: ScanRecord) => unknown;
  readonly notifications: Pick<Notifications, 'success' | 'info' | 'warning'>;
  readonly t: Translate;
  /** Asks, in front of everything, whether to go on; `action` is the button that says yes. */
  readonly confirm: (question: string, detail: string, action: string) => Promise<boolean>;
  /** Shows what there is. @returns what a person chose to do, and with which */
  readonly pickItem: (
    items: readonly QuarantineItem[],
  ) => Promise<{ readonly item: QuarantineItem; readonly action: ItemAction } | undefined>;
  /** @returns those that a person chose */
  readonly pickSuspects: (suspects: readonly Suspect[]) => Promise<readonly Suspect[] | undefined>;
  /** @returns an absolute path */
  readonly askForPlace: (suggestion: string) => Promise<string | undefined>;
  readonly isUnsaved: (file: string) => boolean;
  /** @returns when it was last written, in milliseconds since 1970; undefined where that cannot be had */
  readonly modifiedAt: (file: string) => Promise<number | undefined>;
  readonly copy: (text: string) => PromiseLike<void>;
  /** Says in passing that something was done. */
  readonly mention: (text: string) => void;
  readonly onMoved: (file: string) => void;
}

/** What a person can do with the quarantine. Nothing moves without being asked about. */
export class QuarantineActions {
  private readonly showAction: NotificationAction;

  constructor(private readonly options: QuarantineActionsOptions) {
    this.showAction = { label: options.t('Show Quarantine'), run: () => this.show() };
  }

  /**
   * Several are asked about once; those of them that are not as they were scanned, one by one.
   * @returns what became of each that a person wanted to move
   */
  async move(suspects: readonly Suspect[]): Promise<readonly MoveResult[]> {
    const { confirm, t } = this.options;
    const isSeveral = suspects.length > 1;
    if (isSeveral) {
      const question = t('Move {0} files to the quarantine?', suspects.length);
      const detail = moveAllDetail(
        suspects.map(({ path }) => path),
        t,
      );
      if (!(await confirm(question, detail, t('Move to Quarantine')))) return [];
    }
    const results: MoveResult[] = [];
    for (const suspect of suspects) {
      const result = await this.moveOne(suspect, isSeveral);
      if (result !== undefined) results.push(result);
    }
    return results;
  }

  /** Of a folder, a person chooses among the files that speak against it. */
  async moveScanned(record: ScanRecord): Promise<readonly MoveResult[]> {
    const suspects = suspectsOf(record);
    const chosen = suspects.length > 1 ? await this.options.pickSuspects(suspects) : suspects;
    return this.move(chosen ?? []);
  }

  /** The list of what is in the quarantine, until nothing is chosen from it. */
  async show(): Promise<void> {
    const { quarantine, notifications, pickItem, t } = this.options;
    for (;;) {
      const outcome = await quarantine.list().outcome;
      if (outcome.status !== 'finished') return;
      if (outcome.result.length === 0) {
        notifications.info(
          t('The quarantine is empty. A report of a file that alarms offers to move it there.'),
        );
        return;
      }
      const picked = await pickItem(outcome.result);
      if (picked === undefined || !(await this.act(picked.item, picked.action))) return;
    }
  }

  private async moveOne(suspect: Suspect, isConfirmed: boolean): Promise<MoveResult | undefined> {
    const { quarantine, confirm, isUnsaved, notifications, onMoved, t } = this.options;
    const { path: file, sha256, reason } = suspect;
    const name = nameOf(file);
    const notes = { isChanged: await this.isChanged(suspect), isUnsaved: isUnsaved(file) };
    if (!isConfirmed || notes.isChanged || notes.isUnsaved) {
      const question = t('Move {0} to the quarantine?', name);
      if (!(await confirm(question, moveDetail(file, notes, t), t('Move to Quarantine')))) return undefined;
    }
    const request = {
      path: file,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(reason === undefined ? {} : { reason }),
    };
    let result = await resultOf(quarantine.move(request));
    if (result?.status === 'refused' && result.reason === 'hardLinked') {
      const question = t('Move this name of {0} alone?', name);
      const others = t(
        'The file system knows the same content under {0} other names. They stay, and still lead to it.',
        result.otherNames ?? 1,
      );
      if (!(await confirm(question, others, t('Move This Name')))) return result;
      result = await resultOf(quarantine.move({ ...request, leavesOtherNames: true }));
    }
    if (result === undefined) return undefined;
    if (result.status === 'refused') {
      notifications.warning(refusalText(file, result, t), this.showAction);
      return result;
    }
    const { record } = result;
    onMoved(file);
    notifications.success(
      t('{0} is in the quarantine now.', name),
      { label: t('Restore…'), run: () => this.restore(record) },
      this.showAction,
    );
    return result;
  }

  /** What was not scanned shall not be moved in the belief that it was. */
  private async isChanged({ path: file, sha256, scannedAt }: Suspect): Promise<boolean> {
    if (sha256 !== undefined || scannedAt === undefined) return false;
    return ((await this.options.modifiedAt(file)) ?? 0) > scannedAt;
  }

  /** @returns whether to go on with the list */
  private async act(item: QuarantineItem, action: ItemAction): Promise<boolean> {
    const { record } = item;
    switch (action) {
      case 'remove':
        return this.remove(item);
      case 'restore':
        if (record !== undefined) await this.restore(record);
        return false;
      case 'copyHash':
        if (record !== undefined) {
          await this.options.copy(record.sha256);
          this.options.mention(this.options.t('Copied SHA-256'));
        }
        return true;
      case 'openReport':
        await this.openReport(record?.reason?.recordId);
        return false;
    }
  }

  private async restore(record: QuarantineRecord): Promise<RestoreResult | undefined> {
    const { quarantine, confirm, notifications, t } = this.options;
    const { origin } = record;
    const name = nameOf(origin);
    const question = t('Restore {0}?', name);
    const detail = [
      t('It comes back to {0}: what spoke against it still does.', placeOf(origin)),
      t(
        'Access lists and extended attributes, such as the mark of a download, do not come back: look at who may use it.',
      ),
    ].join('\n\n');
    if (!(await confirm(question, detail, t('Restore')))) return undefined;
    let target: string | undefined;
    for (;;) {
      const result = await resultOf(quarantine.restore(record, target));
      if (result === undefined) return undefined;
      if (result.status === 'restored') {
        this.tellRestored(result);
        return result;
      }
      const text = refusalText(target ?? origin, result, t);
      const isPlace = placeRefusals.includes(result.reason);
      if (!isPlace || !(await confirm(text, t('Choose another place for it.'), t('Choose Place…')))) {
        notifications.warning(text, this.showAction);
        return result;
      }
      target = await this.options.askForPlace(target ?? origin);
      if (target === undefined) return result;
    }
  }

  private tellRestored({
    path: file,
    ownerRestored,
    record,
  }: Extract<RestoreResult, { status: 'restored' }>): void {
    const { notifications, t } = this.options;
    const restored = t('{0} is back in {1}.', nameOf(file), placeOf(file));
    const notes = [
      ...(ownerRestored ? [] : [t('It belongs to you now, since only an administrator may give it back.')]),
      ...(record.otherNames === undefined ? [] : [t('It is a file of its own, apart from its other names.')]),
    ];
    notifications.success([restored, ...notes].join(' '));
  }

  private async remove(item: QuarantineItem): Promise<boolean> {
    const { quarantine, confirm, notifications, t } = this.options;
    const id = item.type === 'damaged' ? item.id : item.record.id;
    const origin = item.record?.origin ?? id;
    const question = t('Delete {0} for good?', nameOf(origin));
    const detail = t('The quarantine holds the only copy that Sentinel knows of. This cannot be undone.');
    if (!(await confirm(question, detail, t('Delete for Good')))) return true;
    const result = await resultOf(quarantine.remove(id, origin));
    if (result?.status === 'refused') notifications.warning(refusalText(origin, result, t));
    else if (result !== undefined) this.options.mention(t('Deleted {0}', nameOf(origin)));
    return true;
  }

  private async openReport(recordId: string | undefined): Promise<void> {
    const { history, openReport, notifications, t } = this.options;
    const record = recordId === undefined ? undefined : await history.get(recordId);
    if (record === undefined) notifications.info(t('The scan is not in the history any more.'));
    else await openReport(record);
  }
}

/** Those that another place helps against. */
const placeRefusals: readonly string[] = [
  'nameTaken',
  'folderGone',
  'folderElsewhere',
  'notWritable',
  'diskFull',
  'vanished',
];

/** The files that speak against the target of a scan; the target itself where it is one. */
function suspectsOf(record: ScanRecord): readonly Suspect[] {
  const { kind, findings, target } = record;
  if (kind === 'file') return [suspectOf(record)];
  const whole = suspectOf(record);
  const paths = findings.filter(({ weight }) => weight !== 'informational').map(({ path }) => path ?? target);
  return [...new Set(paths)].map((path) => ({
    ...whole,
    path,
    // When the file itself was read is not known.
    scannedAt: record.startedAt,
    reason: { ...whole.reason, summary: titlesOf(record, path) },
  }));
}

function titlesOf({ findings, target }: ScanRecord, path: string): string {
  const titles = findings.filter((finding) => (finding.path ?? target) === path).map(({ title }) => title);
  return [...new Set(titles)].join(', ').slice(0, 2_000);
}

/** @returns undefined when it was cancelled or failed, which the surface of tasks tells */
async function resultOf<T>(task: Task<T>): Promise<T | undefined> {
  const outcome = await task.outcome;
  return outcome.status === 'finished' ? outcome.result : undefined;
}
