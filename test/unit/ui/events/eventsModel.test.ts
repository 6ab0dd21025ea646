import assert from 'node:assert/strict';
import type { FollowListener } from '../../../../src/services/events/eventFollower';
import type { EventsReading } from '../../../../src/shared/events/eventsReading';
import type { SystemEvent } from '../../../../src/shared/events/systemEvent';
import { toDisposable } from '../../../../src/shared/disposable';
import { allEvents } from '../../../../src/ui/events/eventsFilter';
import { EventsModel } from '../../../../src/ui/events/eventsModel';
import { DateTexts } from '../../../../src/ui/dateTexts';
import { sampleEvent } from '../../events/support/events';
import { FakeClock, settle } from '../../support/fakeClock';
import { MemoryChoices } from '../../support/memoryChoices';
import { english } from '../../support/translate';

/** A log that a test fills, and that counts what is asked of it. */
class FakeLog {
  reading: Omit<EventsReading, 'readAt'> = { events: [], problems: [{ type: 'empty' }] };
  loads = 0;
  cancels = 0;
  follower: { readonly after: SystemEvent | undefined; readonly listener: FollowListener } | undefined;
  readonly canFollow = true;

  constructor(private readonly clock: FakeClock) {}

  load(): Promise<EventsReading> {
    this.loads += 1;
    return Promise.resolve({ ...this.reading, readAt: this.clock.now() });
  }

  cancel(): void {
    this.cancels += 1;
  }

  followedFrom(): string | undefined {
    return this.follower?.after?.id;
  }

  isFollowed(): boolean {
    return this.follower !== undefined;
  }

  follow(after: SystemEvent | undefined, listener: FollowListener) {
    this.follower = { after, listener };
    return toDisposable(() => {
      this.follower = undefined;
    });
  }
}

describe('the view of system events', () => {
  let clock: FakeClock;
  let log: FakeLog;
  let choices: MemoryChoices;
  let model: EventsModel;

  const create = (): EventsModel =>
    new EventsModel({
      service: log,
      clock,
      maxCount: () => 4,
      choices,
      t: english,
      dates: new DateTexts('en'),
    });
  const event = (agoMs: number, more: Partial<SystemEvent> = {}): SystemEvent =>
    sampleEvent({ timestamp: clock.now() - agoMs, ...more });

  beforeEach(() => {
    clock = new FakeClock();
    log = new FakeLog(clock);
    choices = new MemoryChoices();
    model = create();
  });
  afterEach(() => {
    model.dispose();
    assert.equal(clock.pendingTimers, 0);
    assert.equal(log.follower, undefined);
  });

  async function look(...events: SystemEvent[]): Promise<void> {
    if (events.length > 0) log.reading = { events, problems: [] };
    model.setVisible(true);
    await settle();
  }

  /** Groups with their rows, in words. */
  async function rows(): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const group of await model.children()) {
      const children = await model.children(group);
      found[model.item(group).label] = children.map((child) => {
        const { label, description } = model.item(child);
        return `${label} | ${description}`;
      });
    }
    return found;
  }

  it('asks nothing until somebody looks, and anew only when what was read is old', async () => {
    model.setFollowing(true);
    await clock.advance(600_000);
    assert.equal(log.loads, 0);
    assert.deepEqual(await model.children(), []);
    await look(event(0));
    assert.equal(log.loads, 1);
    model.setVisible(false);
    await look();
    assert.equal(log.loads, 1);
    model.setVisible(false);
    await clock.advance(61_000);
    await look();
    assert.equal(log.loads, 2);
  });

  it('groups by level or by source, and remembers which', async () => {
    await look(
      event(5_000, { level: 'info', source: 'b', message: 'one\ntwo' }),
      event(120_000, { level: 'error', source: 'a', message: '' }),
    );
    assert.deepEqual(await rows(), {
      Error: ['(no message) | a · 2 min ago'],
      Information: ['one two | b · just now'],
    });
    model.groupBy('source');
    assert.deepEqual(await rows(), { a: ['(no message) | 2 min ago'], b: ['one two | just now'] });
    assert.equal(create().state.grouping, 'source');
  });

  it('says well-known events in plain words, by which they are found, too', async () => {
    await look(
      event(0, { source: 'sshd', message: 'Failed password for root from 192.0.2.7 port 1' }),
      event(0, { message: 'nothing' }),
    );
    model.setFilter({ ...allEvents, text: 'SIGN-IN failed' });
    assert.deepEqual(await rows(), {
      Information: ['Failed sign-in of root from 192.0.2.7 | sshd · just now'],
    });
    assert.equal(model.message, '“SIGN-IN failed”: 1 of 2 events');
    model.setFilter({ text: '', levels: ['error'] });
    assert.deepEqual(await rows(), {});
    assert.equal(model.message, 'No event of 2 matches Error.');
  });

  it('is never empty without a reason, and says what is missing from what it shows', async () => {
    await look();
    assert.equal(model.message, 'The log has no entries.');
    log.reading = {
      events: [event(0)],
      problems: [
        { type: 'restricted', groups: ['adm', 'systemd-journal'] },
        { type: 'timedOut', limitMs: 10_000 },
      ],
    };
    await model.refresh();
    assert.equal(
      model.message,
      'Only your own messages are shown. Members of one of these groups see all: adm, systemd-journal.\n' +
        'Reading took longer than 10 s and was ended: older events are missing.',
    );
  });

  it('follows from the newest event while somebody looks, within the number of events that are kept', async () => {
    await look(event(1_000, { id: 'a', message: 'a' }), event(2_000, { id: 'b' }), event(3_000, { id: 'c' }));
    model.setFollowing(true);
    assert.equal(log.followedFrom(), 'a');
    const more = ['a', 'd', 'e'].map((id) => event(0, { id, message: id }));
    log.follower?.listener.onEvents(more, 7);
    assert.deepEqual(
      model.shownEvents.map(({ id }) => id),
      ['d', 'e', 'a', 'b'],
    );
    assert.match(model.message, /left out: 7\. Refresh.*\nNew events appear as they come\.$/s);
    model.setVisible(false);
    assert.equal(log.isFollowed(), false);
    await look();
    assert.equal(log.followedFrom(), 'd');
    model.setFollowing(false);
    assert.equal(log.isFollowed(), false);
  });

  it('looks at an event once for a filter, however many come after it', async () => {
    let looks = 0;
    const watched = {
      ...event(1_000, { id: 'a' }),
      get message(): string {
        looks += 1;
        return 'wanted';
      },
    };
    await look(watched);
    model.setFilter({ ...allEvents, text: 'wanted' });
    model.setFollowing(true);
    const before = looks;
    log.follower?.listener.onEvents([event(0, { id: 'b', message: 'wanted, too' })], 0);
    assert.deepEqual(
      model.shownEvents.map(({ id }) => id),
      ['b', 'a'],
    );
    assert.equal(looks, before);
    model.setFilter({ ...allEvents, text: 'too' });
    assert.deepEqual(
      model.shownEvents.map(({ id }) => id),
      ['b'],
    );
  });

  it('says why it follows no longer when the program has ended', async () => {
    await look(event(0));
    model.setFollowing(true);
    log.follower?.listener.onEnded({ type: 'failed', message: 'gone' });
    log.follower = undefined;
    assert.equal(model.state.isFollowing, false);
    assert.equal(model.message, 'The log could not be read: gone');
  });

  it('shows a page of a large group at first', async () => {
    await look(...Array.from({ length: 250 }, (_, index) => event(index)));
    const [group] = await model.children();
    assert.ok(group);
    const first = await model.children(group);
    assert.equal(first.length, 101);
    const more = first.at(-1);
    assert.ok(more);
    assert.equal(model.item(more).description, '150 left');
    model.loadMore(more);
    assert.equal((await model.children(group)).length, 201);
  });
});
