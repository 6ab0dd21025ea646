import assert from 'node:assert/strict';
import * as v from 'valibot';
import { recordHeadSchema } from '../../../../src/shared/scan/record';
import { DateTexts } from '../../../../src/ui/dateTexts';
import { everything } from '../../../../src/ui/history/historyFilter';
import { HistoryModel } from '../../../../src/ui/history/historyModel';
import type { HistoryNode } from '../../../../src/ui/history/historyNodes';
import { FakeClock } from '../../support/fakeClock';
import { FakeHistory } from '../../support/fakeHistory';
import { MemoryChoices } from '../../support/memoryChoices';
import { RecordingLogger } from '../../support/recordingLogger';
import { madeRecord } from '../../support/scanRecords';
import { english } from '../../support/translate';

function setUp(choices = new MemoryChoices()) {
  const noonMs = new Date('2024-01-15T12:00:00').getTime();
  const clock = new FakeClock(noonMs);
  const history = new FakeHistory();
  const logger = new RecordingLogger();
  const model = new HistoryModel({
    history,
    clock,
    logger,
    choices,
    t: english,
    dates: new DateTexts('en-GB'),
    canRescan: () => true,
  });
  const changes: (readonly HistoryNode[] | undefined)[] = [];
  model.onChanged((nodes) => changes.push(nodes));
  /** As VS Code does: asks for everything that is open, and what it says. */
  const show = async (): Promise<string[]> => {
    const rows: string[] = [];
    for (const group of await model.children()) {
      rows.push(model.item(group).label);
      for (const node of await model.children(group)) {
        const { label, description } = model.item(node);
        rows.push(`  ${label} | ${description ?? ''}`);
      }
    }
    return rows;
  };
  return { clock, history, logger, model, changes, show, choices, noonMs };
}

describe('the history’s view', () => {
  it('shows a change of any window soon, once for a burst', async () => {
    const { clock, history, model, changes, show } = setUp();
    model.setVisible(true);
    await show();
    for (let count = 0; count < 20; count += 1) await history.put(madeRecord({ startedAt: clock.now() }));
    await clock.advance(600);
    assert.ok(changes.length >= 1 && changes.length <= 2, `${changes.length} reloads`);
    assert.equal((await show()).length, 21);
  });

  it('asks nothing while nobody sees it, and is up to date when somebody does', async () => {
    const { clock, history, model, changes, show } = setUp();
    await history.put(madeRecord({ startedAt: clock.now() }));
    await clock.advance(10 * 60_000);
    assert.deepEqual([changes.length, history.asked.length, clock.pendingTimers], [0, 0, 0]);
    model.setVisible(true);
    await show();
    assert.equal(history.watchers.size, 1);
    model.setVisible(false);
    await clock.advance(1_000);
    assert.deepEqual([clock.pendingTimers, history.watchers.size], [0, 0]);
    // What another window writes, nobody tells while nobody watches.
    const record = madeRecord({ startedAt: clock.now() });
    history.records.set(record.id, record);
    changes.length = 0;
    model.setVisible(true);
    await clock.advance(0);
    assert.equal(changes.length, 1);
    assert.equal((await show()).length, 3);
    model.dispose();
    assert.deepEqual([clock.pendingTimers, history.watchers.size], [0, 0]);
  });

  it('renews the times that read differently, and only those', async () => {
    const { clock, history, model, changes, show } = setUp();
    await history.put(madeRecord({ startedAt: clock.now(), target: '/a/young' }));
    await history.put(madeRecord({ startedAt: clock.now() - 3 * 3_600_000, target: '/a/old' }));
    model.setVisible(true);
    await show();
    await clock.advance(0);
    changes.length = 0;
    history.asked.length = 0;
    await clock.advance(60_000);
    assert.deepEqual(
      changes.map((nodes) => nodes?.map((node) => model.item(node).label)),
      [['young']],
    );
    assert.match((await show())[1] ?? '', /young \| .*1 min ago/);
    assert.deepEqual(history.asked, [], 'nothing new is asked for that');
  });

  it('calls the days anew at midnight', async () => {
    const { clock, history, model, show } = setUp();
    await history.put(madeRecord({ startedAt: clock.now() }));
    model.setVisible(true);
    assert.equal((await show())[0], 'Today');
    await clock.advance(13 * 3_600_000);
    assert.equal((await show())[0], 'Yesterday');
  });

  it('remembers how it is grouped', async () => {
    const { choices, model } = setUp();
    model.groupBy('verdict');
    assert.equal(setUp(choices).model.grouping, 'verdict');
    await choices.update('history.grouping', 'colour');
    assert.equal(setUp(choices).model.grouping, 'day');
  });

  it('is called empty once the history has said so, and for no other reason', async () => {
    const { clock, history, model, show } = setUp();
    const told: boolean[] = [];
    model.onEmptyChanged((empty) => told.push(empty));
    model.setVisible(true);
    history.become({ type: 'failed', message: 'x' });
    await show();
    assert.deepEqual(told, []);
    history.become({ type: 'ready' });
    await clock.advance(1_000);
    await show();
    assert.deepEqual(told, [true]);
    await history.put(madeRecord({ startedAt: clock.now() }));
    await clock.advance(1_000);
    assert.deepEqual(told, [true, false]);
    model.setFilter({ ...everything, text: 'nothing has this' });
    await show();
    assert.deepEqual(told, [true, false]);
    model.setFilter(everything);
    await history.clear();
    await clock.advance(1_000);
    await show();
    assert.deepEqual(told, [true, false, true]);
  });

  it('says what is filtered and how much is left', async () => {
    const { clock, history, model, show } = setUp();
    await history.put(madeRecord({ startedAt: clock.now(), target: '/a/needle', verdict: 'suspicious' }));
    await history.put(madeRecord({ startedAt: clock.now() }));
    const messages: (string | undefined)[] = [];
    model.onMessage((message) => messages.push(message));
    model.setFilter({ text: ' needle ', kinds: ['file', 'url'], verdicts: ['suspicious', 'malicious'] });
    assert.equal((await show()).length, 2);
    model.setFilter({ ...everything, text: 'no such thing' });
    await show();
    model.setFilter(everything);
    await show();
    assert.deepEqual(messages, [
      '“needle”, File or Link, Suspicious or Malicious: 1 record',
      'No record matches “no such thing”.',
      undefined,
    ]);
  });

  it('says what scans cannot ask now, until they can', async () => {
    const { model, show } = setUp();
    const messages: (string | undefined)[] = [];
    model.onMessage((message) => messages.push(message));
    model.setNotice('The quota is used up.');
    model.setFilter({ ...everything, text: 'a' });
    await show();
    model.setNotice(undefined);
    assert.deepEqual(messages, [
      'The quota is used up.',
      'The quota is used up.\nNo record matches “a”.',
      'No record matches “a”.',
    ]);
  });

  it('says why there is nothing to see, and shows it once there is', async () => {
    const { clock, history, logger, model, changes, show } = setUp();
    model.setVisible(true);
    changes.length = 0;
    history.become({ type: 'newerVersion' });
    assert.deepEqual(await show(), []);
    assert.match(model.message ?? '', /newer version of Sentinel/);
    assert.equal(logger.of('warning').length, 1);
    history.become({ type: 'ready' });
    await clock.advance(1_000);
    assert.equal(changes.length, 1);
    await show();
    assert.equal(model.message, undefined);
  });

  it('says that the disk is full beside what is filtered', async () => {
    const { history, model, show } = setUp();
    history.become({ type: 'unwritable', problem: 'full', waiting: 3, message: 'x' });
    model.setFilter({ ...everything, text: 'a' });
    await show();
    assert.match(model.message ?? '', /disk is full\. 3 changes wait.*\nNo record matches “a”\.$/);
  });

  it('has a hover with the engines, and without them where the record has gone', async () => {
    const { clock, history, model } = setUp();
    const record = madeRecord({ startedAt: clock.now() });
    await history.put(record);
    const [group] = await model.children();
    const [node] = await model.children(group);
    assert.match((await model.tooltip(node!)) ?? '', /YARA-X 1\.20\.0 found nothing/);
    await history.clear();
    const head = v.parse(recordHeadSchema, record);
    const gone = { type: 'record', id: 'x', record: head } as const;
    assert.match((await model.tooltip(gone)) ?? '', /file-\d+\.txt/);
    history.become({ type: 'failed', message: 'x' });
    assert.match((await model.tooltip(gone)) ?? '', /file-\d+\.txt/);
  });
});
