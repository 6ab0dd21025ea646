import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { systemFileCalls } from '../../../../src/services/files/fileCalls';
import type { HistorySetAside } from '../../../../src/services/history/history';
import type { HistoryDatabase } from '../../../../src/services/history/database/historyDatabase';
import type { OpenDatabase } from '../../../../src/services/history/operation';
import { DurableFiles } from '../../../../src/services/history/storage/durableFiles';
import { HistoryFolder } from '../../../../src/services/history/storage/historyFolder';
import type { LockHold } from '../../../../src/services/locks/storageLock';
import { skip } from '../../../support/skip';
import { faultyCalls, systemError } from '../../support/faultyCalls';
import { loadDatabase } from '../support/openDatabase';
import { put, StoreFolder } from './support/storeFolder';

const hold: LockHold = {
  isHeld: () => true,
  refresh: () => undefined,
  isWanted: false,
  release: () => undefined,
};
const records = 2_000;

/** With SQLite, which reads the base file while the history is open. */
describe('a history whose base file is read while it is open', function () {
  this.timeout(20_000);
  let openDatabase: OpenDatabase<HistoryDatabase>;
  let folder: StoreFolder;
  let asides: HistorySetAside[];
  let fault: Parameters<typeof faultyCalls>[0] | undefined;
  let one: HistoryFolder<HistoryDatabase>;

  const window = (calls = systemFileCalls): HistoryFolder<HistoryDatabase> =>
    new HistoryFolder({
      files: new DurableFiles({ folder: folder.path, calls }),
      openDatabase,
      now: () => 0,
      onSetAside: (aside) => asides.push(aside),
    });
  const store = (into: HistoryFolder<HistoryDatabase>, ...ids: readonly string[]): void => {
    into.read(true);
    into.add(ids.map((id) => put(id)));
    into.store(hold);
  };
  const count = (of: HistoryFolder<HistoryDatabase>): number | undefined => of.database?.queries.count({});
  const whole = (of: HistoryFolder<HistoryDatabase>): number | undefined =>
    of.database && [...of.database.queries.records({}, 500)].length;
  const base = (): string => folder.file('history.sqlite');
  const failToRead =
    (code: string): typeof fault =>
    (call, file) =>
      call === 'read' && file?.endsWith('history.sqlite') === true ? systemError(code, 'read') : undefined;

  before(async () => {
    openDatabase = await loadDatabase();
  });
  beforeEach(() => {
    folder = new StoreFolder();
    asides = [];
    fault = undefined;
    one = window(faultyCalls((call, file) => fault?.(call, file)));
    store(one, ...Array.from({ length: records }, (_, index) => `id-${index}`));
    one.fold(hold);
    one.close();
    one.read(false);
  });
  afterEach(async () => {
    one.close();
    await folder.remove();
  });

  it('opens it anew once it could not be read, and loses nothing', () => {
    fault = failToRead('ESTALE');
    assert.throws(() => whole(one), { code: 'history.database' });
    fault = undefined;
    assert.deepEqual(one.read(false), { type: 'changed' });
    assert.equal(whole(one), records);
  });

  it('says so as long as it cannot be read', () => {
    fault = failToRead('EIO');
    assert.throws(() => whole(one));
    assert.throws(() => one.read(false), { code: 'EIO' });
    assert.throws(() => {
      one.add([put('a')]);
    });
    fault = undefined;
    one.read(false);
    assert.equal(whole(one), records);
    assert.equal(one.waitingCount, 0);
  });

  it('takes what is added in the moment in which that is noticed, and what waits', () => {
    one.add([put('waiting')]);
    let fails = true;
    fault = (call, file) => {
      const error = fails ? failToRead('ESTALE')?.(call, file) : undefined;
      if (error !== undefined) fails = false;
      return error;
    };
    one.add([put('added'), { type: 'remove', ids: ['id-3'] }, put('id-1000')]);
    assert.equal(fails, false, 'it was read');
    assert.equal(count(one), records + 1);
    one.store(hold);
    const other = window();
    other.read(false);
    assert.equal(whole(other), records + 1);
    other.close();
  });

  it('makes no new base file of one that somebody has changed', () => {
    store(one, 'a');
    const bytes = readFileSync(base());
    // In a record, which is not looked at again for being added to.
    const place = bytes.indexOf('/home/someone');
    assert.ok(place > 0);
    bytes[place] = 0x2d;
    writeFileSync(base(), bytes);
    assert.throws(() => {
      one.fold(hold);
    }, /Somebody has changed the file/);
    assert.ok(readFileSync(base()).equals(bytes));
    assert.deepEqual(one.read(true), { type: 'changed' });
    assert.deepEqual(
      asides.map(({ problem }) => problem),
      ['damaged'],
    );
    assert.ok(one.database?.queries.get('a'));
  });

  it('lets go of a base file that a person has deleted something from, be it in another window', function () {
    if (process.platform !== 'linux') skip(this, 'what a process has open is asked of Linux');
    const open = (): string[] =>
      readdirSync('/proc/self/fd').flatMap((descriptor) => {
        try {
          const file = readlinkSync(`/proc/self/fd/${descriptor}`);
          return file.startsWith(folder.path) ? [file.slice(folder.path.length + 1)] : [];
        } catch {
          // The one by which the list was read.
          return [];
        }
      });
    assert.deepEqual(open(), ['history.sqlite']);
    const other = window();
    store(other, 'b');
    other.fold(hold);
    one.read(false);
    assert.deepEqual(open().sort(), ['history.sqlite', 'history.sqlite (deleted)'], 'nothing was deleted');
    other.read(true);
    other.add([{ type: 'remove', ids: ['id-7'] }]);
    other.store(hold);
    other.fold(hold);
    one.read(false);
    assert.deepEqual(open(), ['history.sqlite', 'history.sqlite']);
    assert.equal(whole(one), records);
    other.close();
    assert.deepEqual(open(), ['history.sqlite']);
    one.close();
    assert.deepEqual(open(), []);
  });
});
