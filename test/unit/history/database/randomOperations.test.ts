import assert from 'node:assert/strict';
import type { HistoryDatabase } from '../../../../src/services/history/database/historyDatabase';
import type { HistoryOperation } from '../../../../src/services/history/operation';
import {
  type HistoryCursor,
  type HistoryFilter,
  historyGroupings,
} from '../../../../src/shared/history/query';
import { scanKinds } from '../../../../src/shared/scan/record';
import { verdicts } from '../../../../src/shared/scan/verdict';
import { Random, testSeed } from '../../support/random';
import { HistoryModel } from '../support/historyModel';
import { applyAll, exported, loadDatabase, opened } from '../support/openDatabase';
import { randomRecord, randomText } from '../support/randomRecords';

const rounds = 6;
const operationsPerRound = 100;

function some<T>(random: Random, from: readonly T[]): T[] {
  return from.filter(() => random.chance(0.5));
}

function randomOperation(random: Random, model: HistoryModel): HistoryOperation {
  const known = model.ids;
  if (known.length === 0 || random.chance(0.85)) {
    const id = known.length > 0 && random.chance(0.2) ? random.pick(known) : undefined;
    return { type: 'put', record: randomRecord(random, id) };
  }
  if (random.chance(0.7)) return { type: 'remove', ids: [random.pick(known), 'unknown', random.pick(known)] };
  if (random.chance(0.1)) return { type: 'clear' };
  return {
    type: 'retain',
    maxRecords: 1 + random.below(60),
    ...(random.chance(0.3) ? { startedFrom: 1_690_000_000_000 + random.below(1e10) } : {}),
  };
}

function randomFilter(random: Random): HistoryFilter {
  const moment = (): number => 1_690_000_000_000 + random.next() * 300 * 86_400_000;
  return {
    ...(random.chance(0.3) ? { kinds: some(random, scanKinds) } : {}),
    ...(random.chance(0.3) ? { verdicts: some(random, [...verdicts, 'none'] as const) } : {}),
    ...(random.chance(0.4) ? { text: randomWords(random) } : {}),
    ...(random.chance(0.2) ? { from: moment() } : {}),
    ...(random.chance(0.2) ? { before: moment() } : {}),
    ...(random.chance(0.2) ? { finishedFrom: moment() } : {}),
  };
}

/** Parts of words, in another case. */
function randomWords(random: Random): string {
  const text = Array.from(randomText(random).slice(0, 200));
  const from = random.below(text.length + 1);
  const part = text.slice(from, from + 1 + random.below(8)).join('');
  return random.chance(0.5) ? part.toLowerCase() : part.toUpperCase();
}

function compare(random: Random, database: HistoryDatabase, model: HistoryModel): void {
  const { queries } = database;
  const filter = randomFilter(random);
  const told = JSON.stringify(filter);
  const expected = model.matching(filter);
  assert.equal(queries.count(filter), expected.length, told);
  for (const by of historyGroupings) {
    const groups = queries.groups(by, filter);
    assert.deepEqual(
      groups.map(({ key, count }) => ({ key, count })),
      model.groups(by, filter),
      `${by} ${told}`,
    );
    if (by === 'day') {
      for (const { from, before, count } of groups) {
        const bounds = {
          ...(from === undefined ? {} : { from }),
          ...(before === undefined ? {} : { before }),
        };
        assert.equal(queries.count({ ...filter, ...bounds }), count, `the group's own page of ${told}`);
      }
    }
  }
  const limit = 1 + random.below(20);
  let after: HistoryCursor | undefined;
  for (let page = 0; page < 4; page += 1) {
    const query = { filter, limit, ...(after === undefined ? {} : { after }) };
    const answer = queries.page(query);
    const wanted = model.page(query);
    assert.deepEqual(answer.records, wanted.records, told);
    assert.equal(answer.next !== undefined, wanted.hasNext, told);
    after = answer.next;
    if (after === undefined) break;
  }
  assert.deepEqual([...queries.records(filter, limit)], expected, told);
}

describe('HistoryDatabase, under random operations', () => {
  it('answers like a plain list of records, also after it was written down and opened again', async function () {
    this.timeout(60_000);
    const random = new Random(testSeed());
    const open = await loadDatabase();
    for (let round = 0; round < rounds; round += 1) {
      let database = opened(open);
      const model = new HistoryModel();
      for (let step = 0; step < operationsPerRound; step += 1) {
        const operation = randomOperation(random, model);
        applyAll(database, operation);
        model.apply(operation);
        assert.equal(database.recordCount, model.size);
        if (random.chance(0.05)) {
          const bytes = exported(database);
          database.close();
          database = opened(open, bytes);
          assert.equal(database.recordCount, model.size);
        }
        if (random.chance(0.1)) compare(random, database, model);
      }
      compare(random, database, model);
      for (const id of model.ids) assert.deepEqual(database.queries.get(id), model.get(id));
      assert.equal(database.appliedSequence, operationsPerRound);
      assert.equal(database.queries.damagedRows, 0);
      database.close();
    }
  });
});
