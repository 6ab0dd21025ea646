import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/shared/event';
import { UnreadAlarms } from '../../../../src/ui/history/unreadAlarms';
import { FakeClock } from '../../support/fakeClock';
import { FakeHistory } from '../../support/fakeHistory';
import { MemoryChoices } from '../../support/memoryChoices';
import { RecordingLogger } from '../../support/recordingLogger';
import { madeRecord } from '../../support/scanRecords';

function setUp(choices = new MemoryChoices()) {
  const clock = new FakeClock();
  const history = new FakeHistory();
  const files = new Emitter<void>();
  const alarms = new UnreadAlarms(history, files.event, choices, clock, new RecordingLogger());
  const shown: number[] = [];
  alarms.onChanged((unread) => shown.push(unread));
  const put = (verdict: 'malicious' | 'suspicious' | 'error' | 'noThreatFound', tookMs = 0): unknown =>
    history.put(madeRecord({ verdict, startedAt: clock.now() - tookMs, finishedAt: clock.now() }));
  return { clock, history, files, choices, alarms, shown, put };
}

describe('unread alarms', () => {
  it('are not asked for before there may be some', async () => {
    const { clock, history, alarms } = setUp();
    alarms.check();
    await clock.advance(60_000);
    assert.deepEqual(history.asked, []);
    assert.equal(clock.pendingTimers, 0);
  });

  it('are malicious and suspicious records, and no others', async () => {
    const { clock, alarms, put, shown } = setUp();
    for (const verdict of ['malicious', 'suspicious', 'error', 'noThreatFound'] as const) put(verdict);
    await clock.advance(0);
    assert.equal(alarms.current, 2);
    assert.deepEqual(shown, [2]);
  });

  it('are read once somebody looks, for good', async () => {
    const { clock, history, files, choices, alarms, put, shown } = setUp();
    put('malicious');
    await clock.advance(1_000);
    alarms.setLooking(true);
    assert.equal(alarms.current, 0);
    put('suspicious');
    await clock.advance(1_000);
    alarms.setLooking(false);
    await clock.advance(60_000);
    assert.deepEqual(shown, [1, 0]);
    const next = new UnreadAlarms(history, files.event, choices, clock, new RecordingLogger());
    next.start();
    await clock.advance(0);
    assert.equal(next.current, 0);
  });

  it('of a scan that began before somebody looked and ended after are unread', async () => {
    const { clock, alarms, put } = setUp();
    alarms.setLooking(true);
    await clock.advance(1_000);
    alarms.setLooking(false);
    await clock.advance(1_000);
    put('malicious', 600_000);
    await clock.advance(0);
    assert.equal(alarms.current, 1);
  });

  it('are counted at most once a second, and the last change is never missed', async () => {
    const { clock, history, alarms, put } = setUp();
    for (let change = 0; change < 50; change += 1) {
      put('malicious');
      await clock.advance(50);
    }
    await clock.advance(1_000);
    assert.equal(alarms.current, 50);
    assert.ok(history.asked.length <= 4, `${history.asked.length} questions`);
  });

  it('are read in this window when somebody looked in another', async () => {
    const { clock, history, choices, alarms, put } = setUp();
    put('malicious');
    await clock.advance(2_000);
    assert.equal(alarms.current, 1);
    history.asked.length = 0;
    alarms.check();
    await clock.advance(2_000);
    assert.deepEqual(history.asked, [], 'nobody has looked');
    await choices.update('history.seenAt', clock.now());
    alarms.check();
    await clock.advance(2_000);
    assert.equal(alarms.current, 0);
  });

  it('of another window are noticed by the files that it writes', async () => {
    const { clock, history, files, alarms } = setUp();
    const record = madeRecord({ verdict: 'malicious', finishedAt: clock.now() });
    history.records.set(record.id, record);
    files.fire();
    await clock.advance(0);
    assert.equal(alarms.current, 1);
  });

  it('are no number where the history cannot be read', async () => {
    const { clock, history, alarms, put } = setUp();
    put('malicious');
    await clock.advance(1_000);
    history.become({ type: 'failed', message: 'x' });
    alarms.start();
    await clock.advance(1_000);
    assert.equal(alarms.current, 0);
  });

  it('count from the beginning where what is kept makes no sense', async () => {
    const choices = new MemoryChoices();
    await choices.update('history.seenAt', 'yesterday');
    const { clock, alarms, put } = setUp(choices);
    put('malicious');
    await clock.advance(0);
    assert.equal(alarms.current, 1);
  });

  it('leave nothing running', async () => {
    const { clock, alarms, put, history, files } = setUp();
    put('malicious');
    await clock.advance(0);
    put('malicious');
    alarms.dispose();
    assert.equal(files.listenerCount, 0);
    assert.equal(clock.pendingTimers, 0);
    assert.equal(history.changes.listenerCount, 0);
  });
});
