import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemQuarantineCalls } from '../../../src/services/quarantine/quarantineCalls';
import { systemError } from '../support/faultyCalls';
import { freeControl } from './support/freeControl';
import { QuarantineFolders } from './support/quarantineFolders';

const content = Buffer.from('harm\n'.repeat(1_000));

describe('an original that changes at the last moment', () => {
  let folders: QuarantineFolders;

  beforeEach(() => {
    folders = new QuarantineFolders();
  });
  afterEach(() => {
    folders.remove();
  });

  for (const [what, change] of [
    [
      'is written',
      () => {
        writeFileSync(folders.file(), 'another content');
      },
    ],
    [
      'is replaced',
      () => {
        writeFileSync(folders.file('new'), 'another content');
        renameSync(folders.file('new'), folders.file());
      },
    ],
  ] as const) {
    it(`loses nothing of what ${what} after the last look and before the original is taken away`, () => {
      folders.write(content);
      const store = folders.open({
        faults: (point) => {
          if (point === 'before original.rename') change();
        },
      });
      const result = store.move({ path: folders.file() }, freeControl);
      assert.deepEqual(result, { status: 'refused', reason: 'changing' });
      assert.equal(readFileSync(folders.file(), 'utf8'), 'another content');
      assert.deepEqual(readdirSync(folders.outside), ['install.js']);
      assert.deepEqual(folders.open().list(freeControl), []);
      assert.deepEqual(folders.leftovers(), []);
    });
  }

  it('replaces nothing when it puts back what it should not have taken', () => {
    folders.write(content);
    const store = folders.open({
      faults: (point) => {
        if (point === 'before original.rename') writeFileSync(folders.file(), 'second');
        if (point === 'after original.rename') writeFileSync(folders.file(), 'third');
      },
    });
    assert.equal(store.move({ path: folders.file() }, freeControl).status, 'refused');
    const texts = readdirSync(folders.outside).map((name) => readFileSync(folders.file(name), 'utf8'));
    assert.deepEqual(texts.toSorted(), ['second', 'third']);
    assert.equal(readFileSync(folders.file(), 'utf8'), 'third');
  });

  it('goes on with putting back where that was interrupted', () => {
    folders.write(content);
    let isFailing = true;
    const calls = {
      ...systemQuarantineCalls,
      remove: (file: string): void => {
        if (isFailing && path.dirname(file) === folders.outside) throw systemError('EIO', 'unlink');
        systemQuarantineCalls.remove(file);
      },
    };
    const faults = (point: string): void => {
      if (point === 'before original.rename') writeFileSync(folders.file(), 'another content');
    };
    const result = folders.open({ calls, faults }).move({ path: folders.file() }, freeControl);
    assert.deepEqual(result, { status: 'refused', reason: 'changing' });
    assert.equal(readdirSync(folders.outside).length, 2, 'one file by two names');
    isFailing = false;
    const items = folders.open({ calls }).list(freeControl);
    assert.deepEqual(readdirSync(folders.outside), ['install.js']);
    assert.equal(readFileSync(folders.file(), 'utf8'), 'another content');
    // What was there before is nowhere else.
    assert.deepEqual(
      items.map(({ type }) => type),
      ['stored'],
    );
  });
});
