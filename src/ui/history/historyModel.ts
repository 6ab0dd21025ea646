import * as v from 'valibot';
import type { History } from '../../services/history/history';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { Emitter } from '../../shared/event';
import { type HistoryFilter, type HistoryGrouping, historyGroupingSchema } from '../../shared/history/query';
import type { Logger } from '../../shared/logger';
import type { RecordHead, ScanKind, ScanRecord } from '../../shared/scan/record';
import type { Choices } from '../panel/metricsPanelModel';
import type { Translate } from '../translate';
import type { TreeRow } from '../tree/treeRow';
import type { DateTexts } from '../dateTexts';
import { everything, type FilterChoice, filterText, historyFilter, isFiltered } from './historyFilter';
import { historyItem, recordTooltip } from './historyItem';
import { stateText } from './historyStateTexts';
import { dayKey, recordCount, type Wording } from './historyTexts';
import { type HistoryNode, isMore, type RecordNode } from './historyNodes';
import { HistoryTree } from './historyTree';
import { PacedCalls } from './pacedCalls';

export interface HistoryModelOptions {
  readonly history: Pick<
    History,
    'groups' | 'page' | 'get' | 'watch' | 'state' | 'onStateChanged' | 'onChanged'
  >;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Keeps how the tree is grouped. */
  readonly choices: Choices;
  readonly t: Translate;
  readonly dates: DateTexts;
  /** Whether a target of this kind can be scanned again. */
  readonly canRescan: (kind: ScanKind) => boolean;
}

const groupingKey = 'history.grouping';
/** A scan of many files changes the history many times a second. */
const refreshPeriodMs = 500;
/** Half of the smallest step in which a time is told. */
const timesPeriodMs = 30_000;

/**
 * The history's view without VS Code: nodes, what they say, and what stands above them. While nobody sees it, it asks
 * nothing; afterwards it shows what has changed meanwhile.
 */
export class HistoryModel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly messages = this.store.add(new Emitter<string | undefined>());
  private readonly emptiness = this.store.add(new Emitter<boolean>());
  private readonly filters = this.store.add(new Emitter<FilterChoice>());
  private readonly tree: HistoryTree;
  private readonly refreshing: PacedCalls;
  private choice: FilterChoice = everything;
  private visible = false;
  private failed = false;
  private empty = false;
  private notice: string | undefined;
  private shownMessage: string | undefined;
  /** What there is only while somebody looks: a timer, and a hold of the history. */
  private looking: DisposableStore | undefined;
  private today: string;
  private readonly shownDescriptions = new WeakMap<RecordNode, string | undefined>();

  /** Nodes to be asked for anew; undefined means all. */
  readonly onChanged;
  /** What stands above the tree; undefined is nothing. */
  readonly onMessage = this.messages.event;
  /** Whether the history is known to have no record at all. */
  readonly onEmptyChanged = this.emptiness.event;
  readonly onFilterChanged = this.filters.event;

  constructor(private readonly options: HistoryModelOptions) {
    const { history, clock, choices } = options;
    const kept = v.safeParse(historyGroupingSchema, choices.get(groupingKey));
    this.tree = this.store.add(new HistoryTree(history, kept.success ? kept.output : 'day'));
    this.onChanged = this.tree.onChanged;
    this.today = dayKey(clock.now());
    this.refreshing = this.store.add(
      new PacedCalls(clock, refreshPeriodMs, async () => {
        if (!this.visible) return;
        await this.tree.refresh();
        this.update();
      }),
    );
    const changed = (): void => {
      if (this.visible) this.refreshing.request();
    };
    this.store.add(history.onChanged(changed));
    this.store.add(
      history.onStateChanged(({ type }) => {
        // What could not be read may be there now.
        if (this.failed && type === 'ready') changed();
        this.update();
      }),
    );
  }

  get grouping(): HistoryGrouping {
    return this.tree.grouping;
  }

  get filterChoice(): FilterChoice {
    return this.choice;
  }

  /** What is shown, as the history is asked for it. */
  get filter(): HistoryFilter {
    return this.tree.filter;
  }

  get message(): string | undefined {
    return this.shownMessage;
  }

  /** A sentence about what scans cannot ask now, to stand above the tree; undefined takes it away. */
  setNotice(notice: string | undefined): void {
    this.notice = notice;
    this.update();
  }

  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    this.looking?.dispose();
    this.looking = undefined;
    if (!visible) return;
    const { history, clock } = this.options;
    this.looking = new DisposableStore();
    this.looking.add(history.watch());
    this.looking.add(
      clock.setInterval(() => {
        this.refreshTimes();
      }, timesPeriodMs),
    );
    // What other windows wrote meanwhile, nobody has told.
    this.refreshing.request();
    this.refreshTimes();
  }

  groupBy(grouping: HistoryGrouping): void {
    void this.options.choices.update(groupingKey, grouping);
    this.tree.show(grouping);
  }

  setFilter(choice: FilterChoice): void {
    this.choice = choice;
    this.tree.setFilter(historyFilter(choice));
    this.filters.fire(choice);
  }

  reload(): void {
    this.tree.reload();
  }

  /** @param node that stands for what is left of a group; nothing happens for any other */
  loadMore(node: unknown): void {
    if (isMore(node)) this.tree.more(node);
  }

  /** Of a history that cannot be read there are none, and the message says so. */
  async children(node?: HistoryNode): Promise<readonly HistoryNode[]> {
    try {
      const children = await this.tree.children(node);
      this.failed = false;
      return children;
    } catch (error) {
      this.failed = true;
      this.options.logger.warning(`The history could not be shown: ${String(error)}`);
      return [];
    } finally {
      this.update();
    }
  }

  item(node: HistoryNode): TreeRow {
    const item = historyItem(node, {
      ...this.wording,
      grouping: this.grouping,
      canRescan: this.options.canRescan,
    });
    if (node.type === 'record') this.shownDescriptions.set(node, item.description);
    return item;
  }

  /** The whole record's where it can be had, which takes a moment. */
  async tooltip(node: HistoryNode): Promise<string | undefined> {
    if (node.type !== 'record') return undefined;
    const record = await this.whole(node.record);
    return recordTooltip(record ?? node.record, this.wording);
  }

  dispose(): void {
    this.looking?.dispose();
    this.looking = undefined;
    this.store.dispose();
  }

  private get wording(): Wording {
    const { t, dates, clock } = this.options;
    return { t, dates, nowMs: clock.now() };
  }

  private async whole({ id }: RecordHead): Promise<ScanRecord | undefined> {
    try {
      return await this.options.history.get(id);
    } catch {
      return undefined;
    }
  }

  /** Tells of the records alone whose time reads differently by now; on a new day all days have other names. */
  private refreshTimes(): void {
    const today = dayKey(this.options.clock.now());
    if (today !== this.today) {
      this.today = today;
      this.tree.renew();
      return;
    }
    const { grouping, wording } = this;
    const changed = this.tree.shownRecords.filter(
      (node) =>
        this.shownDescriptions.has(node) &&
        this.shownDescriptions.get(node) !==
          historyItem(node, { ...wording, grouping, canRescan: () => false }).description,
    );
    if (changed.length > 0) this.tree.renew(changed);
  }

  private update(): void {
    this.updateEmptiness();
    const message = this.wordMessage();
    if (message === this.shownMessage) return;
    this.shownMessage = message;
    this.messages.fire(message);
  }

  private updateEmptiness(): void {
    const { matching } = this.tree;
    if (matching === undefined && !this.failed) return;
    const empty = matching === 0 && !this.failed && !isFiltered(this.choice);
    if (empty === this.empty) return;
    this.empty = empty;
    this.emptiness.fire(empty);
  }

  private wordMessage(): string | undefined {
    const { t, history } = this.options;
    const parts = [
      stateText(history.state, t) ??
        (this.failed ? t('The history could not be read. The log says why.') : undefined),
      this.notice,
      isFiltered(this.choice) && !this.failed ? this.wordFilter() : undefined,
    ].filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : parts.join('\n');
  }

  private wordFilter(): string {
    const { t } = this.options;
    const what = filterText(this.choice, t);
    const { matching } = this.tree;
    if (matching === undefined) return what;
    return matching === 0 ? t('No record matches {0}.', what) : t('{0}: {1}', what, recordCount(matching, t));
  }
}
