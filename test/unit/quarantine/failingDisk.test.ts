import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FaultPoint } from '../../../src/services/files/faults';
import type { QuarantineStep } from '../../../src/services/quarantine/itemFolder';
import type { QuarantineStore } from '../../../src/services/quarantine/quarantineStore';
import { systemError } from '../support/faultyCalls';
import { SmallFileSystem } from '../support/smallFileSystem';
import { freeControl } from './support/freeControl';
import { isAsWritten, QuarantineFolders } from './support/quarantineFolders';

const content = Buffer.alloc(200 * 1024, 'harm ');

describe('a quarantine on a disk that fails', () => {
  const made: QuarantineFolders[] = [];

  afterEach(() => {
    for (const folders of made.splice(0)) folders.remove();
  });

  function prepare(stored: boolean, options = {}): { folders: QuarantineFolders; id: string } {
    const folders = new QuarantineFolders(options);
    made.push(folders);
    folders.write(content);
    if (!stored) return { folders, id: '' };
    const moved = folders.open().move({ path: folders.file() }, freeControl);
    assert.ok(moved.status === 'moved');
    return { folders, id: moved.record.id };
  }

  type Act = (store: QuarantineStore, folders: QuarantineFolders, id: string) => string;

  /** Lets each moment fail, once and from then on, and looks where the file is then. */
  function failEverywhere(stored: boolean, code: string, act: Act): Set<string> {
    const points: FaultPoint<QuarantineStep>[] = [];
    const whole = prepare(stored);
    act(whole.folders.open({ faults: (point) => points.push(point) }), whole.folders, whole.id);
    const answers = new Set<string>();
    for (const [moment, point] of points.entries()) {
      for (const lasting of [false, true]) {
        const what = `${code} ${point} (${moment}) ${lasting ? 'and ever after' : 'once'}`;
        const { folders, id } = prepare(stored);
        let reached = 0;
        let isWell = false;
        const faults = (): void => {
          reached += 1;
          if (isWell) return;
          if (lasting ? reached > moment : reached === moment + 1) throw systemError(code);
        };
        const store = folders.open({ faults });
        const answer = act(store, folders, id);
        answers.add(answer);
        // By the same window, which may still have to give the lock back.
        isWell = true;
        const items = store.list(freeControl);
        const outside = folders.outsideWith(content);
        assert.equal(outside.length + items.length, 1, `${what}: ${answer}`);
        assert.deepEqual(folders.leftovers(), [], what);
        assert.ok(!outside.some((name) => name.startsWith('.')), what);
        for (const name of outside) assert.ok(isAsWritten(folders.file(name)), what);
        for (const item of items) assert.equal(item.type, 'stored', what);
        if (answer === 'moved') assert.equal(items.length, 1, what);
        if (answer === 'restored') assert.equal(outside.length, 1, what);
        folders.remove();
      }
    }
    return answers;
  }

  for (const code of ['ENOSPC', 'EIO', 'EROFS']) {
    it(`with ${code} at any moment has the file in one place`, () => {
      const moving = failEverywhere(
        false,
        code,
        (store, folders) => store.move({ path: folders.file() }, freeControl).status,
      );
      assert.deepEqual([...moving].toSorted(), ['moved', 'refused']);
      const restoring = failEverywhere(
        true,
        code,
        (store, folders, id) => store.restore({ id, target: folders.file('other') }, freeControl).status,
      );
      assert.deepEqual([...restoring].toSorted(), ['refused', 'restored']);
    }).timeout(60_000);
  }

  describe('that is really full', () => {
    const disk = new SmallFileSystem();

    before(function () {
      SmallFileSystem.need(this);
    });
    beforeEach(function () {
      const folders = new QuarantineFolders();
      made.push(folders);
      disk.create(this, folders.root, '320k');
    });
    afterEach(() => {
      disk.remove();
    });

    const ballast = (): string => path.join(disk.mount, 'ballast');
    function fill(): void {
      try {
        writeFileSync(ballast(), Buffer.alloc(1024 * 1024));
      } catch {
        // Full it is.
      }
    }

    it('refuses what it has no room for, and leaves it where it is', () => {
      const { folders } = prepare(false, { storeIn: disk.mount });
      const big = folders.write(Buffer.alloc(1024 * 1024, 7), 'big');
      for (let round = 0; round < 2; round += 1) {
        const result = folders.open().move({ path: big }, freeControl);
        assert.deepEqual(result, { status: 'refused', reason: 'diskFull', systemCode: 'ENOSPC' });
        assert.ok(isAsWritten(big));
        assert.deepEqual(folders.leftovers(), []);
      }
      assert.equal(folders.open().move({ path: folders.file() }, freeControl).status, 'moved');
    });

    it('gives back and deletes without any room', () => {
      for (const act of ['restore', 'remove'] as const) {
        const { folders, id } = prepare(true, { storeIn: disk.mount });
        fill();
        const store = folders.open();
        const result = act === 'restore' ? store.restore({ id }, freeControl) : store.remove(id, freeControl);
        assert.equal(result.status, act === 'restore' ? 'restored' : 'removed', JSON.stringify(result));
        assert.deepEqual(store.list(freeControl), []);
        rmSync(ballast());
      }
    });

    it('keeps what does not fit where it should go', () => {
      const { folders, id } = prepare(true, { outsideIn: disk.mount });
      fill();
      const result = folders.open().restore({ id }, freeControl);
      assert.deepEqual(result, { status: 'refused', reason: 'diskFull', systemCode: 'ENOSPC' });
      assert.deepEqual(folders.outsideWith(content), []);
      rmSync(ballast());
      assert.equal(folders.open().restore({ id }, freeControl).status, 'restored');
      assert.ok(isAsWritten(folders.file()));
    });
  });
});
