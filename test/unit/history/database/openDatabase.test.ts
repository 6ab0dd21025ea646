import assert from 'node:assert/strict';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { contentOf } from '../../../../src/services/files/fileContent';
import type { HistoryDatabase } from '../../../../src/services/history/database/historyDatabase';
import type { DatabaseProblem, OpenDatabase } from '../../../../src/services/history/operation';
import { Random } from '../../support/random';
import { applyAll, exported, loadDatabase, opened, wasmFile } from '../support/openDatabase';
import { randomRecord } from '../support/randomRecords';
import { damageRows, version1 } from './support/databaseFiles';

describe('opening a history database', () => {
  let sqlite: SqlJsStatic;
  let open: OpenDatabase<HistoryDatabase>;
  let damagedRows: string[];

  before(async () => {
    sqlite = await initSqlJs({ locateFile: () => wasmFile });
  });
  beforeEach(async () => {
    damagedRows = [];
    open = await loadDatabase((problem) => damagedRows.push(problem));
  });

  function file(records = 20): Uint8Array {
    const random = new Random(7);
    const database = opened(open);
    for (let made = 0; made < records; made += 1) {
      applyAll(database, { type: 'put', record: randomRecord(random, `id-${made}`) });
    }
    const bytes = exported(database);
    database.close();
    return bytes;
  }
  const problemOf = (bytes: Uint8Array): DatabaseProblem | undefined => {
    const result = open(contentOf(bytes));
    if ('problem' in result) return result.problem;
    result.database.close();
    return undefined;
  };
  /** A database as another program would make it. */
  const made = (sql: string): Uint8Array => {
    const database = new sqlite.Database();
    database.exec(sql);
    const bytes = database.export();
    database.close();
    return bytes;
  };

  it('begins an empty one', () => {
    const database = opened(open);
    assert.equal(database.appliedSequence, 0);
    assert.equal(database.recordCount, 0);
    assert.equal(database.oldestStart, undefined);
    assert.deepEqual(database.queries.page({ filter: {}, limit: 10 }), { records: [] });
    database.close();
  });

  it('goes on where it was left', () => {
    const database = opened(open, file());
    assert.equal(database.appliedSequence, 20);
    assert.equal(database.recordCount, 20);
    assert.throws(
      () => {
        database.apply(20, { type: 'clear' });
      },
      { code: 'history.sequence' },
    );
    applyAll(database, { type: 'clear' });
    assert.equal(database.appliedSequence, 21);
    database.close();
  });

  it('leaves nothing of what was removed in the file', () => {
    const random = new Random(3);
    const database = opened(open);
    for (let count = 0; count < 50; count += 1) {
      const record = {
        ...randomRecord(random, `id-${count}`),
        target: `secret-of-${count}-${'x'.repeat(20_000)}`,
      };
      applyAll(database, { type: 'put', record });
    }
    const full = exported(database);
    assert.ok(Buffer.from(full).includes('secret-of-7-'));
    applyAll(database, { type: 'remove', ids: ['id-7'] });
    const without = Buffer.from(exported(database));
    assert.ok(!without.includes('secret-of-7-') && !without.includes('SECRET-OF-7-'));
    assert.ok(without.includes('secret-of-8-'));
    applyAll(database, { type: 'clear' });
    const empty = exported(database);
    assert.ok(empty.length < full.length / 10, `${empty.length} of ${full.length} bytes`);
    assert.ok(!Buffer.from(empty).includes('secret-of'));
    database.close();
  });

  it('tells what is no history', () => {
    assert.equal(problemOf(Buffer.from('# A text\n'.repeat(1_000))), 'foreign');
    assert.equal(problemOf(Buffer.alloc(10_000)), 'foreign');
    assert.equal(problemOf(made('CREATE TABLE t (x); INSERT INTO t VALUES (1)')), 'foreign');
    assert.equal(
      problemOf(made('CREATE TABLE t (x); PRAGMA application_id = 7; PRAGMA user_version = 99')),
      'foreign',
    );
  });

  it('tells a newer version, also where it could not be read', () => {
    const newer = Buffer.from(file());
    newer.writeUInt32BE(1_000, 60);
    assert.equal(problemOf(newer), 'newerVersion');
    assert.equal(problemOf(newer.subarray(0, 5_000)), 'newerVersion');
    newer.fill(0x5a, 8_192);
    assert.equal(problemOf(newer), 'newerVersion');
  });

  it('tells damage: cut off at any length', () => {
    const bytes = file(5);
    for (let length = 0; length < bytes.length; length += length < 200 ? 1 : 4_093) {
      assert.equal(problemOf(bytes.subarray(0, length)), 'damaged', `${length} of ${bytes.length} bytes`);
    }
    assert.equal(problemOf(bytes), undefined);
  });

  it('tells damage: pages overwritten, schema and version gone', () => {
    const bytes = file(200);
    for (let page = 1; page * 8_192 < bytes.length; page += 1) {
      const copy = Buffer.from(bytes);
      copy.fill(0xa5, page * 8_192, (page + 1) * 8_192);
      assert.equal(problemOf(copy), 'damaged', `page ${page}`);
    }
    const id = 'PRAGMA application_id = 0x536e4869;';
    assert.equal(problemOf(made(`CREATE TABLE t (x); ${id} PRAGMA user_version = 2`)), 'damaged');
    assert.equal(
      problemOf(made(`CREATE TABLE records (x); ${id}`)),
      'damaged',
      'of version 0, in which was nothing',
    );
    const schemaless = Buffer.from(bytes);
    const column = schemaless.lastIndexOf('verdict TEXT', 8_192);
    assert.ok(column > 0, 'the text of the schema');
    schemaless.write('v7rdict TEXT', column);
    assert.equal(problemOf(schemaless), 'damaged', 'a schema that contradicts itself');
    const versionless = Buffer.from(bytes);
    versionless.writeUInt32BE(0, 60);
    assert.equal(problemOf(versionless), 'damaged');
  });

  it('neither crashes nor hangs nor lies over random damage', function () {
    this.timeout(30_000);
    const random = new Random(11);
    const bytes = file(60);
    const seen = new Set<string>();
    for (let round = 0; round < 150; round += 1) {
      const copy = Buffer.from(bytes);
      for (let hits = random.below(4); hits >= 0; hits -= 1)
        copy[random.below(copy.length)] = random.below(256);
      const result = open(contentOf(copy));
      if ('problem' in result) {
        seen.add(result.problem);
        continue;
      }
      seen.add('opened');
      const { queries } = result.database;
      assert.ok(queries.page({ filter: {}, limit: 100 }).records.length <= 60);
      queries.page({ filter: { text: 'a' }, limit: 100 });
      queries.groups('day', {});
      for (const record of queries.records({}, 7)) assert.ok(record.id.length > 0);
      result.database.close();
    }
    assert.ok(seen.has('opened') && seen.has('damaged'), [...seen].join());
  });

  it('leaves out a record that cannot be read, tells of it once, and goes on', () => {
    const bytes = damageRows(sqlite, file(20), {
      'id-3': `UPDATE records SET head = '["half' WHERE id = 'id-3'`,
      'id-4': `UPDATE records SET body = replace(body, 'findings', 'finding5') WHERE id = 'id-4'`,
      'id-5': `DELETE FROM records WHERE id = 'id-5'`,
      'id-6': `UPDATE entries SET kind = 'nonsense' WHERE id = 'id-6'`,
      'id-7': `UPDATE records SET head = '[7, 7, 7, 7, 7, 7]' WHERE id = 'id-7'`,
    });
    const database = opened(open, bytes);
    const { queries } = database;
    const heads = (): string[] => {
      const first = queries.page({ filter: {}, limit: 10 });
      assert.ok(first.next);
      const second = queries.page({ filter: {}, limit: 100, after: first.next });
      return [...first.records, ...second.records].map(({ id }) => id);
    };
    const unlisted = ['id-3', 'id-5', 'id-6', 'id-7'];
    assert.equal(heads().length, 16);
    assert.ok(unlisted.every((id) => !heads().includes(id)));
    assert.equal(damagedRows.length, 4);
    assert.equal([...queries.records({}, 3)].length, 15, 'the broken body too');
    for (const id of [...unlisted, 'id-4']) assert.equal(queries.get(id), undefined, id);
    assert.equal(queries.damagedRows, 5);
    assert.equal(damagedRows.length, 5);
    assert.match(damagedRows[0] ?? '', /id-\d/);
    for (const id of ['id-3', 'id-4', 'id-5', 'id-6', 'id-7']) {
      const record = randomRecord(new Random(1), id);
      applyAll(database, { type: 'put', record });
      assert.deepEqual(queries.get(id), record, 'can be written anew');
    }
    assert.equal(heads().length, 20);
    database.close();
  });

  it('brings version 1 up to date: its records are found by their text', () => {
    const random = new Random(5);
    const records = Array.from({ length: 30 }, (_, index) => ({
      ...randomRecord(random, `id-${index}`),
      summary: `Übrig ${index}x`,
    }));
    const bytes = version1(sqlite, records, 77);
    assert.equal(Buffer.from(bytes).readUInt32BE(60), 1);
    const database = opened(open, bytes);
    assert.equal(database.appliedSequence, 77);
    assert.equal(database.recordCount, 30);
    for (const record of records) assert.deepEqual(database.queries.get(record.id), record);
    assert.equal(database.queries.count({ text: 'übrig' }), 30);
    assert.equal(database.queries.count({ text: 'übrig 17X' }), 1);
    applyAll(database, { type: 'put', record: randomRecord(random, 'new') });
    const migrated = exported(database);
    database.close();
    assert.equal(Buffer.from(migrated).readUInt32BE(60), 2);
    const again = opened(open, migrated);
    assert.equal(again.appliedSequence, 78);
    assert.equal(again.queries.count({ text: 'übrig' }), 30);
    again.close();
  });

  it('brings version 1 up to date although one of its records is damaged', () => {
    const random = new Random(5);
    const records = Array.from({ length: 3 }, (_, index) => randomRecord(random, `id-${index}`));
    const bytes = damageRows(sqlite, version1(sqlite, records, 3), {
      'id-1': `UPDATE records SET body = 'x' WHERE id = 'id-1'`,
    });
    const database = opened(open, bytes);
    assert.deepEqual(database.queries.get('id-2'), records[2]);
    assert.equal(database.queries.get('id-1'), undefined);
    assert.equal(damagedRows.length, 1);
    database.close();
  });
});
