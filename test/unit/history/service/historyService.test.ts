import assert from 'node:assert/strict';
import type { Durability, HistoryState } from '../../../../src/services/history/history';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { settle } from '../../support/fakeClock';
import { madeRecord } from '../../support/scanRecords';
import { idleMs, ready, ServiceHarness, unwritable } from './support/serviceHarness';

const withCode = (code: string) => (error: unknown) => {
  assert.equal((error as { code?: unknown }).code, code, String(error));
  return true;
};

describe('HistoryService', () => {
  let harness: ServiceHarness;
  const put = (id: string): Promise<Durability> => harness.service.put(madeRecord({ id }));
  beforeEach(() => {
    harness = new ServiceHarness();
  });
  afterEach(async () => {
    const stop = harness.service.stop();
    await harness.clock.advance(10_000);
    await stop;
    assert.equal(harness.clock.pendingTimers, 0);
  });

  describe('its thread', () => {
    it('starts with the first question, and is told first what to keep', async () => {
      assert.equal(harness.threads.length, 0);
      assert.deepEqual(harness.service.state, { type: 'closed' });
      const count = harness.service.count({});
      assert.equal(harness.threads.length, 1);
      assert.deepEqual(harness.told, [{ type: 'retain', retention: { maxRecords: 100, maxAgeDays: 0 } }]);
      await harness.answer(7);
      assert.equal(await count, 7);
      harness.service.setRetention({ maxRecords: 5, maxAgeDays: 1 });
      assert.deepEqual(harness.told.at(-1), { type: 'retain', retention: { maxRecords: 5, maxAgeDays: 1 } });
    });

    it('rests when nobody asks for some minutes', async () => {
      const states: HistoryState[] = [];
      harness.service.onStateChanged((state) => states.push(state));
      void harness.service.count({});
      await harness.push(ready);
      await harness.answer(0);
      assert.deepEqual(harness.service.state, { type: 'ready' });
      await harness.clock.advance(idleMs);
      assert.ok(harness.thread.terminated);
      assert.deepEqual(states, [{ type: 'ready' }, { type: 'closed' }]);
      const count = harness.service.count({});
      assert.equal(harness.threads.length, 2);
      await harness.answer(1);
      assert.equal(await count, 1);
    });

    it('lives and looks for the changes of others as long as somebody watches', async () => {
      const one = harness.service.watch();
      const two = harness.service.watch();
      assert.deepEqual(harness.told.at(-1), { type: 'watch' });
      await harness.clock.advance(2 * idleMs);
      assert.equal(harness.thread.terminated, false);
      await harness.crash();
      assert.equal(harness.threads.length, 2, 'at once another one');
      assert.deepEqual(harness.told.at(-1), { type: 'watch' });
      one.dispose();
      one.dispose();
      await harness.clock.advance(2 * idleMs);
      assert.equal(harness.thread.terminated, false);
      two.dispose();
      await harness.clock.advance(idleMs);
      assert.equal(harness.thread.terminated, true);
      const third = harness.service.watch();
      assert.equal(harness.threads.length, 3);
      assert.deepEqual(harness.told.at(-1), { type: 'watch' });
      third.dispose();
    });
  });

  describe('questions', () => {
    it('get their answers', async () => {
      const record = madeRecord({ id: 'one' });
      const head: Partial<ScanRecord> = { ...record };
      delete head.engines;
      delete head.findings;
      const got = harness.service.get('one');
      await harness.answer({ record });
      assert.deepEqual(await got, record);
      const none = harness.service.get('two');
      await harness.answer({});
      assert.equal(await none, undefined);
      const page = harness.service.page({ filter: { text: 'x' }, limit: 10 });
      assert.deepEqual(harness.asked.at(-1)?.payload, { filter: { text: 'x' }, limit: 10 });
      await harness.answer({ records: [head] });
      assert.deepEqual(await page, { records: [head] });
      const groups = harness.service.groups('kind', {});
      await harness.answer([{ key: 'file', count: 1 }]);
      assert.deepEqual(await groups, [{ key: 'file', count: 1 }]);
    });

    it('are asked once more when the thread ends over them', async () => {
      const count = harness.service.count({});
      await harness.crash();
      assert.equal(harness.threads.length, 2);
      await harness.answer(3);
      assert.equal(await count, 3);
      const again = assert.rejects(harness.service.count({}), withCode('history.failed'));
      await harness.crash();
      await harness.crash();
      await again;
    });

    it('end in errors of the history: those of its state, and one for all that threads do', async () => {
      const newer = assert.rejects(harness.service.count({}), withCode('history.newerVersion'));
      await harness.refuse('history.newerVersion');
      await newer;
      const late = assert.rejects(harness.service.count({}), withCode('history.failed'));
      await harness.clock.advance(15_000);
      await late;
      const wrong = assert.rejects(harness.service.count({}), withCode('history.failed'));
      await harness.answer('seven');
      await wrong;
      harness.threadsStart = false;
      await harness.crash();
      await assert.rejects(harness.service.count({}), withCode('history.failed'));
      harness.threadsStart = true;
      await harness.service.stop();
      await assert.rejects(harness.service.count({}), withCode('history.closed'));
      await assert.rejects(put('late'), withCode('history.closed'));
    });
  });

  describe('changes', () => {
    it('of one moment go together, later ones with the next message', async () => {
      const first = [put('a'), put('b'), harness.service.remove(['a'])];
      await settle();
      const second = [put('c'), harness.service.clear()];
      await settle();
      assert.deepEqual(harness.written, [['a', 'b', 'remove']]);
      await harness.answer('stored');
      assert.deepEqual(await Promise.all(first), ['stored', 'stored', 'stored']);
      assert.deepEqual(harness.written.at(-1), ['c', 'clear']);
      await harness.answer('stored');
      assert.deepEqual(await Promise.all(second), ['stored', 'stored']);
    });

    it('that were not answered are made again by the next thread, in their order', async () => {
      const results = [put('a'), put('b')];
      await settle();
      results.push(put('c'));
      await harness.crash();
      assert.equal(harness.threads.length, 2);
      assert.deepEqual(harness.written, [['a']], 'one alone, since one of them may be to blame');
      await harness.answer('stored');
      await harness.answer('stored');
      await harness.answer('stored');
      assert.deepEqual(harness.written, [['a'], ['b'], ['c']]);
      assert.deepEqual(await Promise.all(results), ['stored', 'stored', 'stored']);
    });

    it('that end every thread are given up; those around them are made', async () => {
      const good = put('good');
      const bad = assert.rejects(put('bad'), withCode('history.failed'));
      await settle();
      await harness.crash();
      await harness.answer('stored');
      for (let crashes = 0; crashes < 2; crashes += 1) {
        assert.deepEqual(harness.written.at(-1), ['bad']);
        await harness.crash();
      }
      await bad;
      assert.equal(await good, 'stored');
      const after = put('after');
      await settle();
      await harness.answer('stored');
      assert.equal(await after, 'stored');
    });

    it('that are refused are told so alone', async () => {
      const results = [put('a'), assert.rejects(put('b'), withCode('history.database')), put('c')] as const;
      await settle();
      await harness.refuse('history.database');
      await harness.answer('stored');
      await harness.refuse('history.database');
      await harness.answer('stored');
      assert.deepEqual(harness.written, [['a', 'b', 'c'], ['a'], ['b'], ['c']]);
      await results[1];
      assert.deepEqual([await results[0], await results[2]], ['stored', 'stored']);
    });

    it('are many messages when they are many', async () => {
      const all = Promise.all(Array.from({ length: 450 }, (_, index) => put(`${index}`)));
      await settle();
      for (const expected of [200, 200, 50]) {
        assert.equal(harness.written.at(-1)?.length, expected);
        await harness.answer('stored');
      }
      assert.equal((await all).length, 450);
    });

    it('wait where the thread does not answer, and are made when it does', async () => {
      const slow = put('slow');
      await harness.clock.advance(14_999);
      let result: Durability | undefined;
      void slow.then((durability) => (result = durability));
      await settle();
      assert.equal(result, undefined);
      await harness.clock.advance(1);
      assert.equal(await slow, 'waiting');
      await harness.crash();
      assert.deepEqual(harness.written, [['slow']], 'by the next thread');
      await harness.answer('stored');
      assert.deepEqual(harness.logger.of('error'), []);
    });
  });

  describe('while nothing can be written', () => {
    it('changes wait in memory, the thread lives, and the state says so', async () => {
      const waits = put('a');
      await settle();
      await harness.push(unwritable);
      await harness.answer('waiting');
      assert.equal(await waits, 'waiting');
      assert.deepEqual(harness.service.state, unwritable.type === 'state' && unwritable.state);
      await harness.clock.advance(3 * idleMs);
      assert.equal(harness.thread.terminated, false);
      await harness.push(ready);
      assert.deepEqual(harness.service.state, { type: 'ready' });
      await harness.clock.advance(idleMs);
      assert.equal(harness.thread.terminated, true, 'when all are stored');
    });

    it('a thread that ends takes none of them with it', async () => {
      void put('a');
      await settle();
      await harness.push(unwritable);
      await harness.answer('waiting');
      void put('b');
      await settle();
      await harness.answer('waiting');
      const c = put('c');
      await settle();
      await harness.crash();
      assert.equal(harness.threads.length, 2);
      assert.equal(harness.service.state.type, 'unwritable', 'until the next thread says otherwise');
      assert.deepEqual(harness.written, [['a', 'b']]);
      await harness.push(ready);
      await harness.answer('stored');
      assert.deepEqual(harness.written.at(-1), ['c']);
      await harness.answer('stored');
      assert.equal(await c, 'stored');
      await harness.crash();
      await harness.clock.advance(idleMs);
      assert.equal(harness.threads.length, 2, 'nothing is left for a third');
    });

    it('the message that all is stored may overtake the one that it waits', async () => {
      const a = put('a');
      await settle();
      await harness.push(unwritable);
      await harness.push(ready);
      await harness.answer('waiting');
      assert.equal(await a, 'stored');
      await harness.crash();
      assert.equal(harness.threads.length, 1, 'nothing waits');
    });

    it('the end tries to write them once more', async () => {
      void put('a');
      await settle();
      await harness.push(unwritable);
      await harness.answer('waiting');
      const stop = harness.service.stop();
      await settle();
      assert.equal(harness.asked.at(-1)?.name, 'close');
      await harness.answer(null);
      await stop;
      assert.equal(harness.thread.terminated, true);
    });
  });

  describe('while it cannot be read', () => {
    it('changes wait, are tried again ever more rarely, and are made in their order', async () => {
      const results = [put('a'), put('b')];
      await settle();
      await harness.refuse('history.unreadable');
      assert.deepEqual(await Promise.all(results), ['waiting', 'waiting']);
      assert.equal(await put('c'), 'waiting');
      for (const delayMs of [1_000, 2_000, 4_000]) {
        const before = harness.written.length;
        await harness.clock.advance(delayMs - 1);
        assert.equal(harness.written.length, before);
        await harness.clock.advance(1);
        assert.deepEqual(harness.written.slice(before), [['a', 'b', 'c']]);
        await harness.refuse('history.unreadable');
      }
      await harness.push(ready);
      assert.deepEqual(harness.written.at(-1), ['a', 'b', 'c'], 'at once when it is ready');
      await harness.answer('stored');
      const last = put('d');
      await settle();
      await harness.answer('stored');
      assert.equal(await last, 'stored');
      assert.deepEqual(harness.logger.of('error'), []);
    });

    it('more than memory is given to is refused', async function () {
      this.timeout(20_000);
      const first = put('first');
      await settle();
      await harness.refuse('history.unreadable');
      assert.equal(await first, 'waiting');
      const target = 'x'.repeat(64 * 1_024 * 1_024);
      assert.equal(await harness.service.put(madeRecord({ id: 'large', target })), 'waiting');
      await assert.rejects(put('more'), withCode('history.tooManyWaiting'));
    });

    it('the end does not wait, and says what could not be kept', async () => {
      void put('a');
      await settle();
      await harness.refuse('history.unreadable');
      await harness.service.stop();
      assert.equal(harness.logger.of('error').length, 1);
    });
  });

  it('waits at its end for what was just added, but not for ever', async () => {
    const last = put('last');
    await settle();
    let stopped = false;
    const stop = harness.service.stop().then(() => (stopped = true));
    await harness.clock.advance(1_000);
    assert.equal(stopped, false);
    await harness.answer('stored');
    await stop;
    assert.equal(await last, 'stored');

    harness = new ServiceHarness();
    const never = assert.rejects(put('never'), withCode('history.closed'));
    await settle();
    const end = harness.service.stop();
    await harness.clock.advance(1_500);
    await end;
    await never;
  });

  it('tells bursts of changes once, and what was set aside at once', async () => {
    let changes = 0;
    const asides: unknown[] = [];
    harness.service.onChanged(() => (changes += 1));
    harness.service.onSetAside((aside) => asides.push(aside));
    harness.service.watch();
    for (let count = 0; count < 20; count += 1) await harness.push({ type: 'changed' });
    assert.equal(changes, 0);
    await harness.clock.advance(200);
    assert.equal(changes, 1);
    await harness.push({ type: 'changed' });
    await harness.clock.advance(200);
    assert.equal(changes, 2);
    await harness.push({ type: 'setAside', aside: { file: '/x', problem: 'damaged' } });
    assert.deepEqual(asides, [{ file: '/x', problem: 'damaged' }]);
  });

  describe('exports', () => {
    const request = { file: '/tmp/x.csv', format: 'csv' } as const;

    it('begin with what was added before, on a thread of their own that ends with them', async () => {
      void put('a');
      await settle();
      const task = harness.service.export({ text: 'x' }, request, 'Export');
      await settle();
      assert.deepEqual(harness.exportThreads[0]?.posted, []);
      await harness.answer('stored');
      assert.equal(harness.asked.at(-1)?.name, 'count');
      await harness.answer(5);
      const [thread] = harness.exportThreads;
      const [asked] = thread.ofType('request');
      const payload = asked?.['payload'] as Record<string, unknown>;
      assert.ok(payload['control'] instanceof SharedArrayBuffer);
      assert.deepEqual(
        { ...payload, control: undefined },
        {
          control: undefined,
          filter: { text: 'x' },
          request,
          waiting: [],
        },
      );
      const asides: unknown[] = [];
      harness.service.onSetAside((aside) => asides.push(aside));
      const aside = { file: '/x', problem: 'damaged' };
      thread.messages.fire({ type: 'push', payload: { type: 'setAside', aside } });
      thread.reply({ records: 5, omitted: 0, bytes: 100 });
      assert.deepEqual(await task.outcome, {
        status: 'finished',
        result: { records: 5, omitted: 0, bytes: 100 },
      });
      assert.deepEqual(asides, [aside]);
      assert.equal(thread.terminated, true);
    });

    it('take along what waits, and fail as what went wrong', async () => {
      void put('a');
      await settle();
      await harness.push(unwritable);
      await harness.answer('waiting');
      const task = harness.service.export({}, request, 'Export');
      await settle();
      await harness.answer(1);
      const [thread] = harness.exportThreads;
      const [asked] = thread!.ofType('request');
      const { waiting } = asked?.['payload'] as { waiting: { type: string; record: { id: string } }[] };
      assert.deepEqual(
        waiting.map(({ record }) => record.id),
        ['a'],
      );
      thread!.messages.fire({
        type: 'failure',
        id: asked?.['id'],
        error: { code: 'export.diskFull', message: 'full' },
      });
      const outcome = await task.outcome;
      assert.ok(outcome.status === 'failed');
      assert.equal(outcome.error.code, 'export.diskFull');
      assert.equal(harness.service.state.type, 'unwritable');
    });

    it('that do not obey lose their thread alone', async () => {
      const task = harness.service.export({}, request, 'Export');
      await settle();
      await harness.answer(1);
      task.cancel();
      await harness.clock.advance(5_000);
      assert.equal((await task.outcome).status, 'cancelled');
      assert.equal(harness.exportThreads[0]?.terminated, true);
      assert.equal(harness.thread.terminated, false);
    });
  });
});
