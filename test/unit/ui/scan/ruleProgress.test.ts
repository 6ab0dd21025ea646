import assert from 'node:assert/strict';
import type { RulesState } from '../../../../src/services/scan/scans';
import { toDisposable } from '../../../../src/shared/disposable';
import { Emitter } from '../../../../src/shared/event';
import { RuleProgress } from '../../../../src/ui/scan/ruleProgress';
import { FakeClock, settle } from '../../support/fakeClock';
import { english } from '../../support/translate';

describe('the progress of compiling rules', () => {
  let clock: FakeClock;
  let changes: Emitter<RulesState>;
  let progress: RuleProgress;
  /** Each that was shown, with all that it said. */
  let shown: { readonly title: string; readonly said: string[]; ended: boolean }[];
  let notes: string[];

  const tell = (own: RulesState['own'], rest: Partial<RulesState> = {}): void => {
    changes.fire({ ruleCount: 20_059, faults: [], own, ...rest });
  };
  const compiling = (done: number, total: number): void => {
    tell('compiling', { share: { done, total } });
  };

  beforeEach(() => {
    clock = new FakeClock();
    changes = new Emitter();
    shown = [];
    notes = [];
    progress = new RuleProgress({
      scans: { onRulesChanged: changes.event },
      clock,
      t: english,
      bar: {
        progress: (title, run) => {
          const entry = { title, said: [] as string[], ended: false };
          shown.push(entry);
          void run((message) => entry.said.push(message)).then(() => (entry.ended = true));
        },
        note: (text) => {
          notes.push(text);
          return toDisposable(() => notes.splice(notes.indexOf(text), 1));
        },
      },
    });
  });
  afterEach(() => {
    progress.dispose();
  });

  it('is shown while it takes its time, with its share, and ends in a note that goes', async () => {
    tell('compiling');
    await clock.advance(499);
    assert.equal(shown.length, 0);
    await clock.advance(1);
    compiling(0, 400);
    compiling(2, 400);
    compiling(100, 400);
    assert.deepEqual(shown, [{ title: 'Sentinel compiles your rules', said: ['0 %', '25 %'], ended: false }]);
    tell('inForce');
    await settle();
    assert.equal(shown[0]?.ended, true);
    assert.deepEqual(notes, ['Sentinel scans with 20\u202f059 rules']);
    await clock.advance(4_999);
    assert.equal(notes.length, 1);
    await clock.advance(1);
    assert.deepEqual([notes, clock.pendingTimers], [[], 0]);
  });

  it('says at once how far it is when it is shown late', async () => {
    compiling(100, 400);
    await clock.advance(500);
    assert.deepEqual(shown[0]?.said, ['25 %']);
  });

  it('is not shown for what is over at once, which needs no note either', async () => {
    tell('inForce');
    tell('compiling');
    await clock.advance(400);
    tell('inForce');
    await clock.advance(60_000);
    assert.deepEqual([shown, notes, clock.pendingTimers], [[], [], 0]);
  });

  it('never goes back, though there is more to do where faulty files have to be left out', async () => {
    tell('compiling');
    await clock.advance(500);
    for (const [done, total] of [
      [300, 400],
      [390, 400],
      [390, 1_100],
      [1_090, 1_100],
      [1_100, 1_100],
    ] as const) {
      compiling(done, total);
    }
    assert.deepEqual(shown[0]?.said, ['75 %', '97 %', '99 %']);
  });

  it('counts no few files: a single one with thousands of rules would stay at nought', async () => {
    compiling(0, 2);
    await clock.advance(500);
    compiling(1, 2);
    assert.deepEqual(shown[0]?.said, []);
  });

  it('says that rules could not be compiled, instead of that they are in force', async () => {
    compiling(10, 400);
    await clock.advance(500);
    tell('failed', { ruleCount: 59 });
    assert.deepEqual(notes, ['Your rules could not be compiled: Sentinel scans with its own']);
  });

  it('promises nothing when it was interrupted, or when there are none any more', async () => {
    for (const state of ['interrupted', 'none'] as const) {
      tell('compiling');
      await clock.advance(500);
      tell(state);
      await settle();
      assert.equal(shown.at(-1)?.ended, true);
      assert.deepEqual(notes, []);
    }
  });

  it('shows each time anew, and takes the last note away before', async () => {
    tell('compiling');
    await clock.advance(500);
    tell('inForce');
    tell('compiling');
    assert.deepEqual(notes, []);
    await clock.advance(500);
    assert.equal(shown.length, 2);
    tell('inForce', { ruleCount: 1 });
    assert.deepEqual(notes, ['Sentinel scans with 1 rule']);
  });

  it('is gone in the end', async () => {
    tell('compiling');
    await clock.advance(500);
    progress.dispose();
    await settle();
    assert.equal(shown[0]?.ended, true);
    tell('inForce');
    assert.deepEqual([notes, clock.pendingTimers], [[], 0]);
  });
});
