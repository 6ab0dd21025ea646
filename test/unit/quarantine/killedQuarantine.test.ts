import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import type { QuarantineStep } from '../../../src/services/quarantine/itemFolder';
import { ChildScript } from '../support/childScript';
import { FixtureBundle } from '../support/fixtureBundle';
import { freeControl } from './support/freeControl';
import { otherFileSystem } from './support/otherFileSystem';
import { isAsWritten, QuarantineFolders } from './support/quarantineFolders';

const content = Buffer.from('harm\n'.repeat(1_000));

type FoldersOptions = ConstructorParameters<typeof QuarantineFolders>[0];
type Arguments = (folders: QuarantineFolders, id: string) => readonly string[];

describe('a window that is killed at work on the quarantine', () => {
  const bundle = new FixtureBundle();
  const made: QuarantineFolders[] = [];

  before(() => bundle.build('test/unit/quarantine/support/quarantineActor.script.ts'));
  after(() => {
    bundle.remove();
  });
  afterEach(() => {
    for (const folders of made.splice(0)) folders.remove();
  });

  async function run(
    folders: QuarantineFolders,
    moment: number | 'none',
    args: readonly string[],
  ): Promise<{ readonly ended: NodeJS.Signals | number; readonly lines: readonly string[] }> {
    const child = new ChildScript(
      bundle.file('quarantineActor.script'),
      folders.store,
      String(moment),
      ...args,
    );
    const ended = await child.exited;
    return { ended, lines: child.lines.texts };
  }

  /** Folders with the file outside, or stored under the id. */
  function prepare(stored: boolean, options: FoldersOptions): { folders: QuarantineFolders; id: string } {
    const folders = new QuarantineFolders(options);
    made.push(folders);
    folders.write(content);
    if (!stored) return { folders, id: '' };
    const moved = folders.open().move({ path: folders.file() }, freeControl);
    assert.ok(moved.status === 'moved');
    return { folders, id: moved.record.id };
  }

  /**
   * Kills the script at each moment that it has.
   * @param check told of the folders after the next action has begun, and how many copies there are outside
   */
  async function killEverywhere(
    stored: boolean,
    args: Arguments,
    steps: readonly QuarantineStep[],
    options: FoldersOptions = {},
    copies: 'one' | 'atMostOne' = 'one',
  ): Promise<{ outside: number; stored: number }> {
    const whole = prepare(stored, options);
    const { ended, lines } = await run(whole.folders, 'none', args(whole.folders, whole.id));
    assert.equal(ended, 0);
    const moments = lines.slice(0, -1);
    for (const step of steps)
      assert.ok(moments.includes(`before ${step}`) && moments.includes(`after ${step}`), step);

    const counts = { outside: 0, stored: 0 };
    const one = async (moment: number): Promise<void> => {
      const what = `killed ${moments[moment] ?? '?'} (${moment} of ${moments.length})`;
      const { folders, id } = prepare(stored, options);
      assert.equal((await run(folders, moment, args(folders, id))).ended, 'SIGKILL', what);
      if (copies === 'one') {
        const places = folders.outsideWith(content).length + folders.storedWith(content).length;
        assert.ok(places > 0, `${what}: nothing was lost`);
      }
      const store = folders.open();
      const items = store.list(freeControl);
      const outside = folders.outsideWith(content);
      assert.equal(folders.storedWith(content).length, items.length, what);
      if (copies === 'one') assert.equal(outside.length + items.length, 1, `${what}: it is in one place`);
      else assert.ok(outside.length + items.length <= 1, what);
      assert.deepEqual(folders.leftovers(), [], what);
      assert.ok(!outside.some((name) => name.startsWith('.')), `${what}: it has its name`);
      for (const name of outside) assert.ok(isAsWritten(folders.file(name)), `${what}: as it was`);
      counts.outside += outside.length;
      counts.stored += items.length;
      for (const item of items) {
        assert.ok(item.type === 'stored', what);
        const back = store.restore({ id: item.record.id }, freeControl);
        assert.equal(back.status, 'restored', what);
        assert.ok(isAsWritten(folders.file()), what);
        assert.deepEqual(folders.outsideWith(content), ['install.js'], what);
      }
    };
    const waiting = moments.map((_, moment) => moment);
    const work = async (): Promise<void> => {
      for (let moment = waiting.shift(); moment !== undefined; moment = waiting.shift()) await one(moment);
    };
    // Two at a time, as most of it is the starting of processes.
    await Promise.all([work(), work()]);
    return counts;
  }

  const movingSteps: readonly QuarantineStep[] = [
    'content.write',
    'content.sync',
    'record.write',
    'record.sync',
    'record.rename',
    'content.rename',
    'original.rename',
    'original.remove',
    'folder.sync',
  ];
  const restoringSteps: readonly QuarantineStep[] = [
    'record.rename',
    'restored.write',
    'restored.sync',
    'restored.publish',
    'restored.remove',
    'content.remove',
    'record.remove',
    'folder.sync',
  ];
  const move: Arguments = (folders) => ['move', folders.file()];
  const restore: Arguments = (_, id) => ['restore', id];

  it('while a file moves in leaves it in one place, whole, at whatever moment', async () => {
    const counts = await killEverywhere(false, move, movingSteps);
    assert.ok(counts.outside > 0 && counts.stored > 0, 'before and after the moment that counts');
  }).timeout(120_000);

  it('while a file moves out leaves it in one place, whole, at whatever moment', async () => {
    const counts = await killEverywhere(true, restore, restoringSteps);
    assert.ok(counts.outside > 0 && counts.stored > 0);
  }).timeout(120_000);

  it('while a file moves out to another place knows that place again', async () => {
    const counts = await killEverywhere(
      true,
      (folders, id) => ['restore', id, folders.file('elsewhere.js')],
      [...restoringSteps, 'target.write', 'target.rename', 'target.remove'],
    );
    assert.ok(counts.outside > 0 && counts.stored > 0);
  }).timeout(120_000);

  it('while it deletes for good has deleted or has not', async () => {
    const counts = await killEverywhere(
      true,
      (_, id) => ['remove', id],
      ['record.rename', 'content.remove', 'record.remove'],
      {},
      'atMostOne',
    );
    assert.equal(counts.outside, 0);
    assert.ok(counts.stored > 0);
  }).timeout(120_000);

  it('while a file moves in and out across file systems loses it no more', async function () {
    const other = otherFileSystem(this);
    const options = { outsideIn: other };
    const { folders } = prepare(true, options);
    assert.notEqual(statSync(folders.store).dev, statSync(folders.outside).dev);
    await killEverywhere(false, move, movingSteps, options);
    await killEverywhere(true, restore, restoringSteps, options);
  }).timeout(240_000);

  it('has left the name to others, whose file is not taken for the one that moved', async () => {
    const { folders } = prepare(false, {});
    const template = prepare(false, {}).folders;
    const moments = (await run(template, 'none', move(template, ''))).lines;
    const removed = moments.indexOf('after original.remove');
    await run(folders, removed, move(folders, ''));
    assert.ok(!existsSync(folders.file()));
    folders.write('something else');
    const [item] = folders.open().list(freeControl);
    assert.equal(item?.type, 'stored');
    assert.deepEqual(folders.outsideWith(Buffer.from('something else')), ['install.js']);
  }).timeout(20_000);
});
