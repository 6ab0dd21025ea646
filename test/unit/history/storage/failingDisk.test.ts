import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FileCalls } from '../../../../src/services/files/fileCalls';
import { FakeClock } from '../../support/fakeClock';
import { faultyCalls, systemError } from '../../support/faultyCalls';
import { SmallFileSystem } from '../../support/smallFileSystem';
import { put, StoreFolder, type Window } from './support/storeFolder';

type Fault = Parameters<typeof faultyCalls>[0];

describe('a history on a disk that cannot be written', () => {
  let folder: StoreFolder;
  let clock: FakeClock;
  let fault: Fault | undefined;
  const calls: FileCalls = faultyCalls((call, file) => fault?.(call, file));

  beforeEach(() => {
    folder = new StoreFolder();
    clock = new FakeClock();
    fault = undefined;
  });
  afterEach(() => folder.remove());

  const isJournal = (file: string | undefined): boolean => file?.endsWith('.journal') === true;

  for (const [code, problem] of [
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
    ['EROFS', 'readOnly'],
    ['EACCES', 'forbidden'],
    ['EPERM', 'forbidden'],
    ['EIO', 'failed'],
  ] as const) {
    it(`tells ${code} once, shows what waits, and writes it when that works again`, async () => {
      const { store, states } = await folder.window({ clock, calls });
      await store.write([put('a')]);
      fault = (call) => (call === 'open' ? systemError(code, call) : undefined);
      assert.equal(await store.write([put('b')]), 'waiting');
      assert.equal(await store.write([put('c'), { type: 'remove', ids: ['b'] }]), 'waiting');
      assert.deepEqual(store.database.ids, ['a', 'c']);
      await clock.advance(10_000);
      assert.deepEqual(
        states.map((state) =>
          state.type === 'unwritable' ? [state.problem, state.systemCode, state.waiting] : state,
        ),
        [
          [problem, code, 1],
          [problem, code, 3],
        ],
      );
      assert.deepEqual((await folder.open()).database.ids, ['a']);
      fault = undefined;
      await clock.advance(60_000);
      assert.deepEqual(store.state, { type: 'ready' });
      assert.deepEqual((await folder.open()).database.ids, ['a', 'c']);
    });
  }

  it('cuts back what was written in part, whatever part', async () => {
    const { store } = await folder.window({ clock, calls });
    await store.write([put('a')]);
    const journal = folder.file('history-000001.journal');
    for (let bytes = 0; bytes < 400; bytes += 23) {
      const before = readFileSync(journal);
      fault = (call, file) => (call === 'write' && isJournal(file) ? bytes : undefined);
      assert.equal(await store.write([put(`b${bytes}`)]), 'waiting');
      assert.deepEqual(readFileSync(journal), before);
      fault = undefined;
      await clock.advance(1_000);
      assert.deepEqual(store.state, { type: 'ready' });
    }
    assert.equal(store.database.ids.length, 19);
    assert.deepEqual((await folder.open()).database.ids, store.database.ids);
  });

  it('makes no window go on from what another one had to take back, be it of the same length', async () => {
    const { store: failing } = await folder.window({ clock, calls });
    await failing.write([put('a')]);
    const { store: reader, asides } = await folder.window({ clock, calls });
    const { store: other } = await folder.window({ clock, calls });
    fault = (call) => {
      if (call !== 'syncData') return undefined;
      void reader.refresh();
      return systemError('EIO', call);
    };
    assert.equal(await failing.write([put('b')]), 'waiting');
    assert.deepEqual(reader.database.ids, ['a', 'b']);
    fault = undefined;
    await other.write([put('c')]);
    assert.equal(await reader.refresh(), true);
    assert.deepEqual(reader.database.ids, ['a', 'c']);
    await reader.write([put('d')]);
    await clock.advance(60_000);
    const { store: last, asides: more } = await folder.window({ clock, calls });
    assert.deepEqual(last.database.ids, ['a', 'c', 'd', 'b']);
    assert.deepEqual([...asides, ...more], []);
  });

  it('is not asked with every record whether it takes all that wait', async () => {
    const { store, states } = await folder.window({ clock, calls });
    let attempts = 0;
    fault = (call) => {
      if (call !== 'open') return undefined;
      attempts += 1;
      return systemError('ENOSPC', call);
    };
    for (let index = 0; index < 100; index += 1)
      assert.equal(await store.write([put(`r${index}`)]), 'waiting');
    assert.equal(attempts, 1);
    assert.equal(store.database.ids.length, 100);
    const last = states.at(-1);
    assert.equal(last?.type === 'unwritable' && last.waiting, 100);
    // One by the timer, and one by the first record a second later.
    await clock.advance(2_000);
    await store.write([put('x')]);
    await store.write([put('y')]);
    assert.equal(attempts, 3);
    fault = undefined;
    await clock.advance(60_000);
    assert.equal((await folder.open()).database.ids.length, 102);
  });

  it('knows again what a failed attempt has left as a whole, and stores it once', async () => {
    const { store } = await folder.window({ clock, calls });
    const other = await folder.open();
    await store.write([put('a')]);
    fault = (call) => (call === 'syncData' || call === 'truncate' ? systemError('EIO', call) : undefined);
    assert.equal(await store.write([put('b')]), 'waiting');
    fault = undefined;
    await other.refresh();
    assert.deepEqual(other.database.ids, ['a', 'b']);
    await other.write([{ type: 'remove', ids: ['b'] }]);
    await clock.advance(5_000);
    assert.deepEqual(store.state, { type: 'ready' });
    assert.equal(await store.write([put('c')]), 'stored');
    for (const ids of [store.database.ids, (await folder.open()).database.ids])
      assert.deepEqual(ids, ['a', 'c']);
  });

  it('lets other windows forget what they read of an attempt that failed', async () => {
    const { store } = await folder.window({ clock, calls });
    const reader = await folder.open();
    const writer = await folder.open();
    await store.write([put('a')]);
    await reader.refresh();
    fault = (call) => {
      if (call !== 'syncData') return undefined;
      void reader.refresh();
      return systemError('EIO', call);
    };
    assert.equal(await store.write([put('b')]), 'waiting');
    assert.deepEqual(reader.database.ids, ['a', 'b']);
    await reader.refresh();
    assert.deepEqual(reader.database.ids, ['a']);

    // Again, and now something as long is written in its place before the reader looks.
    await clock.advance(2_000);
    await store.write([put('c')]);
    assert.deepEqual(reader.database.ids, ['a', 'b', 'c']);
    await writer.write([put('x')]);
    await writer.write([put('y')]);
    await writer.write([put('z')]);
    await reader.refresh();
    assert.deepEqual(reader.database.ids, ['a', 'x', 'y', 'z']);
    fault = undefined;
    await clock.advance(60_000);
    await store.write([put('d')]);
    await reader.refresh();
    for (const ids of [store.database.ids, reader.database.ids])
      assert.deepEqual(ids, ['a', 'x', 'y', 'z', 'b', 'c', 'd']);
  });

  it('keeps adding to the journal where the base file does not fit, and leaves no part of it', async () => {
    const { store, logger } = await folder.window({ clock, calls });
    await store.write([put('a')]);
    fault = (call, file) => (call === 'write' && file?.includes('sqlite') === true ? 7 : undefined);
    assert.equal(await store.fold(), false);
    assert.match(logger.of('warning').join(), /not folded yet: ENOSPC/);
    assert.equal(await store.write([put('b')]), 'stored');
    fault = (call, file) => (call === 'write' && file?.endsWith('.journal.tmp') === true ? 7 : undefined);
    assert.equal(await store.fold(), false);
    fault = undefined;
    assert.equal(await store.write([put('c')]), 'stored');
    assert.deepEqual(new Set(readdirSync(folder.path)), new Set(['history-000001.journal', 'locks']));
    assert.equal(await store.fold(), true);
  });

  it('gives the lock back as soon as that works, so that other windows can write', async () => {
    const { store } = await folder.window({ clock, calls });
    const other = await folder.open({ clock, limits: { lockTimeoutMs: 0 } });
    fault = (call) => (call === 'remove' ? systemError('EROFS', call) : undefined);
    assert.equal(await store.write([put('a')]), 'stored');
    assert.equal(await other.write([put('b')]), 'waiting');
    fault = undefined;
    await clock.advance(5_000);
    assert.deepEqual(other.state, { type: 'ready' });
    assert.deepEqual((await folder.open()).database.ids, ['a', 'b']);
  });

  it('reads nothing anew until what cannot be read can be', async () => {
    await (await folder.open()).write([put('a')]);
    fault = (call) => (call === 'read' ? systemError('EIO', call) : undefined);
    const window = await folder.window({ clock, calls });
    assert.equal(window.store.state.type, 'failed');
    assert.throws(() => window.store.database, { code: 'history.unreadable' });
    await assert.rejects(window.store.write([put('b')]), { code: 'history.unreadable' });
    fault = undefined;
    assert.equal(await window.store.write([put('b')]), 'stored');
    assert.deepEqual(window.store.state, { type: 'ready' });
    assert.deepEqual(window.store.database.ids, ['a', 'b']);
  });

  describe('that is real', () => {
    const disk = new SmallFileSystem();

    before(function () {
      SmallFileSystem.need(this);
    });
    beforeEach(function () {
      disk.create(this, folder.root, '64k');
    });
    afterEach(async () => {
      for (const { store } of open.splice(0)) await store.close();
      disk.remove();
    });

    const open: Window[] = [];
    async function window(): Promise<Window> {
      const opened = await folder.window({ folder: path.join(disk.mount, 'history'), clock });
      open.push(opened);
      return opened;
    }

    it('and full: keeps order and tells of it once', async () => {
      const { store, states } = await window();
      assert.equal(await store.write([put('first')]), 'stored');
      writeFileSync(path.join(disk.mount, 'ballast'), Buffer.alloc(48 * 1_024));
      const ids = Array.from({ length: 60 }, (_, index) => `r${index}`);
      const answers: string[] = [];
      for (const id of ids) answers.push(await store.write([put(id)]));
      const stored = answers.indexOf('waiting');
      assert.ok(stored >= 0, 'the disk was full at some time');
      assert.ok(answers.slice(stored).every((answer) => answer === 'waiting'));
      assert.deepEqual(store.database.ids, ['first', ...ids]);
      assert.equal(states[0]?.type === 'unwritable' && states[0].problem, 'full');
      assert.deepEqual((await window()).store.database.ids, ['first', ...ids.slice(0, stored)]);

      rmSync(path.join(disk.mount, 'ballast'));
      await clock.advance(60_000);
      assert.deepEqual(store.state, { type: 'ready' });
      assert.deepEqual((await window()).store.database.ids, ['first', ...ids]);
    });

    it('and read-only: opens, shows, and waits', async () => {
      await (await window()).store.write([put('a')]);
      execFileSync('mount', ['-o', 'remount,ro', disk.mount]);
      const { store } = await window();
      assert.deepEqual(store.state, { type: 'ready' });
      assert.equal(await store.write([put('b')]), 'waiting');
      assert.equal(store.state.type === 'unwritable' && store.state.systemCode, 'EROFS');
      assert.deepEqual(store.database.ids, ['a', 'b']);
      execFileSync('mount', ['-o', 'remount,rw', disk.mount]);
      await clock.advance(60_000);
      assert.deepEqual((await window()).store.database.ids, ['a', 'b']);
    });
  });
});
