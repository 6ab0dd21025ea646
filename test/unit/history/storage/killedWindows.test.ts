import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadHistoryDatabase } from '../../../../src/services/history/database/openHistoryDatabase';
import { HistoryStore } from '../../../../src/services/history/storage/historyStore';
import { systemClock } from '../../../../src/shared/clock';
import { FixtureBundle } from '../../support/fixtureBundle';
import { Random, testSeed } from '../../support/random';
import { RecordingLogger } from '../../support/recordingLogger';
import { ChildScript } from '../../support/childScript';

// The full form, which takes minutes, is 20 rounds of 250 records by each window:
//   HISTORY_KILL_ROUNDS=20 HISTORY_KILL_RECORDS=250 npm run test:unit -- --grep 'killed over and over'
const rounds = Number(process.env['HISTORY_KILL_ROUNDS'] ?? 2);
const recordsEach = Number(process.env['HISTORY_KILL_RECORDS'] ?? 45);
/** After so many a window may finish, so that a slow machine does as well. */
const mostKills = Math.ceil(recordsEach / 15);
const names = ['a', 'b', 'c', 'd'];
const wasm = 'node_modules/sql.js/dist/sql-wasm.wasm';

describe('four windows that write into one history', () => {
  const bundle = new FixtureBundle();
  const children = new Set<ChildScript>();
  let root: string;
  let isOver = false;

  before(() => bundle.build('test/unit/history/storage/support/historyWriter.script.ts'));
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-kills-'));
  });
  afterEach(async () => {
    isOver = true;
    for (const child of children) await child.kill();
    rmSync(root, { recursive: true, force: true });
  });

  it('and are killed over and over lose nothing that was acknowledged, and keep nothing twice', async () => {
    const seed = testSeed();
    const totals = { records: 0, kills: 0, unacknowledged: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const folder = path.join(root, `round-${round}`);
      const random = new Random(seed + round);
      const startMs = performance.now();
      const kills = await Promise.all(names.map((name) => writeAll(folder, name, random)));
      const { records, unacknowledged } = await check(folder);
      const killed = kills.reduce((sum, each) => sum + each, 0);
      if (rounds > 2)
        console.log(
          `      round ${round + 1}: ${records} records, ${killed} kills, ${Math.round(performance.now() - startMs)} ms`,
        );
      totals.records += records;
      totals.kills += killed;
      totals.unacknowledged += unacknowledged;
    }
    console.log(
      `      ${totals.records} records over ${totals.kills} kills; ${totals.unacknowledged} written again by a window that was not told`,
    );
    assert.ok(totals.kills >= rounds, 'somebody was killed');
  }).timeout(rounds * recordsEach * 1_000);

  /** Starts a window until it has written all, and kills it at random moments. @returns how often */
  async function writeAll(folder: string, name: string, random: Random): Promise<number> {
    const notes = path.join(root, `${path.basename(folder)}-${name}`);
    for (let kills = 0; !isOver; kills += 1) {
      const child = new ChildScript(
        bundle.file('historyWriter.script'),
        folder,
        notes,
        name,
        String(recordsEach),
        wasm,
      );
      children.add(child);
      await Promise.race([child.lines.next('ready'), child.exited]);
      const delayMs = random.below(recordsEach * 5);
      const timer =
        kills < mostKills
          ? setTimeout(() => {
              child.signal('SIGKILL');
            }, delayMs)
          : undefined;
      const ended = await child.exited;
      clearTimeout(timer);
      children.delete(child);
      assert.deepEqual(
        child.lines.texts.filter((line) => line !== 'ready'),
        [],
      );
      if (ended === 0) return kills;
      assert.equal(ended, 'SIGKILL');
    }
    throw new Error('The test has ended.');
  }

  async function check(folder: string): Promise<{ records: number; unacknowledged: number }> {
    const problems: string[] = [];
    const store = await HistoryStore.open({
      folder,
      openDatabase: await loadHistoryDatabase({
        wasmBinary: readFileSync(wasm),
        onDamagedRow: (problem) => problems.push(problem),
      }),
      clock: systemClock,
      logger: new RecordingLogger(),
      onSetAside: ({ file }) => problems.push(file),
    });
    assert.deepEqual(store.state, { type: 'ready' });
    const { queries, appliedSequence } = store.database;
    let records = 0;
    for (const name of names) {
      const notes = readFileSync(path.join(root, `${path.basename(folder)}-${name}`), 'utf8').split('\n');
      assert.deepEqual(
        notes.slice(0, -1),
        Array.from({ length: recordsEach }, (_, index) => `${name}-${index}`),
      );
      for (const id of notes.slice(0, -1)) {
        const record = queries.get(id);
        assert.equal(record?.target, `/srv/${id.replace('-', '/')}`);
        records += 1;
      }
    }
    assert.equal(queries.count({}), records);
    assert.deepEqual(problems, []);
    await store.fold();
    await store.close();
    const left = readdirSync(folder).filter((name) => /\.tmp$|damaged|foreign/.test(name));
    assert.deepEqual(left, []);
    assert.deepEqual(readdirSync(path.join(folder, 'locks')), []);
    return { records, unacknowledged: appliedSequence - records };
  }
});
