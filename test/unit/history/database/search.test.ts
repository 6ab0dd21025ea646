import assert from 'node:assert/strict';
import type { HistoryDatabase } from '../../../../src/services/history/database/historyDatabase';
import { scanRecordSchema, type ScanRecord } from '../../../../src/shared/scan/record';
import { Random } from '../../support/random';
import { parserOf } from '../../../../src/shared/protocol/worker';
import { applyAll, exported, loadDatabase, opened } from '../support/openDatabase';
import { hostileTexts, longTarget, randomRecord } from '../support/randomRecords';

describe('text in the history', () => {
  let database: HistoryDatabase;
  let made: number;
  beforeEach(async () => {
    database = opened(await loadDatabase());
    made = 0;
  });
  afterEach(() => {
    database.close();
  });

  function add(part: Partial<ScanRecord>): ScanRecord {
    made += 1;
    const random = new Random(made);
    const plain = {
      ...randomRecord(random, `id-${made}`),
      target: '-',
      summary: '-',
      findings: [],
      sha256: 'f'.repeat(64),
    };
    const record: ScanRecord = { ...plain, ...part };
    applyAll(database, { type: 'put', record });
    return record;
  }
  const found = (text: string): string[] =>
    database.queries
      .page({ filter: { text }, limit: 1_000 })
      .records.map(({ id }) => id)
      .sort();

  it('survives being stored and read, whatever it is', () => {
    for (const text of [...hostileTexts, longTarget]) {
      const record = add({
        target: text,
        summary: text,
        engines: [{ id: text, name: text, state: 'failed', detail: text }],
        findings: [{ engine: text, rule: text, title: text, severity: 'info', weight: 'informational' }],
      });
      assert.ok('value' in parserOf(scanRecordSchema)(record), 'a record that may be');
      assert.deepEqual(database.queries.get(record.id), record);
    }
    const bytes = exported(database);
    assert.deepEqual(exported(database), bytes, 'which changes nothing');
    assert.equal([...database.queries.records({}, 3)].length, made);
  });

  it('is found by every word of itself', () => {
    for (const target of [...hostileTexts, longTarget]) {
      const { id } = add({ target });
      const words = target.split(/\s+/u).filter((word) => word !== '');
      for (const word of [target, ...words, ...words.map((each) => each.toLowerCase())]) {
        assert.ok(
          found(word).includes(id),
          `${JSON.stringify(word.slice(0, 100))} in ${target.slice(0, 100)}`,
        );
      }
    }
  });

  it('is text and no pattern', () => {
    const percent = add({ target: '100%' });
    const under = add({ target: 'a_b' });
    const plain = add({ target: '1000 axb' });
    assert.deepEqual(found('%'), [percent.id]);
    assert.deepEqual(found('100%'), [percent.id]);
    assert.deepEqual(found('a_b'), [under.id]);
    assert.deepEqual(found('a*b'), []);
    assert.deepEqual(found('a.b'), []);
    assert.deepEqual(found(`' OR 1=1 --`), []);
    assert.deepEqual(found('1000'), [plain.id]);
  });

  it('is found in whatever case and composition, beyond ASCII too', () => {
    const { id } = add({ target: 'Straße/ΟΔΟΣ/Café/ПРИВЕТ/ĳ' });
    for (const text of [
      'strasse',
      'STRASSE',
      'straße',
      'οδος',
      'οδοσ',
      'ΟΔΟ',
      'cafe\u0301',
      'CAFÉ',
      'привет',
      'Ĳ',
    ]) {
      assert.deepEqual(found(text), [id], text);
    }
    for (const text of ['cafe', 'strase', 'привёт']) assert.deepEqual(found(text), [], text);
  });

  it('is looked for in target, summary, hash, and the names and titles of findings, and nowhere else', () => {
    const finding = {
      engine: 'engine',
      rule: 'rule',
      title: 'title',
      severity: 'low',
      weight: 'suspicious',
    } as const;
    const { id } = add({
      target: 'target',
      summary: 'summary',
      sha256: 'abc'.padEnd(64, '0'),
      findings: [{ ...finding, description: 'description', tags: ['tag'] }],
      engines: [{ id: 'engine', name: 'engine', state: 'hit', detail: 'detail' }],
    });
    for (const text of ['target', 'SUMM', 'abc0', 'rule', 'itl', 'title rule target'])
      assert.deepEqual(found(text), [id]);
    for (const text of ['engine', 'description', 'detail', 'tag target gone', 'targetsummary']) {
      assert.deepEqual(found(text), text === 'tag' ? [id] : [], text);
    }
  });

  it('needs all words, each in any place', () => {
    const both = add({ target: 'one two' });
    add({ target: 'one' });
    assert.deepEqual(found('two  ONE\n'), [both.id]);
    assert.equal(found(' \t ').length, 2);
    assert.equal(found('').length, 2);
  });

  it('distinguishes the halves of surrogate pairs from each other and from whole ones', () => {
    const high = add({ target: 'x\uD83Dx' });
    const low = add({ target: 'x\uDE00x' });
    const whole = add({ target: 'x\u{1F600}x' });
    assert.deepEqual(found('\uD83D'), [high.id]);
    assert.deepEqual(found('\uDE00'), [low.id]);
    assert.deepEqual(found('\u{1F600}'), [whole.id]);
    assert.deepEqual(found('\uFFFD'), []);
  });

  it('may be thousands of words long', () => {
    add({ target: 'one' });
    const { id } = add({ target: Array.from({ length: 3_000 }, (_, index) => `w${index}x`).join(' ') });
    assert.deepEqual(found(Array.from({ length: 3_000 }, (_, index) => `w${index}x`).join(' ')), [id]);
    assert.deepEqual(found(Array.from({ length: 3_001 }, (_, index) => `w${index}x`).join(' ')), []);
  });

  it('tells ids apart that UTF-8 would not, and pages over them', () => {
    const ids = ['\uD800', '\uD801', '\uFFFD', 'a\0', 'a\0b', 'a', '"', '\\', String.raw`\ud800`];
    for (const id of ids) add({ id, startedAt: 5, finishedAt: 5 });
    assert.equal(database.recordCount, ids.length);
    for (const id of ids) assert.equal(database.queries.get(id)?.id, id);
    const paged: string[] = [];
    let after;
    do {
      const page = database.queries.page({ filter: {}, limit: 2, ...(after === undefined ? {} : { after }) });
      paged.push(...page.records.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    assert.deepEqual(paged.toSorted(), ids.toSorted());
    for (const id of ids) {
      assert.equal(database.queries.count({ id }), 1);
      assert.deepEqual(
        database.queries.page({ filter: { id }, limit: 5 }).records.map((record) => record.id),
        [id],
      );
    }
    assert.equal(database.queries.count({ id: 'A' }), 0);
    applyAll(database, { type: 'remove', ids: ['\uD800', 'a\0'] });
    assert.equal(database.queries.get('\uD800'), undefined);
    assert.equal(database.recordCount, ids.length - 2);
  });
});
