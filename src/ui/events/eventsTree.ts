import { type EventLevel, eventLevels, type SystemEvent } from '../../shared/events/systemEvent';

export const eventGroupings = ['level', 'source'] as const;
export type EventGrouping = (typeof eventGroupings)[number];

export interface EventGroupNode {
  readonly type: 'group';
  readonly id: string;
  /** A level, or a source. */
  readonly key: string;
  readonly count: number;
  /** Of its events, the gravest level. */
  readonly level: EventLevel;
  readonly openAtFirst: boolean;
}

export interface EventNode {
  readonly type: 'event';
  readonly id: string;
  readonly event: SystemEvent;
}

/** Stands for what is not shown yet. */
export interface MoreEventsNode {
  readonly type: 'more';
  readonly id: string;
  readonly group: string;
  readonly remaining: number;
}

export type EventsNode = EventGroupNode | EventNode | MoreEventsNode;

/** Rows of a group that are shown at first, and each time more are asked for. */
const pageEvents = 100;

/** The rows of a list of events: groups, and of each that is opened a page. */
export class EventsTree {
  private readonly groups = new Map<string, SystemEvent[]>();
  private readonly wanted = new Map<string, number>();
  private readonly ids = new WeakMap<SystemEvent, string>();
  private readonly nodes = new WeakMap<SystemEvent, EventNode>();
  private lastNumber = 0;
  private by: EventGrouping = 'level';
  private opensAll = false;

  /** @param events the newest first @param opensAll whether every group is open at first */
  show(events: readonly SystemEvent[], by: EventGrouping, opensAll: boolean): void {
    if (by !== this.by) this.wanted.clear();
    this.by = by;
    this.opensAll = opensAll;
    this.groups.clear();
    for (const event of events) {
      const key = by === 'level' ? event.level : event.source;
      const group = this.groups.get(key);
      if (group === undefined) this.groups.set(key, [event]);
      else group.push(event);
    }
  }

  roots(): readonly EventGroupNode[] {
    const keys = [...this.groups.keys()];
    if (this.by === 'level') keys.sort((one, other) => rank(one) - rank(other));
    else keys.sort((one, other) => one.localeCompare(other));
    return keys.map((key, index) => {
      const events = this.groups.get(key) ?? [];
      const gravest = Math.min(...new Set(events.map(({ level }) => eventLevels.indexOf(level))));
      return {
        type: 'group',
        // Others than without a filter, so that they open by themselves: what was looked for shall be seen.
        id: `${this.by}${this.opensAll ? '?' : ''}/${key}`,
        key,
        count: events.length,
        level: eventLevels[gravest] ?? 'info',
        openAtFirst: this.opensAll || (this.by === 'level' && index === 0),
      };
    });
  }

  children({ id, key }: EventGroupNode): readonly EventsNode[] {
    const events = this.groups.get(key) ?? [];
    const shown = this.wanted.get(key) ?? pageEvents;
    const rows: EventsNode[] = events.slice(0, shown).map((event) => this.nodeOf(event));
    const remaining = events.length - shown;
    if (remaining > 0) rows.push({ type: 'more', id: `${id}/more`, group: key, remaining });
    return rows;
  }

  more({ group }: MoreEventsNode): void {
    this.wanted.set(group, (this.wanted.get(group) ?? pageEvents) + pageEvents);
  }

  /** Events keep their rows, and with them a person's selection. */
  private nodeOf(event: SystemEvent): EventNode {
    const known = this.nodes.get(event);
    if (known?.id.startsWith(`${this.by}:`) === true) return known;
    const id = this.ids.get(event) ?? String(++this.lastNumber);
    this.ids.set(event, id);
    const node: EventNode = { type: 'event', id: `${this.by}:${id}`, event };
    this.nodes.set(event, node);
    return node;
  }
}

function rank(level: string): number {
  return eventLevels.findIndex((each) => each === level);
}

/** Nodes come back from VS Code as the objects that it was given. */
export function isEventNode(node: unknown): node is EventNode {
  return typeOf(node) === 'event';
}

export function isMoreEvents(node: unknown): node is MoreEventsNode {
  return typeOf(node) === 'more';
}

function typeOf(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'type' in node ? node.type : undefined;
}
