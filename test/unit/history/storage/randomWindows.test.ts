import assert from 'node:assert/strict';
import type { HistoryOperation } from '../../../../src/services/history/operation';
import { Random, testSeed } from '../../support/random';
import { FakeClock, settle } from '../../support/fakeClock';
import { faultyCalls, systemError } from '../../support/faultyCalls';
import { put, StoreFolder, type Window } from './support/storeFolder';

const rounds = 25;
const steps = 50;

/** What a window was told of an operation; it tells what must be there in the end. */
interface Written {
  readonly id: string;
  readonly stored: boolean;
}

describe('several windows on a disk that fails now and then', () => {
  it('keep everything that was acknowledged, in one order, whatever happens', async () => {
    const seed = testSeed();
    for (let round = 0; round < rounds; round += 1) await play(new Random(seed + round), seed + round);
  }).timeout(60_000);
});

async function play(random: Random, seed: number): Promise<void> {
  const folder = new StoreFolder();
  const clock = new FakeClock();
  let faultRate = 0;
  let isClosing = false;
  const windows: Window[] = [];
  const calls = faultyCalls((call) => {
    // Who ends without giving the lock back ends its thread with it, and here all share one.
    if (call === 'syncData' && random.chance(0.3)) void random.pick(windows).store.refresh();
    if (call === 'read' || (call === 'remove' && isClosing) || !random.chance(faultRate)) return undefined;
    if (call === 'write') return random.below(600);
    return systemError(random.pick(['ENOSPC', 'EIO', 'EROFS']), call);
  });
  const passing = <T>(promise: Promise<T>): Promise<T> => whileTimePasses(clock, promise);
  const open = (): Promise<Window> => passing(folder.window({ clock, calls, limits: { foldEntries: 15 } }));
  windows.push(await open(), await open(), await open());
  const written: Written[] = [];
  const removed = new Set<string>();
  let made = 0;

  for (let step = 0; step < steps; step += 1) {
    // Trouble comes in spells.
    if (random.chance(0.1)) faultRate = random.pick([0, 0, 0.05, 0.3, 1]);
    const index = random.below(windows.length);
    const { store } = windows[index]!;
    const what = random.below(10);
    if (what < 5) {
      const ids = Array.from({ length: 1 + random.below(3) }, () => `r${(made += 1)}`);
      const operations: HistoryOperation[] = ids.map((id) => put(id));
      const gone = random.chance(0.2) ? random.pick(['none', ...written.map(({ id }) => id)]) : undefined;
      if (gone !== undefined) {
        operations.push({ type: 'remove', ids: [gone] });
        removed.add(gone);
      }
      const durability = await passing(store.write(operations));
      for (const id of ids) {
        assert.ok(store.database.records.has(id), `${id} is shown (seed ${seed})`);
        written.push({ id, stored: durability === 'stored' });
      }
    } else if (what < 7) await passing(store.refresh());
    else if (what < 8) await passing(store.fold());
    else if (what < 9) await clock.advance(random.below(5_000));
    else {
      // A window that is closed over a broken disk loses what was waiting; it said so.
      isClosing = true;
      await passing(store.close());
      isClosing = false;
      windows[index] = await open();
    }
  }

  faultRate = 0;
  await clock.advance(60_000);
  for (const { store } of windows) {
    await passing(store.write([put(`r${(made += 1)}`)]));
    assert.deepEqual(store.state, { type: 'ready' }, `seed ${seed}`);
  }
  windows.push(await open());
  for (const { store } of windows) await passing(store.refresh());
  const [first, ...others] = windows.map(({ store }) => store.database.ids);
  for (const ids of others) assert.deepEqual(ids, first, `seed ${seed}`);
  for (const { id, stored } of written)
    if (stored && !removed.has(id)) assert.ok(first!.includes(id), `${id} is kept (seed ${seed})`);
  for (const { asides } of windows) assert.deepEqual(asides, [], `seed ${seed}`);
  await passing(folder.remove());
}

/** Moves time forward for as long as somebody waits for something. */
async function whileTimePasses<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  const waiting = { isOver: false };
  const end = (): void => {
    waiting.isOver = true;
  };
  promise.then(end, end);
  await settle();
  while (!waiting.isOver) await clock.advance(10);
  return await promise;
}
