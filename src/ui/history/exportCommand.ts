import path from 'node:path';
import * as v from 'valibot';
import type { History } from '../../services/history/history';
import type { Task } from '../../services/tasks/task';
import type { Clock } from '../../shared/clock';
import {
  type ExportFormat,
  exportFormats,
  type HistoryExportRequest,
  type HistoryExportResult,
} from '../../shared/history/export';
import type { HistoryFilter } from '../../shared/history/query';
import type { ScanRecord } from '../../shared/scan/record';
import type { NotificationAction, Notifications } from '../notifications';
import type { Choices } from '../panel/metricsPanelModel';
import type { Translate } from '../translate';
import { type ExportKind, exportedText, exportKinds, exportTitle, formatOf } from './exportTexts';
import { type FilterChoice, filterText, historyFilter, isFiltered } from './historyFilter';
import { dayKey } from './historyTexts';

/** The whole of the history or what the filter shows, with how many records that is. */
export interface ExportScopes {
  readonly all: number;
  readonly filtered: number;
  readonly filterText: string;
}

export interface ExportCommandOptions {
  readonly history: Pick<History, 'count'> & {
    export(filter: HistoryFilter, request: HistoryExportRequest, title: string): Task<HistoryExportResult>;
  };
  /** What the tree shows. */
  readonly filterChoice: () => FilterChoice;
  readonly pickScope: (scopes: ExportScopes) => Promise<'all' | 'filtered' | undefined>;
  /** @param last what was chosen the last time */
  readonly pickKind: (last: ExportKind | undefined) => Promise<ExportKind | undefined>;
  /** Asks where; also whether a file that is there shall be replaced. @param suggestion an absolute path */
  readonly askForFile: (
    suggestion: string,
    kind: ExportKind,
  ) => Promise<{ readonly scheme: string; readonly fsPath: string } | undefined>;
  readonly exists: (file: string) => Promise<boolean>;
  /** Where files are suggested until one has been chosen. */
  readonly defaultFolder: () => string;
  readonly openFile: (file: string) => unknown;
  /** Shows it in the system's file manager; absent where that is on another machine. */
  readonly revealFile?: (file: string) => unknown;
  readonly notifications: Pick<Notifications, 'success' | 'info' | 'warning'>;
  /** Keeps the last choices. */
  readonly choices: Choices;
  readonly clock: Pick<Clock, 'now'>;
  readonly sentinelVersion: string;
  readonly t: Translate;
}

const kindKey = 'history.exportKind';
const folderKey = 'history.exportFolder';

/** "Export Scan History": asks what, how and where to, each only where there is a choice, and says when it is done. */
export class ExportCommand {
  constructor(private readonly options: ExportCommandOptions) {}

  /** @returns undefined where nothing was exported; the task's surface tells why it failed */
  async run(): Promise<HistoryExportResult | undefined> {
    const { choices } = this.options;
    const filter = await this.chooseFilter();
    if (filter === undefined) return undefined;
    const last = v.safeParse(v.picklist(exportKinds), choices.get(kindKey));
    const kind = await this.options.pickKind(last.success ? last.output : undefined);
    if (kind === undefined) return undefined;
    void choices.update(kindKey, kind);
    return await this.exportTo(`sentinel-history-${dayKey(this.options.clock.now())}`, kind, filter);
  }

  /** All that is kept of one record, as JSON. @returns as `run` does */
  async runFor({
    id,
    startedAt,
  }: Pick<ScanRecord, 'id' | 'startedAt'>): Promise<HistoryExportResult | undefined> {
    const { history, notifications, t } = this.options;
    if ((await history.count({ id })) === 0) {
      notifications.info(t('This scan is not in the history any more.'));
      return undefined;
    }
    return await this.exportTo(`sentinel-scan-${dayKey(startedAt)}`, 'json', { id });
  }

  /** @param name what the file is called if nobody says otherwise, without its extension */
  private async exportTo(
    name: string,
    kind: ExportKind,
    filter: HistoryFilter,
  ): Promise<HistoryExportResult | undefined> {
    const { history, choices, defaultFolder, notifications, t } = this.options;
    const folder = v.safeParse(v.pipe(v.string(), v.minLength(1)), choices.get(folderKey));
    const suggestion = path.join(
      folder.success ? folder.output : defaultFolder(),
      `${name}.${formatOf(kind)}`,
    );
    const chosen = await this.options.askForFile(suggestion, kind);
    if (chosen === undefined) return undefined;
    if (chosen.scheme !== 'file') {
      notifications.warning(t('The scan history can be exported to files on disk only.'));
      return undefined;
    }
    const file = await this.withExtension(chosen.fsPath, formatOf(kind));
    void choices.update(folderKey, path.dirname(file));

    const request = this.request(file, kind);
    const outcome = await history.export(filter, request, exportTitle(file, t)).outcome;
    if (outcome.status !== 'finished') return undefined;
    notifications.success(exportedText(request, outcome.result, t), ...this.actions(file));
    return outcome.result;
  }

  /** @returns undefined where there is nothing to export, or a person thinks better of it */
  private async chooseFilter(): Promise<HistoryFilter | undefined> {
    const { history, filterChoice, pickScope, notifications, t } = this.options;
    const choice = filterChoice();
    const filter = historyFilter(choice);
    const all = await history.count({});
    if (all === 0) {
      notifications.info(t('The scan history is empty.'));
      return undefined;
    }
    if (!isFiltered(choice)) return {};
    const filtered = await history.count(filter);
    const scope = await pickScope({ all, filtered, filterText: filterText(choice, t) });
    if (scope === undefined) return undefined;
    return scope === 'all' ? {} : filter;
  }

  /** Not every dialog adds it; where it would make another file's name, that file has not been agreed on. */
  private async withExtension(file: string, format: ExportFormat): Promise<string> {
    const extended = `${file}.${format}`;
    return path.extname(file) !== '' || (await this.options.exists(extended)) ? file : extended;
  }

  private request(file: string, kind: ExportKind): HistoryExportRequest {
    const { sentinelVersion } = this.options;
    const format = formatByName(file, kind);
    return { file, format, byteOrderMark: kind === 'csvForExcel', sentinelVersion };
  }

  private actions(file: string): readonly NotificationAction[] {
    const { openFile, revealFile, t } = this.options;
    const open = { label: t('Open'), run: () => openFile(file) };
    return revealFile === undefined ? [open] : [open, { label: t('Reveal'), run: () => revealFile(file) }];
  }
}

/** A name that says another format than was chosen means what it says; SARIF is JSON, and may be called so. */
function formatByName(file: string, kind: ExportKind): ExportFormat {
  const name = path.basename(file).toLowerCase();
  if (name.endsWith('.sarif.json') || (kind === 'sarif' && name.endsWith('.json'))) return 'sarif';
  return exportFormats.find((format) => name.endsWith(`.${format}`)) ?? formatOf(kind);
}
