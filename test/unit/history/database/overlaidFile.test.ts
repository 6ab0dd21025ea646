import assert from 'node:assert/strict';
import { contentOf, type FileContent } from '../../../../src/services/files/fileContent';
import type { HistoryDatabase } from '../../../../src/services/history/database/historyDatabase';
import { OverlaidFile } from '../../../../src/services/history/database/overlaidFile';
import type { OpenDatabase } from '../../../../src/services/history/operation';
import { Random, testSeed } from '../../support/random';
import { systemError } from '../../support/faultyCalls';
import { madeRecord } from '../../support/scanRecords';
import { applyAll, exported, loadDatabase, opened } from '../support/openDatabase';
import { randomRecord } from '../support/randomRecords';

const diskError = (): Error => new Error('disk');
const fileOf = (bytes: Buffer): OverlaidFile => new OverlaidFile(contentOf(bytes), diskError);
const wholeOf = (file: OverlaidFile): Buffer =>
  Buffer.concat(Array.from(file.pieces(), (piece) => Buffer.from(piece)));

describe('a database file that stays on the disk', () => {
  it('reads as if it had been changed, whatever was written where', () => {
    const random = new Random(testSeed());
    for (let round = 0; round < 40; round += 1) {
      const bytes = Buffer.from(Array.from({ length: random.below(200_000) }, () => random.below(256)));
      let model = Buffer.from(bytes);
      const file = fileOf(bytes);
      assert.equal(file.length, bytes.length);
      assert.equal(file.slice(), file);
      for (let step = 0; step < 60; step += 1) {
        const isPage = random.chance(0.5);
        const length = isPage ? 8_192 : 1 + random.below(8_192);
        const begin = isPage ? 8_192 * random.below(26) : random.below(210_000);
        if (random.chance(0.5)) {
          const written = Buffer.alloc(length, random.below(256));
          file.set(written, begin);
          model = Buffer.concat([model, Buffer.alloc(Math.max(0, begin + length - model.length))]);
          written.copy(model, begin);
        } else if (begin + length <= model.length) {
          assert.ok(
            Buffer.from(file.subarray(begin, begin + length)).equals(model.subarray(begin, begin + length)),
          );
        }
        assert.equal(file.sizeBytes, model.length);
        if (step % 20 === 19) {
          const whole = wholeOf(file);
          assert.ok(whole.equals(model), `round ${round}, step ${step}`);
          file.rebase(contentOf(whole));
          assert.equal(file.changedBytes, 0);
        }
      }
      assert.equal(file.failure, undefined);
    }
  });

  it('is not copied, and tells whoever asks for a copy of an error', () => {
    const file = fileOf(Buffer.alloc(1_000_000));
    assert.throws(() => file.subarray(0, 8_193), /^Error: disk$/);
    assert.match(String(file.failure), /cuts the file off/);
  });

  it('tells when the file is not what it was', () => {
    const bytes = Buffer.alloc(600_000, 7);
    const file = fileOf(bytes);
    // Overlaid, so that nobody would see the change.
    file.set(Buffer.alloc(8_192), 0);
    assert.equal(wholeOf(file).length, 600_000);
    bytes[10] = 8;
    assert.throws(() => wholeOf(file), /Somebody has changed the file/);
    assert.ok(file.failure);
  });
});

describe('a history on a file that stays on the disk', () => {
  let open: OpenDatabase<HistoryDatabase>;
  let bytes: Buffer;
  let reads: number;
  let closed: number;
  let fault: Error | undefined;

  before(async () => {
    open = await loadDatabase();
    const database = opened(open);
    const random = new Random(5);
    for (let made = 0; made < 3_000; made += 1) {
      applyAll(database, { type: 'put', record: randomRecord(random, `id-${made}`) });
    }
    bytes = exported(database);
    database.close();
    assert.ok(bytes.length > 4_000_000, `${bytes.length} bytes`);
  });
  beforeEach(() => {
    reads = 0;
    closed = 0;
    fault = undefined;
  });

  function watched(): FileContent {
    const content = contentOf(bytes);
    return {
      ...content,
      read: (target, position) => {
        if (fault !== undefined) throw fault;
        reads += target.length;
        content.read(target, position);
      },
      close: () => {
        closed += 1;
      },
    };
  }

  function openedKnown(): HistoryDatabase {
    const result = open(watched(), true);
    if ('problem' in result) assert.fail(result.detail);
    return result.database;
  }

  it('is opened by reading a little of it, and keeps in memory what changes', () => {
    const database = openedKnown();
    assert.equal(database.queries.page({ filter: {}, limit: 20 }).records.length, 20);
    assert.ok(reads < bytes.length / 4, `${reads} of ${bytes.length} bytes`);
    const changed = (): number => database.changedBytes;
    assert.equal(changed(), 0);
    applyAll(database, { type: 'put', record: madeRecord({ id: 'added' }) });
    assert.ok(changed() > 0 && changed() < 200_000, `${changed()} bytes`);
    const whole = exported(database);
    database.rebase(contentOf(whole));
    assert.equal(closed, 1);
    assert.equal(changed(), 0);
    assert.equal(database.queries.get('added')?.id, 'added');
    assert.ok(exported(database).equals(whole));
    database.close();
  });

  it('is looked through where nobody knows it', () => {
    const result = open(watched());
    assert.ok('database' in result);
    assert.ok(reads >= bytes.length * 0.9, `${reads} of ${bytes.length} bytes`);
    result.database.close();
    assert.equal(closed, 1);
  });

  it('takes a disk that fails for no damage, and closes the file', () => {
    for (const isKnown of [true, false]) {
      closed = 0;
      fault = systemError('EIO', 'read');
      assert.throws(() => open(watched(), isKnown), { code: 'EIO' });
      assert.equal(closed, 1);
    }
  });

  it('says that it has to be opened anew when its file cannot be read any more', () => {
    const database = openedKnown();
    fault = systemError('ESTALE', 'read');
    assert.equal(database.isLost, false);
    assert.throws(() => [...database.queries.records({}, 100)], { code: 'history.database' });
    assert.equal(database.isLost, true);
    assert.throws(() => exported(database), { code: 'history.database', message: /ESTALE/ });
    database.close();
    assert.equal(closed, 1);
  });

  it('is lost rather than wrong when a change was to be taken back that is in the file already', () => {
    const database = openedKnown();
    // More at once than SQLite keeps in memory before it writes, and then something that it refuses.
    const long = 'x'.repeat(5_000_000);
    const record = madeRecord({ id: 'long', target: long });
    Object.assign(record, { finishedAt: null });
    assert.throws(() => {
      applyAll(database, { type: 'put', record });
    });
    assert.equal(database.isLost, true);
    database.close();
  });

  it('says so for a short file as well, which SQLite could take a copy of unnoticed', () => {
    const database = opened(open);
    for (let made = 0; made < 5; made += 1) {
      applyAll(database, { type: 'put', record: madeRecord({ id: `id-${made}` }) });
    }
    database.rebase(contentOf(exported(database)));
    const record = madeRecord({ id: 'long', target: 'x'.repeat(5_000_000) });
    Object.assign(record, { finishedAt: null });
    assert.throws(() => {
      applyAll(database, { type: 'put', record });
    });
    assert.equal(database.isLost, true);
    assert.throws(() => exported(database));
    database.close();
  });

  it('believes nothing that SQLite makes of a disk that fails', () => {
    const asked: readonly ((database: HistoryDatabase) => unknown)[] = [
      ({ queries }) => queries.get('id-1500'),
      ({ queries }) => queries.get('nowhere'),
      ({ queries }) => queries.count({ text: 'a' }),
      ({ queries }) => [...queries.records({}, 100)],
      (database) => {
        applyAll(database, { type: 'remove', ids: ['id-7', 'id-2000'] });
      },
      (database) => {
        applyAll(database, { type: 'clear' });
      },
    ];
    for (const [index, ask] of asked.entries()) {
      const database = openedKnown();
      fault = systemError('EIO', 'read');
      assert.throws(() => ask(database), { code: 'history.database' }, `question ${index}`);
      assert.equal(database.isLost, true);
      fault = undefined;
      // The disk works again, and SQLite may have taken note of anything.
      assert.throws(() => ask(database), `question ${index} again`);
      database.close();
    }
  });

  it('hands no damage on when it is compacted', () => {
    const changed = Buffer.from(bytes);
    const content = contentOf(changed);
    const result = open(content, true);
    assert.ok('database' in result);
    const { database } = result;
    applyAll(database, { type: 'remove', ids: Array.from({ length: 2_000 }, (_, index) => `id-${index}`) });
    const place = changed.lastIndexOf('id-2999');
    assert.ok(place > 0);
    changed[place] = 0x4a;
    assert.throws(() => exported(database), /Somebody has changed the file/);
    assert.equal(database.isLost, true);
    database.close();
  });

  it('says so when pages make no sense any more', () => {
    const changed = Buffer.from(bytes);
    const result = open(contentOf(changed), true);
    assert.ok('database' in result);
    const { database } = result;
    changed.fill(0xa5, 8_192);
    assert.throws(() => [...database.queries.records({}, 100)], { code: 'history.database' });
    assert.equal(database.isLost, true);
    database.close();
  });
});
