import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type FileCalls, systemFileCalls } from '../../../../src/services/files/fileCalls';
import { DurableFiles } from '../../../../src/services/history/storage/durableFiles';
import { HistoryFolder } from '../../../../src/services/history/storage/historyFolder';
import type { LockHold } from '../../../../src/services/locks/storageLock';
import { faultyCalls, systemError } from '../../support/faultyCalls';
import { type JsonDatabase, openJsonDatabase } from './support/jsonDatabase';
import { put, StoreFolder } from './support/storeFolder';

/** A hold that somebody elsewhere has ended after so many questions. */
function holdUntil(questions = Infinity): LockHold {
  let asked = 0;
  return {
    isHeld: () => {
      asked += 1;
      return asked <= questions;
    },
    refresh: () => undefined,
    isWanted: false,
    release: () => undefined,
  };
}

describe('a window that was stopped while it had the lock, and goes on when another one has stored something', () => {
  let folder: StoreFolder;
  let stopped: HistoryFolder<JsonDatabase>;
  let other: HistoryFolder<JsonDatabase>;
  let fault: Parameters<typeof faultyCalls>[0] | undefined;

  const journal = (): Buffer => readFileSync(folder.file('history-000001.journal'));

  function windowWith(calls: FileCalls): HistoryFolder<JsonDatabase> {
    return new HistoryFolder({
      files: new DurableFiles({ folder: folder.path, calls }),
      openDatabase: openJsonDatabase,
      now: () => 0,
      onSetAside: () => undefined,
    });
  }

  function storeOther(): void {
    other.read(true);
    other.add([put('acknowledged')]);
    other.store(holdUntil());
  }

  beforeEach(() => {
    folder = new StoreFolder();
    fault = undefined;
    stopped = windowWith(faultyCalls((call, file) => fault?.(call, file)));
    other = windowWith(systemFileCalls);
    stopped.read(true);
    stopped.add([put('first')]);
    stopped.store(holdUntil());
    stopped.read(true);
    stopped.add([put('late')]);
  });
  afterEach(() => folder.remove());

  async function assertAllThere(): Promise<void> {
    const { database } = await folder.open();
    assert.deepEqual([...database.ids].sort(), ['acknowledged', 'first', 'late']);
  }

  it('changes nothing once it has noticed, and stores its own behind it later', async () => {
    storeOther();
    const before = journal();
    assert.throws(() => {
      stopped.store(holdUntil(0));
    }, /Another machine took the lock/);
    assert.deepEqual(journal(), before);
    stopped.read(true);
    stopped.store(holdUntil());
    await assertAllThere();
  });

  it('cuts no whole line off that it has not read', async () => {
    storeOther();
    const before = journal();
    assert.throws(
      () => {
        stopped.store(holdUntil());
      },
      { code: 'history.journalChanged' },
    );
    assert.deepEqual(journal(), before);
    stopped.read(true);
    stopped.store(holdUntil());
    await assertAllThere();
  });

  it('takes back its own alone when its disk is full', async () => {
    fault = (call) => {
      if (call !== 'write') return undefined;
      storeOther();
      fault = undefined;
      return systemError('ENOSPC', call);
    };
    assert.throws(() => {
      stopped.store(holdUntil());
    }, /ENOSPC/);
    stopped.read(true);
    stopped.store(holdUntil());
    await assertAllThere();
  });

  it('loses neither line when both have got the same number', async () => {
    fault = (call) => {
      if (call === 'write') {
        fault = undefined;
        storeOther();
      }
      return undefined;
    };
    assert.throws(() => {
      stopped.store(holdUntil(1));
    }, /Another machine took the lock/);
    await assertAllThere();
  });

  it('begins no journal after a fold that it did not finish in time', async () => {
    stopped.store(holdUntil());
    fault = (call, file) => {
      if (call === 'rename' && file?.endsWith('.sqlite.tmp') === true) storeOther();
      return undefined;
    };
    assert.throws(() => {
      stopped.fold(holdUntil(1));
    }, /Another machine took the lock/);
    fault = undefined;
    await assertAllThere();
  });
});
