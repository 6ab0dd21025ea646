import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { schemaVersion } from '../../../../src/services/history/database/schema';
import { encodeHeader } from '../../../../src/services/history/storage/journal';
import { FakeClock } from '../../support/fakeClock';
import { faultyCalls, systemError } from '../../support/faultyCalls';
import { openJsonDatabase } from './support/jsonDatabase';
import { put, StoreFolder, type Window } from './support/storeFolder';

const base = 'history.sqlite';
const journal = 'history-000001.journal';

describe('a history whose files are damaged', () => {
  let folder: StoreFolder;

  beforeEach(() => {
    folder = new StoreFolder();
  });
  afterEach(() => folder.remove());

  /** Base file with a and b, journals with b (the one before) and c, d (the present one). */
  async function fill(): Promise<void> {
    const store = await folder.open();
    await store.write([put('a')]);
    await store.fold();
    await store.write([put('b')]);
    await store.fold();
    await store.write([put('c')]);
    await store.write([put('d')]);
    await store.close();
  }

  function flip(name: string, position: number): void {
    const bytes = readFileSync(folder.file(name));
    bytes[position]! ^= 1;
    writeFileSync(folder.file(name), bytes);
  }

  function asides(ending: string): string[] {
    return readdirSync(folder.path).filter(
      (name) => /\.(damaged|foreign)-/.test(name) && name.endsWith(ending),
    );
  }

  /** What was saved is there for good, and the next window finds nothing wrong. */
  async function goesOn({ store }: Window, ids: readonly string[]): Promise<void> {
    assert.deepEqual(store.database.ids, ids);
    assert.deepEqual(store.state, { type: 'ready' });
    assert.equal(await store.write([put('new')]), 'stored');
    const next = await folder.window();
    assert.deepEqual(next.store.database.ids, [...ids, 'new']);
    assert.deepEqual(next.asides, []);
    assert.equal(await next.store.fold(), true);
    assert.deepEqual((await folder.open()).database.ids, [...ids, 'new']);
  }

  for (const [what, spoil] of [
    [
      'cut in half',
      (): void => {
        truncateSync(folder.file(base), statSync(folder.file(base)).size / 2);
      },
    ],
    [
      'cut by a byte',
      (): void => {
        truncateSync(folder.file(base), statSync(folder.file(base)).size - 1);
      },
    ],
    [
      'empty',
      (): void => {
        truncateSync(folder.file(base), 0);
      },
    ],
    [
      'readable and not what was written',
      (): void => {
        const text = readFileSync(folder.file(base), 'utf8');
        writeFileSync(folder.file(base), text.replace('Nothing was found.', 'Nothing was round.'));
      },
    ],
  ] as const) {
    it(`sets aside a base file that is ${what}, tells it, and keeps what journals hold`, async () => {
      await fill();
      spoil();
      const content = readFileSync(folder.file(base));
      const window = await folder.window();
      const [name = ''] = asides('.sqlite');
      assert.match(name, /^history\.damaged-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.sqlite$/);
      assert.deepEqual(window.asides, [{ file: folder.file(name), problem: 'damaged' }]);
      assert.deepEqual(readFileSync(folder.file(name)), content);
      await goesOn(window, ['b', 'c', 'd']);
    });
  }

  it('sets aside a file that is none of ours', async () => {
    const store = await folder.open();
    await store.write([put('a')]);
    await store.close();
    rmSync(folder.file(journal));
    writeFileSync(folder.file(base), 'Dear diary');
    const window = await folder.window();
    const [name = ''] = asides('.sqlite');
    assert.match(name, /^history\.foreign-/);
    assert.deepEqual(window.asides, [{ file: folder.file(name), problem: 'foreign' }]);
    assert.equal(readFileSync(folder.file(name), 'utf8'), 'Dear diary');
    await goesOn(window, []);
  });

  it('tells of a base file that is missing', async () => {
    await fill();
    rmSync(folder.file(base));
    const window = await folder.window();
    assert.deepEqual(window.asides, [{ file: folder.file(base), problem: 'missing' }]);
    await goesOn(window, ['b', 'c', 'd']);
  });

  it('goes on from an older base file that somebody has put back', async () => {
    const store = await folder.open();
    await store.write([put('a')]);
    await store.fold();
    copyFileSync(folder.file(base), path.join(folder.root, 'copy'));
    for (const id of ['b', 'c', 'd']) {
      await store.write([put(id)]);
      await store.fold();
    }
    await store.write([put('e')]);
    await store.close();
    copyFileSync(path.join(folder.root, 'copy'), folder.file(base));
    const window = await folder.window();
    assert.deepEqual(window.asides, [{ file: folder.file(base), problem: 'missing' }]);
    await goesOn(window, ['a', 'd', 'e']);
  });

  it('adds the journal to a base file that was set aside once and repaired by somebody', async () => {
    await fill();
    copyFileSync(folder.file(base), path.join(folder.root, 'copy'));
    truncateSync(folder.file(base), 9);
    const store = await folder.open();
    await store.write([put('e')]);
    await store.close();
    copyFileSync(path.join(folder.root, 'copy'), folder.file(base));
    const window = await folder.window();
    assert.deepEqual(window.asides, []);
    await goesOn(window, ['a', 'b', 'c', 'd', 'e']);
  });

  it('copies a journal that is damaged in the middle, tells it, and keeps the other records', async () => {
    const store = await folder.open();
    const ends: number[] = [];
    for (const id of ['a', 'b', 'c']) {
      await store.write([put(id)]);
      ends.push(statSync(folder.file(journal)).size);
    }
    await store.close();
    flip(journal, ends[0]! + 100);
    const content = readFileSync(folder.file(journal));
    const window = await folder.window();
    const [name = ''] = asides('.journal');
    assert.match(name, /^history\.damaged-.*Z\.journal$/);
    assert.deepEqual(window.asides, [{ file: folder.file(name), problem: 'damaged' }]);
    assert.deepEqual(readFileSync(folder.file(name)), content);
    await goesOn(window, ['a', 'c']);
  });

  it('does not take a damaged last record for one that was being written', async () => {
    const store = await folder.open();
    await store.write([put('a'), put('b')]);
    await store.close();
    const { size } = statSync(folder.file(journal));
    for (const position of [size - 40, size - 1]) {
      const content = readFileSync(folder.file(journal));
      flip(journal, position);
      const { asides: told, store: opened } = await folder.window();
      assert.equal(told.length, 1);
      assert.equal(opened.database.ids.includes('a'), true);
      await folder.remove();
      folder = new StoreFolder();
      await (await folder.open()).write([put('x')]);
      writeFileSync(folder.file(journal), content);
    }
  });

  it('keeps what it can of a journal whose first line is damaged or that is empty', async () => {
    await fill();
    const present = 'history-000003.journal';
    flip(present, 30);
    const window = await folder.window();
    assert.equal(window.asides.length, 1);
    await goesOn(window, ['a', 'b', 'c', 'd']);
    await folder.remove();

    folder = new StoreFolder();
    await fill();
    truncateSync(folder.file(present), 0);
    await goesOn(await folder.window(), ['a', 'b']);
  });

  it('cuts a torn end, of every length, without telling anybody', async () => {
    const store = await folder.open();
    await store.write([put('a')]);
    const wholeBytes = statSync(folder.file(journal)).size;
    await store.write([put('torn')]);
    await store.close();
    const content = readFileSync(folder.file(journal));
    for (let length = wholeBytes; length < content.length; length += 1) {
      writeFileSync(folder.file(journal), content.subarray(0, length));
      const window = await folder.window();
      assert.deepEqual(window.store.database.ids, ['a'], `at ${length} bytes`);
      // Writing waits for the disk, and so is left out for most.
      if (length % 10 === 0 || length - wholeBytes < 10 || content.length - length < 10) {
        assert.equal(await window.store.write([put('b')]), 'stored');
        const next = await folder.window();
        assert.deepEqual(next.store.database.ids, ['a', 'b'], `at ${length} bytes`);
        assert.deepEqual(next.asides, []);
      }
      assert.deepEqual(window.asides, []);
    }
  }).timeout(20_000);

  it('never sets aside twice under one name', async () => {
    const clock = new FakeClock();
    for (let round = 0; round < 3; round += 1) {
      const store = await folder.open({ clock });
      await store.write([put('a')]);
      await store.fold();
      await store.close();
      truncateSync(folder.file(base), 10 + round);
    }
    const { asides: told } = await folder.window({ clock });
    assert.equal(told.length, 1);
    assert.deepEqual(
      asides('.sqlite').map((name) => statSync(folder.file(name)).size),
      [11, 12, 10],
    );
  });

  it('is told to other windows, which go on with what was saved', async () => {
    await fill();
    const other = await folder.open();
    truncateSync(folder.file(base), 20);
    await goesOn(await folder.window(), ['b', 'c', 'd']);
    assert.deepEqual(other.database.ids, ['a', 'b', 'c', 'd']);
    assert.equal(await other.refresh(), true);
    assert.deepEqual(other.database.ids, ['b', 'c', 'd', 'new']);
  });

  it('shows what can be read where nothing can be set aside, and repairs it when that works', async () => {
    await fill();
    truncateSync(folder.file(base), 20);
    const clock = new FakeClock();
    let isReadOnly = true;
    const calls = faultyCalls((call, file) =>
      isReadOnly && call === 'open' && file?.includes('locks') === true
        ? systemError('EROFS', 'open')
        : undefined,
    );
    const { store, states, asides: told } = await folder.window({ clock, calls });
    assert.deepEqual(store.database.ids, ['b', 'c', 'd']);
    assert.equal(states.at(-1)?.type, 'unwritable');
    assert.deepEqual(told, []);
    assert.equal(await store.write([put('e')]), 'waiting');
    assert.deepEqual(store.database.ids, ['b', 'c', 'd', 'e']);
    isReadOnly = false;
    await clock.advance(5_000);
    assert.deepEqual(store.state, { type: 'ready' });
    assert.equal(told.length, 1);
    assert.deepEqual((await folder.open()).database.ids, ['b', 'c', 'd', 'e']);
  });

  describe('or are of a newer version', () => {
    it('leaves a base file alone', async () => {
      await fill();
      const newer = '{"format":"jsonDatabase","version":2,"sequence":9,"records":[]}';
      writeFileSync(folder.file(base), newer);
      const names = readdirSync(folder.path);
      const { store } = await folder.window();
      assert.deepEqual(store.state, { type: 'newerVersion' });
      assert.throws(() => store.database, { code: 'history.newerVersion' });
      await assert.rejects(store.write([put('x')]), { code: 'history.newerVersion' });
      assert.equal(await store.fold(), false);
      await store.close();
      assert.equal(readFileSync(folder.file(base), 'utf8'), newer);
      assert.deepEqual(readdirSync(folder.path), names);
    });

    it('writes nothing more when another window has begun a journal of one, be it by one fold', async () => {
      const { store, asides } = await folder.window();
      await store.write([put('a')]);
      const header = { version: 1, schema: schemaVersion + 1, from: 1 } as const;
      const { epoch } = JSON.parse(/{.*}/.exec(readFileSync(folder.file(journal), 'utf8'))?.[0] ?? '') as {
        epoch: string;
      };
      writeFileSync(folder.file(base), '{"format":"jsonDatabase","version":2,"sequence":1,"records":[]}');
      writeFileSync(folder.file('history-000002.journal'), encodeHeader({ ...header, epoch }).text);
      await assert.rejects(store.write([put('b')]), { code: 'history.newerVersion' });
      assert.equal(await store.fold(), false);
      assert.deepEqual(store.state, { type: 'newerVersion' });
      assert.match(readFileSync(folder.file(base), 'utf8'), /"version":2/);
      assert.deepEqual(asides, []);
    });

    it('says in its journal which version its base file has', async () => {
      const store = await folder.open();
      await store.write([put('a')]);
      assert.match(readFileSync(folder.file(journal), 'utf8'), new RegExp(`"schema":${schemaVersion}[,}]`));
      await store.fold();
      const next = readFileSync(folder.file('history-000002.journal'), 'utf8');
      assert.match(next, new RegExp(`"schema":${schemaVersion}[,}]`));
    });

    it('writes nothing more when another window brings one while this one runs', async () => {
      const old = await folder.window();
      await old.store.write([put('a')]);
      const newer = await folder.open({
        openDatabase: (bytes) => {
          const opened = openJsonDatabase(bytes);
          if ('problem' in opened) return opened;
          const { database } = opened;
          const write = database.export.bind(database);
          database.export = () =>
            Array.from(write(), (piece) =>
              Buffer.from(Buffer.from(piece).toString().replace('"version":1', '"version":2')),
            );
          return { database };
        },
      });
      await newer.write([put('b')]);
      await newer.fold();
      await newer.write([put('c')]);
      await newer.fold();
      await assert.rejects(old.store.write([put('d')]), { code: 'history.newerVersion' });
      assert.deepEqual(old.store.state, { type: 'newerVersion' });
      assert.equal(existsSync(folder.file(base)), true);
      assert.match(readFileSync(folder.file(base), 'utf8'), /"version":2/);
      assert.deepEqual(old.asides, []);
    });
  });
});
