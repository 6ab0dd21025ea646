import * as v from 'valibot';
import type { EventsService } from '../../services/events/eventsService';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { EventsProblem } from '../../shared/events/eventsReading';
import type { SystemEvent } from '../../shared/events/systemEvent';
import { Emitter } from '../../shared/event';
import { formatInteger } from '../../shared/presentation/format';
import { plainText } from '../../shared/presentation/plainText';
import type { DateTexts } from '../dateTexts';
import type { Choices } from '../panel/metricsPanelModel';
import type { Translate } from '../translate';
import type { TreeRow } from '../tree/treeRow';
import { eventItem, eventTooltip } from './eventItem';
import { allEvents, eventMatcher, type EventsFilter, filterLabel, isFiltered } from './eventsFilter';
import { eventCount, problemText } from './eventsTexts';
import { type EventGrouping, eventGroupings, type EventsNode, EventsTree, isMoreEvents } from './eventsTree';

export interface EventsModelOptions {
  readonly service: Pick<EventsService, 'load' | 'cancel' | 'follow' | 'canFollow'>;
  readonly clock: Clock;
  readonly maxCount: () => number;
  /** Keeps how the tree is grouped. */
  readonly choices: Choices;
  readonly t: Translate;
  readonly dates: DateTexts;
}

/** What the view's title and menus depend on. */
export interface EventsViewState {
  readonly grouping: EventGrouping;
  readonly isFiltered: boolean;
  readonly isFollowing: boolean;
  readonly canFollow: boolean;
}

const groupingKey = 'events.grouping';
/** Half of the smallest step in which a time is told. */
const timesPeriodMs = 30_000;
/** When the view is shown again, what was read is read anew if it is older. */
const staleMs = 60_000;

/**
 * "System Events" without VS Code. While nobody looks, nothing runs: the log is read when the view is first seen, and
 * what tells of new events ends with the look at it.
 */
export class EventsModel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<readonly EventsNode[] | undefined>());
  private readonly messages = this.store.add(new Emitter<string>());
  private readonly states = this.store.add(new Emitter<EventsViewState>());
  private readonly tree = new EventsTree();
  private events: readonly SystemEvent[] = [];
  private matching: readonly SystemEvent[] = [];
  private problems: readonly EventsProblem[] = [];
  private skipped = 0;
  private readAt: number | undefined;
  private loading: Promise<void> | undefined;
  private choice: EventsFilter = allEvents;
  private matches: (event: SystemEvent) => boolean = () => true;
  private by: EventGrouping;
  private visible = false;
  private wantsFollow = false;
  private following: Disposable | undefined;
  private ticking: Disposable | undefined;
  private shownMessage = '';

  /** Nodes to be asked for anew; undefined means all. */
  readonly onChanged = this.changes.event;
  readonly onMessage = this.messages.event;
  readonly onStateChanged = this.states.event;

  constructor(private readonly options: EventsModelOptions) {
    const kept = v.safeParse(v.picklist(eventGroupings), options.choices.get(groupingKey));
    this.by = kept.success ? kept.output : 'level';
  }

  get state(): EventsViewState {
    return {
      grouping: this.by,
      isFiltered: isFiltered(this.choice),
      isFollowing: this.wantsFollow,
      canFollow: this.options.service.canFollow,
    };
  }

  get filter(): EventsFilter {
    return this.choice;
  }

  /** What the filter lets through, the newest first. */
  get shownEvents(): readonly SystemEvent[] {
    return this.matching;
  }

  get message(): string {
    return this.shownMessage;
  }

  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    this.ticking?.dispose();
    this.ticking = undefined;
    if (!visible) {
      this.options.service.cancel();
      this.updateFollowing();
      return;
    }
    const { clock } = this.options;
    this.ticking = clock.setInterval(() => {
      this.changes.fire(undefined);
    }, timesPeriodMs);
    if (this.readAt === undefined || clock.now() - this.readAt > staleMs) void this.refresh();
    else this.updateFollowing();
  }

  /** Reads the log anew; what is shown stays until then. */
  async refresh(): Promise<void> {
    this.loading ??= this.load();
    await this.loading;
  }

  /** Ends a reading that takes too long for whoever waits; what was read is shown. */
  cancel(): void {
    this.options.service.cancel();
  }

  groupBy(grouping: EventGrouping): void {
    void this.options.choices.update(groupingKey, grouping);
    this.by = grouping;
    this.update();
  }

  setFilter(filter: EventsFilter): void {
    this.choice = filter;
    this.matches = remembering(eventMatcher(filter, this.options.t));
    this.update();
  }

  setFollowing(follow: boolean): void {
    this.wantsFollow = follow && this.options.service.canFollow;
    this.updateFollowing();
    this.states.fire(this.state);
    this.updateMessage();
  }

  loadMore(node: unknown): void {
    if (!isMoreEvents(node)) return;
    this.tree.more(node);
    this.changes.fire(undefined);
  }

  /** Settles with what is there; while the log is read for the first time, when that is done. */
  async children(node?: EventsNode): Promise<readonly EventsNode[]> {
    if (node === undefined) {
      if (this.readAt === undefined) await this.loading;
      return this.tree.roots();
    }
    return node.type === 'group' ? this.tree.children(node) : [];
  }

  item(node: EventsNode): TreeRow {
    const { t, dates, clock } = this.options;
    return eventItem(node, this.by, { t, dates, nowMs: clock.now() });
  }

  tooltip(node: EventsNode): string | undefined {
    const { t, dates, clock } = this.options;
    return node.type === 'event' ? eventTooltip(node.event, { t, dates, nowMs: clock.now() }) : undefined;
  }

  dispose(): void {
    this.visible = false;
    this.ticking?.dispose();
    this.following?.dispose();
    this.following = undefined;
    this.options.service.cancel();
    this.store.dispose();
  }

  private async load(): Promise<void> {
    const { service, t } = this.options;
    // What tells of new events goes on from the newest that was read.
    this.stopFollowing();
    const reading = await service.load(t('Reading system events'));
    this.loading = undefined;
    // Nobody waits any more for what ended with the look at the view; the next look reads anew.
    const isGivenUp = !this.visible && reading.problems.some(({ type }) => type === 'cancelled');
    this.events = reading.events;
    this.problems = reading.problems;
    this.skipped = 0;
    this.readAt = isGivenUp ? undefined : reading.readAt;
    this.update();
    this.updateFollowing();
  }

  private updateFollowing(): void {
    const should = this.wantsFollow && this.visible && this.loading === undefined;
    if (!should) this.stopFollowing();
    else this.following ??= this.follow();
  }

  private stopFollowing(): void {
    this.following?.dispose();
    this.following = undefined;
  }

  private follow(): Disposable {
    return this.options.service.follow(this.events[0], {
      onEvents: (events, skipped) => {
        this.add(events, skipped);
      },
      onEnded: (problem) => {
        this.following = undefined;
        this.problems = [...this.problems, problem];
        this.setFollowing(false);
      },
    });
  }

  private add(events: readonly SystemEvent[], skipped: number): void {
    const known = new Set(this.events.slice(0, 1_000).map(({ id }) => id));
    const fresh = events.filter(({ id }) => id === undefined || !known.has(id));
    this.events = [...fresh, ...this.events]
      .sort((one, other) => other.timestamp - one.timestamp)
      .slice(0, this.options.maxCount());
    this.problems = this.problems.filter(({ type }) => type !== 'empty');
    this.skipped += skipped;
    this.update();
  }

  private update(): void {
    this.matching = isFiltered(this.choice) ? this.events.filter(this.matches) : this.events;
    const opensAll = isFiltered(this.choice) && this.matching.length <= 50;
    this.tree.show(this.matching, this.by, opensAll);
    this.updateMessage();
    this.states.fire(this.state);
    this.changes.fire(undefined);
  }

  private updateMessage(): void {
    const { t } = this.options;
    const problems: EventsProblem[] = [...this.problems];
    if (this.skipped > 0) problems.push({ type: 'skipped', count: this.skipped });
    const lines = problems.map((problem) => problemText(problem, t));
    if (isFiltered(this.choice) && this.events.length > 0) {
      const what = plainText(filterLabel(this.choice, t));
      lines.push(
        this.matching.length === 0
          ? t('No event of {0} matches {1}.', formatInteger(this.events.length), what)
          : t(
              '{0}: {1} of {2}',
              what,
              formatInteger(this.matching.length),
              eventCount(this.events.length, t),
            ),
      );
    }
    if (this.wantsFollow) lines.push(t('New events appear as they come.'));
    const message = lines.join('\n');
    if (message === this.shownMessage) return;
    this.shownMessage = message;
    this.messages.fire(message);
  }
}

/** Thousands of events are not looked at again with each that comes after them. */
function remembering(matches: (event: SystemEvent) => boolean): (event: SystemEvent) => boolean {
  const known = new WeakMap<SystemEvent, boolean>();
  return (event) => {
    const answer = known.get(event) ?? matches(event);
    known.set(event, answer);
    return answer;
  };
}
