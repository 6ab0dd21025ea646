import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HistoryStore } from '../../../../src/services/history/storage/historyStore';
import type { HistoryStoreOptions } from '../../../../src/services/history/storage/storeOptions';
import type { HistoryOperation } from '../../../../src/services/history/operation';
import { systemClock } from '../../../../src/shared/clock';
import { madeRecord } from '../../support/scanRecords';
import { RecordingLogger } from '../../support/recordingLogger';
import type { JsonDatabase } from './support/jsonDatabase';
import { openJsonDatabase } from './support/jsonDatabase';

describe('HistoryStore', () => {
  let folder: string;
  const stores: HistoryStore<JsonDatabase>[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-history-'));
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(
    options: Partial<HistoryStoreOptions<JsonDatabase>> = {},
  ): Promise<HistoryStore<JsonDatabase>> {
    const store = await HistoryStore.open({
      folder,
      openDatabase: openJsonDatabase,
      clock: systemClock,
      logger: new RecordingLogger(),
      ...options,
    });
    stores.push(store);
    return store;
  }

  it('keeps what was stored, over closing and opening', async () => {
    const store = await open();
    assert.equal(await store.write([put('a')]), 'stored');
    assert.equal(await store.write([put('b'), put('c')]), 'stored');
    assert.deepEqual((await open()).database.ids, ['a', 'b', 'c']);
  });

  it('goes on after a fold, and others with it', async () => {
    const one = await open();
    const other = await open();
    await one.write([put('a')]);
    assert.equal(await one.fold(), true);
    await other.write([put('b')]);
    assert.equal(await other.fold(), true);
    assert.equal(await other.fold(), false);
    await one.write([put('c')]);
    await other.refresh();
    for (const store of [one, other, await open()]) assert.deepEqual(store.database.ids, ['a', 'b', 'c']);
  });

  it('tells the other window within two seconds', async () => {
    const seen = Promise.withResolvers<undefined>();
    const one = await open();
    const other = await open({
      onChanged: () => {
        seen.resolve(undefined);
      },
    });
    await one.write([put('a')]);
    other.watch();
    await one.write([put('b')]);
    await seen.promise;
    assert.deepEqual(other.database.ids, ['a', 'b']);
  });
});

function put(id: string): HistoryOperation {
  return { type: 'put', record: madeRecord({ id }) };
}
