import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { type Disposable, toDisposable } from '../../../../src/shared/disposable';
import type { HistoryOperation } from '../../../../src/services/history/operation';
import type { LockHold, StorageLock } from '../../../../src/services/locks/storageLock';
import { systemClock } from '../../../../src/shared/clock';
import { FakeClock, settle } from '../../support/fakeClock';
import { madeRecord } from '../../support/scanRecords';
import { refusedSummary } from './support/jsonDatabase';
import { put, StoreFolder } from './support/storeFolder';

describe('HistoryStore', () => {
  let folder: StoreFolder;

  beforeEach(() => {
    folder = new StoreFolder();
  });
  afterEach(() => folder.remove());

  it('writes nothing before there is something to keep', async () => {
    const store = await folder.open();
    assert.deepEqual(store.state, { type: 'ready' });
    assert.deepEqual(store.database.ids, []);
    assert.equal(await store.fold(), false);
    await store.close();
    assert.equal(existsSync(folder.file('history.sqlite')), false);
  });

  it('keeps what was stored, over closing and opening', async () => {
    const store = await folder.open();
    assert.equal(await store.write([put('a')]), 'stored');
    assert.equal(await store.write([put('b'), put('c')]), 'stored');
    assert.deepEqual(store.database.ids, ['a', 'b', 'c']);
    assert.deepEqual((await folder.open()).database.ids, ['a', 'b', 'c']);
  });

  it('keeps every kind of operation in the order of their coming', async () => {
    const store = await folder.open();
    await store.write([put('a'), put('b'), { type: 'clear' }, put('c'), put('d'), put('e')]);
    await store.write([
      { type: 'remove', ids: ['d'] },
      { type: 'retain', maxRecords: 1 },
    ]);
    assert.deepEqual((await folder.open()).database.ids, ['e']);
  });

  it('keeps targets that are no text: newlines, quotes, halves of surrogate pairs, 64 KB', async () => {
    const targets = ['a\nb\r\n', '"\'\\', '\ud83d', 'x\udc00y', '\u202egpj.exe', '\0', '🦠'.repeat(16_384)];
    const store = await folder.open();
    await store.write(
      targets.map((target, index) => ({ type: 'put', record: madeRecord({ id: String(index), target }) })),
    );
    const seen = [...(await folder.open()).database.records.values()].map(({ target }) => target);
    assert.deepEqual(seen, targets);
  });

  it('stores what is written at the same time with one visit to the disk', async () => {
    let syncs = 0;
    const store = await folder.open({
      faults: (point) => {
        if (point === 'before journal.appendSync') syncs += 1;
      },
    });
    await store.write([put('first')]);
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((id) => store.write([put(id)])));
    assert.deepEqual(answers, ['stored', 'stored', 'stored', 'stored']);
    assert.ok(syncs <= 3, `${syncs} syncs`);
  });

  it('goes on after a fold, and others with it without reading everything', async () => {
    const one = await folder.open();
    const other = await folder.open();
    await one.write([put('a')]);
    await other.refresh();
    const { database } = other;
    assert.equal(await one.fold(), true);
    await other.write([put('b')]);
    assert.equal(await other.fold(), true);
    assert.equal(await other.fold(), false);
    await one.write([put('c')]);
    await other.refresh();
    for (const store of [one, other, await folder.open()])
      assert.deepEqual(store.database.ids, ['a', 'b', 'c']);
    assert.equal(other.database, database);
    assert.deepEqual(readdirSync(folder.path).sort(), [
      'history-000002.journal',
      'history-000003.journal',
      'history.sqlite',
      'locks',
    ]);
    assert.deepEqual(readdirSync(folder.file('locks')), []);
  });

  it('reads everything anew when it has missed several folds', async () => {
    const one = await folder.open();
    const sleeper = await folder.open();
    await one.write([put('a')]);
    await sleeper.refresh();
    for (const id of ['b', 'c', 'd', 'e']) {
      await one.write([put(id)]);
      await one.fold();
    }
    assert.equal(await sleeper.refresh(), true);
    assert.deepEqual(sleeper.database.ids, ['a', 'b', 'c', 'd', 'e']);
  });

  it('looks at two files where nothing has changed', async () => {
    const store = await folder.open();
    await store.write([put('a')]);
    await store.fold();
    assert.equal(await store.refresh(), false);
    await (await folder.open()).write([put('b')]);
    assert.equal(await store.refresh(), true);
    assert.equal(await store.refresh(), false);
  });

  it('is told of what another window wrote, through the system and within two seconds', async () => {
    const seen = Promise.withResolvers<undefined>();
    const one = await folder.open();
    await one.write([put('a')]);
    const other = await folder.open({
      onChanged: () => {
        seen.resolve(undefined);
      },
    });
    other.watch();
    const startMs = performance.now();
    await one.write([put('b')]);
    await seen.promise;
    assert.ok(performance.now() - startMs < 2_000);
    assert.deepEqual(other.database.ids, ['a', 'b']);
  });

  it('finds the first record of another window by looking for the folder', async () => {
    const clock = new FakeClock();
    const other = await folder.window({ clock });
    other.store.watch();
    await (await folder.open()).write([put('a')]);
    assert.deepEqual(other.store.database.ids, []);
    await clock.advance(1_000);
    assert.deepEqual(other.store.database.ids, ['a']);
    assert.equal(other.changes, 1);
  });

  it('refuses an operation that the database cannot apply, and no other', async () => {
    const store = await folder.open();
    await store.write([put('a')]);
    const bad = { type: 'put', record: madeRecord({ id: 'bad', summary: refusedSummary }) } as const;
    const answers = await Promise.allSettled([
      store.write([put('b')]),
      store.write([put('half'), bad]),
      store.write([put('c')]),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(store.database.ids, ['a', 'b', 'c']);
    assert.deepEqual((await folder.open()).database.ids, ['a', 'b', 'c']);
  });

  it('folds by itself once nobody has written for a while, and at once when there is far too much', async () => {
    const clock = new FakeClock();
    const store = await folder.open({ clock, limits: { foldEntries: 5 } });
    for (const id of ['a', 'b', 'c', 'd']) await store.write([put(id)]);
    await clock.advance(60_000);
    assert.equal(existsSync(folder.file('history.sqlite')), false);
    await store.write([put('e')]);
    await clock.advance(1_900);
    assert.equal(existsSync(folder.file('history.sqlite')), false);
    await clock.advance(2_200);
    assert.equal(existsSync(folder.file('history.sqlite')), true);
    rmSync(folder.file('history.sqlite'));
    for (let index = 0; index < 20; index += 1) await store.write([put(`many-${index}`)]);
    await clock.advance(1);
    assert.equal(existsSync(folder.file('history.sqlite')), true);
  });

  it('folds soon what was removed but is still in the files, also where another window removed it', async () => {
    const cases: readonly [HistoryOperation, number][] = [
      [{ type: 'clear' }, 4_000],
      [{ type: 'remove', ids: ['a'] }, 4_000],
      [{ type: 'retain', maxRecords: 1 }, 120_000],
    ];
    for (const [operation, dueMs] of cases) {
      const clock = new FakeClock();
      const seeing = new StoreFolder();
      const writer = await seeing.open({ clock: new FakeClock() });
      await writer.write([put('a'), put('b')]);
      await writer.write([operation]);
      await seeing.open({ clock });
      await clock.advance(dueMs / 2 - 100);
      assert.equal(existsSync(seeing.file('history.sqlite')), false, operation.type);
      await clock.advance(dueMs / 2 + 200);
      assert.equal(existsSync(seeing.file('history.sqlite')), true, operation.type);
      assert.equal(existsSync(seeing.file('history-000001.journal')), false, operation.type);
      assert.equal(await writer.refresh(), true);
      await seeing.remove();
    }
  });

  it('writes its memory down when somebody has removed the files', async () => {
    const store = await folder.open();
    await store.write([put('a')]);
    rmSync(folder.path, { recursive: true });
    assert.equal(await store.refresh(), false);
    assert.deepEqual(store.database.ids, ['a']);
    assert.equal(await store.write([put('b')]), 'stored');
    assert.equal(await store.write([put('c')]), 'stored');
    assert.deepEqual((await folder.open()).database.ids, ['a', 'b', 'c']);
  });

  it('refuses what comes after it was closed', async () => {
    const store = await folder.open();
    const last = store.write([put('a')]);
    await store.close();
    assert.equal(await last, 'stored');
    await assert.rejects(store.write([put('b')]), { code: 'history.closed' });
    assert.throws(() => store.database, { code: 'history.unreadable' });
    await store.close();
    assert.deepEqual((await folder.open()).database.ids, ['a']);
  });

  it('survives listeners that throw', async () => {
    const fail = (): never => {
      throw new Error('made by a test');
    };
    const one = await folder.window({ onChanged: fail, onStateChanged: fail });
    await (await folder.open()).write([put('a')]);
    assert.equal(await one.store.refresh(), true);
    assert.equal(await one.store.write([put('b')]), 'stored');
    assert.deepEqual(one.logger.of('error'), ['History: a listener failed.']);
  });

  describe('while another window has the files and does not go on', () => {
    class TakenLock implements StorageLock {
      readonly isStuck = false;
      taken = true;
      attempts = 0;

      announce(): Disposable {
        return toDisposable(() => undefined);
      }

      tryAcquire(): LockHold | undefined {
        this.attempts += 1;
        return this.taken
          ? undefined
          : {
              isHeld: () => true,
              refresh: () => undefined,
              isWanted: false,
              release: () => undefined,
            };
      }
    }

    it('waits for a limited time, shows what waits, and stores it afterwards in its order', async () => {
      const clock = new FakeClock();
      const lock = new TakenLock();
      const { store, states } = await folder.window({ clock, lock });
      const first = store.write([put('a'), put('b')]);
      await clock.advance(4_900);
      assert.deepEqual(store.database.ids, []);
      await clock.advance(200);
      assert.equal(await first, 'waiting');
      assert.deepEqual(store.database.ids, ['a', 'b']);
      assert.deepEqual(states, [
        {
          type: 'unwritable',
          problem: 'locked',
          waiting: 2,
          message: 'Another window has the files of the history and does not go on.',
        },
      ]);
      const second = store.write([put('c')]);
      await clock.advance(300);
      assert.equal(await second, 'waiting');
      assert.equal((await folder.open()).database.ids.length, 0);
      lock.taken = false;
      await clock.advance(4_000);
      assert.deepEqual(store.state, { type: 'ready' });
      assert.deepEqual((await folder.open()).database.ids, ['a', 'b', 'c']);
    });

    it('puts what others stored meanwhile before what waits', async () => {
      const clock = new FakeClock();
      const lock = new TakenLock();
      const { store } = await folder.window({ clock, lock, limits: { lockTimeoutMs: 0 } });
      assert.equal(await store.write([put('mine')]), 'waiting');
      assert.deepEqual(store.database.ids, ['mine']);
      await (await folder.open()).write([put('theirs')]);
      await store.refresh();
      assert.deepEqual(store.database.ids, ['theirs', 'mine']);
      lock.taken = false;
      await clock.advance(1_000);
      assert.equal(await store.write([put('last')]), 'stored');
      assert.deepEqual((await folder.open()).database.ids, ['theirs', 'mine', 'last']);
    });

    it('refuses what is too much to keep in memory', async () => {
      const lock = new TakenLock();
      const limits = { lockTimeoutMs: 0, maxWaiting: 3 };
      const store = await folder.open({ lock, limits, clock: new FakeClock() });
      await store.write([put('a'), put('b'), put('c')]);
      await assert.rejects(store.write([put('d')]), { code: 'history.tooManyWaiting' });
      const heavy = await folder.open({ lock, limits: { lockTimeoutMs: 0, maxWaitingBytes: 100 } });
      assert.equal(await heavy.write([put('a')]), 'waiting');
      await assert.rejects(heavy.write([put('b')]), { code: 'history.tooManyWaiting' });
      lock.taken = false;
    });

    it('closes within a limited time', async () => {
      const store = await folder.open({ lock: new TakenLock(), clock: systemClock });
      const waiting = store.write([put('a')]);
      await settle();
      const startMs = performance.now();
      await store.close();
      assert.equal(await waiting, 'waiting');
      assert.ok(performance.now() - startMs < 1_000);
    });

    it('writes what waits when it is closed', async () => {
      const lock = new TakenLock();
      const store = await folder.open({ lock, limits: { lockTimeoutMs: 0 } });
      assert.equal(await store.write([put('a')]), 'waiting');
      lock.taken = false;
      await store.close();
      assert.deepEqual((await folder.open()).database.ids, ['a']);
    });
  });
});
