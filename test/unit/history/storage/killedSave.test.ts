import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HistoryStep } from '../../../../src/services/history/storage/durableFiles';
import { FixtureBundle } from '../../support/fixtureBundle';
import { ChildScript } from '../../support/childScript';
import { put, StoreFolder, type Window } from './support/storeFolder';

describe('a window that is killed while it saves or folds', () => {
  const bundle = new FixtureBundle();
  let folder: StoreFolder;

  before(() => bundle.build('test/unit/history/storage/support/faultySave.script.ts'));
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    folder = new StoreFolder();
  });
  afterEach(() => folder.remove());

  /** @returns how the script ended, what it printed and what was acknowledged */
  async function run(
    history: string,
    moment: number | 'none',
    steps: readonly string[],
  ): Promise<{ ended: NodeJS.Signals | number; lines: string[]; acknowledged: string[] }> {
    const notes = `${history}-notes`;
    writeFileSync(notes, '');
    const child = new ChildScript(bundle.file('faultySave.script'), history, notes, String(moment), ...steps);
    const ended = await child.exited;
    const acknowledged = readFileSync(notes, 'utf8').split('\n').slice(0, -1);
    return { ended, lines: child.lines.texts, acknowledged };
  }

  /**
   * Kills the script at each moment that it has, each time on a copy of the same files.
   * @param before what is in them
   * @param check looks at the files of one that was killed, when the next window has opened them
   */
  async function killEverywhere(
    template: string | undefined,
    before: readonly string[],
    steps: readonly string[],
    check: (history: string, next: Window, what: string) => void,
  ): Promise<string[]> {
    const copy = (name: string): string => {
      const history = path.join(folder.root, name);
      if (template !== undefined) cpSync(template, history, { recursive: true });
      return history;
    };
    const { ended, lines: moments, acknowledged: all } = await run(copy('whole'), 'none', steps);
    assert.equal(ended, 0);
    assert.equal(all.length, steps.filter((step) => step === 'save').length);
    const one = async (moment: number): Promise<void> => {
      const what = `killed ${moments[moment] ?? '?'} (${moment})`;
      const history = copy(`killed-${moment}`);
      const killed = await run(history, moment, steps);
      assert.equal(killed.ended, 'SIGKILL', what);

      const next = await folder.window({ folder: history });
      const { ids } = next.store.database;
      const expected = [...before, ...killed.acknowledged];
      // One more may be there that nobody was told of.
      assert.deepEqual(ids, [...before, ...all].slice(0, ids.length), what);
      assert.ok(ids.length === expected.length || ids.length === expected.length + 1, what);
      assert.equal(await next.store.write([put('next')]), 'stored', what);
      assert.equal(await next.store.fold(), true, what);
      assert.equal(await next.store.write([put('last')]), 'stored', what);
      const last = await folder.window({ folder: history });
      assert.deepEqual(last.store.database.ids, [...ids, 'next', 'last'], what);
      assert.deepEqual(last.asides, [], what);
      check(history, next, what);
    };
    // Two at a time, as most of it is the starting of processes.
    const waiting = moments.map((_, moment) => moment);
    const work = async (): Promise<void> => {
      for (let moment = waiting.shift(); moment !== undefined; moment = waiting.shift()) await one(moment);
    };
    await Promise.all([work(), work()]);
    return moments;
  }

  /** Base file with a and b, journal with c and d. */
  async function makeTemplate(): Promise<string> {
    const template = path.join(folder.root, 'template');
    const store = await folder.open({ folder: template });
    await store.write([put('a'), put('b')]);
    await store.fold();
    await store.write([put('c'), put('d')]);
    await store.close();
    return template;
  }

  const toldNothing = (_: string, { asides }: Window, what: string): void => {
    assert.deepEqual(asides, [], what);
  };

  function assertMoments(moments: readonly string[], steps: readonly HistoryStep[]): void {
    for (const step of steps)
      assert.ok(moments.includes(`before ${step}`) && moments.includes(`after ${step}`), step);
  }

  it('into a new history loses nothing that was acknowledged, at whatever moment', async () => {
    const moments = await killEverywhere(undefined, [], ['save', 'fold', 'save'], toldNothing);
    assertMoments(moments, ['lock.create', 'lock.remove', 'journal.write', 'journal.sync', 'journal.rename']);
    assertMoments(moments, [
      'journal.append',
      'journal.appendSync',
      'base.write',
      'base.sync',
      'base.rename',
    ]);
    assertMoments(moments, ['folder.sync']);
  }).timeout(120_000);

  it('after others who were killed, too, loses nothing either', async () => {
    const template = await makeTemplate();
    const journal = path.join(template, 'history-000002.journal');
    truncateSync(journal, statSync(journal).size - 9);
    const moments = await killEverywhere(template, ['a', 'b', 'c'], ['save', 'fold'], toldNothing);
    assertMoments(moments, ['journal.cut', 'journal.remove']);
  }).timeout(120_000);

  it('while it sets damaged files aside leaves that to the next window, which loses none of them', async () => {
    const template = await makeTemplate();
    const damage = (name: string, position: number): Buffer => {
      const bytes = readFileSync(path.join(template, name));
      bytes[position]! ^= 1;
      writeFileSync(path.join(template, name), bytes);
      return bytes;
    };
    const damaged = [damage('history.sqlite', 400), damage('history-000002.journal', 300)];
    const moments = await killEverywhere(template, ['a', 'b', 'd'], ['save'], (history, _, what) => {
      const kept = readdirSync(history)
        .filter((name) => name.includes('.damaged-'))
        .map((name) => readFileSync(path.join(history, name)));
      for (const bytes of damaged)
        assert.ok(
          kept.some((copy) => copy.equals(bytes)),
          what,
        );
    });
    assertMoments(moments, ['aside.write', 'aside.sync', 'aside.rename']);
  }).timeout(120_000);
});
