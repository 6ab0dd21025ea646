import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HistorySetAside } from '../../../../src/services/history/history';
import { WorkerClient } from '../../../../src/workers/workerClient';
import { historyWorkerProtocol } from '../../../../src/shared/protocol/historyWorker';
import { systemClock } from '../../../../src/shared/clock';
import { until } from '../../metrics/support/until';
import type { FixtureBundle } from '../../support/fixtureBundle';
import { Random, testSeed } from '../../support/random';
import { madeRecord } from '../../support/scanRecords';
import { hostileTexts, longTarget, randomRecord } from '../support/randomRecords';
import { RealHistory } from './support/realHistory';

const withCode = (code: string) => (error: unknown) => {
  assert.equal((error as { code?: unknown }).code, code, String(error));
  return true;
};

/** Real threads, files and time. */
describe('the history thread', function () {
  this.timeout(30_000);
  let bundle: FixtureBundle;
  let real: RealHistory;
  before(async () => {
    bundle = await RealHistory.bundle();
  });
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    real = RealHistory.on(bundle);
  });
  afterEach(async () => {
    await real.stop();
  });

  it('keeps records for ever, whatever text is in them', async () => {
    const records = [...hostileTexts, longTarget].map((text, index) =>
      madeRecord({ target: text, summary: text, startedAt: 1_700_000_000_000 + index }),
    );
    const one = real.open();
    const results = await Promise.all(records.map((record) => one.put(record)));
    assert.ok(results.every((durability) => durability === 'stored'));
    await one.stop();
    const two = real.open();
    for (const record of records) assert.deepEqual(await two.get(record.id), record);
    const page = await two.page({ filter: {}, limit: 5 });
    assert.deepEqual(
      page.records.map(({ id }) => id),
      records
        .slice(-5)
        .reverse()
        .map(({ id }) => id),
    );
    assert.equal(await two.count({ text: '\uD83D' }), 2);
    assert.deepEqual(await two.groups('kind', {}), [{ key: 'file', count: records.length }]);
    assert.equal(await two.remove([records[0]!.id]), 'stored');
    assert.equal(await two.get(records[0]!.id), undefined);
    assert.equal(await two.clear(), 'stored');
    assert.equal(await two.count({}), 0);
    assert.deepEqual(two.state, { type: 'ready' });
    assert.deepEqual(real.logger.of('warning'), []);
  });

  it('refuses what is malformed, and lives on', async () => {
    const client = new WorkerClient({
      name: 'history',
      protocol: historyWorkerProtocol,
      clock: systemClock,
      logger: real.logger,
      spawn: () => real.spawn('history.worker'),
    });
    const record = madeRecord();
    const anywhere = [null, 7, 'x', [], new Map([['filter', {}]]), { operations: 'all', filter: 'all' }];
    const hostile = {
      write: [
        {},
        { operations: [{ type: 'drop' }] },
        { operations: [{ type: 'put', record: { ...record, startedAt: NaN } }] },
        { operations: [{ type: 'put', record: { ...record, verdict: 'fine' } }] },
        { operations: [{ type: 'put', record: { ...record, findings: [{ rule: 'x' }] } }] },
        { operations: [{ type: 'remove', ids: [7] }] },
        { operations: [{ type: 'retain', maxRecords: 0 }] },
      ],
      get: [{}, { id: 7 }, { id: { toString: 'x' } }],
      page: [
        {},
        { filter: {}, limit: 0 },
        { filter: {}, limit: 1e9 },
        { filter: { kinds: ['program'] }, limit: 1 },
        { filter: {}, limit: 5, after: { startedAt: 'now', id: 'x' } },
      ],
      groups: [{ by: 'colour', filter: {} }, { by: 'day' }],
      count: [
        {},
        { filter: { text: { toString: 'x' } } },
        { filter: { from: -1 } },
        { filter: { from: NaN } },
      ],
    };
    for (const [name, payloads] of Object.entries(hostile)) {
      for (const payload of [...anywhere, ...payloads]) {
        const request = client.request(name as 'get', payload as never);
        await assert.rejects(request, withCode('worker.badRequest'), `${name} ${JSON.stringify(payload)}`);
      }
    }
    await assert.rejects(
      client.request('constructor' as 'get', { id: 'x' }),
      withCode('worker.unknownRequest'),
    );
    for (const notification of [undefined, 'watch', { type: 'retain' }, { type: 'retain', retention: {} }]) {
      client.notify(notification as never);
    }
    for (const raw of [undefined, 'close', { type: 'request' }, { type: 'request', id: -1, name: 'count' }]) {
      real.threads[0]?.post(raw);
    }
    assert.equal(await client.request('count', { filter: {} }), 0);
    assert.equal(real.threads.length, 1);
    assert.equal(existsSync(real.folder), false, 'a question makes no files');
    await client.stop();
  });

  it('does not start without its data', async () => {
    for (const data of [null, {}, { folder: '', wasmFile: 'x' }]) {
      const thread = real.spawn('history.worker', data);
      const exit = await new Promise<{ reason: string }>((resolve) => {
        thread.onExit(resolve);
      });
      assert.equal(exit.reason, 'error');
    }
  });

  it('says that history failed where SQLite is missing', async () => {
    const client = new WorkerClient({
      name: 'history',
      protocol: historyWorkerProtocol,
      clock: systemClock,
      logger: real.logger,
      spawn: () => real.spawn('history.worker', { folder: real.folder, wasmFile: '/nowhere/sql.wasm' }),
    });
    const states: unknown[] = [];
    client.onPush((push) => states.push(push));
    await assert.rejects(client.request('count', { filter: {} }), withCode('history.unreadable'));
    const [push] = states as { type: string; state: { type: string; message: string } }[];
    assert.equal(push?.state.type, 'failed');
    assert.match(push.state.message, /ENOENT/);
    await client.stop();
  });

  it('shows what another window writes within two seconds', async () => {
    const [one, two] = [real.open(), real.open()];
    await one.put(madeRecord({ id: 'first' }));
    let changes = 0;
    two.onChanged(() => (changes += 1));
    two.watch();
    assert.equal(await two.count({}), 1);
    for (const id of ['second', 'third']) {
      const before: number = changes;
      const startedMs = performance.now();
      await one.put(madeRecord({ id }));
      await until(() => changes > before, 'a change');
      assert.ok(performance.now() - startedMs < 2_000, `${performance.now() - startedMs} ms`);
    }
    assert.equal(await two.count({}), 3);
    await two.remove(['first']);
    assert.equal(await one.count({}), 2, 'without watching, whoever asks is told the truth');
  });

  it('keeps as many and as old as it may', async () => {
    const day = 86_400_000;
    const service = real.open({ maxRecords: 5, maxAgeDays: 0 });
    for (let index = 0; index < 12; index += 1) {
      await service.put(madeRecord({ id: `id-${index}`, startedAt: Date.now() - (20 - index) * day }));
    }
    const ids = async (): Promise<string[]> =>
      (await service.page({ filter: {}, limit: 100 })).records.map(({ id }) => id);
    assert.deepEqual(await ids(), ['id-11', 'id-10', 'id-9', 'id-8', 'id-7']);
    await Promise.all(
      [12, 13, 14].map((index) => service.put(madeRecord({ id: `id-${index}`, startedAt: Date.now() }))),
    );
    assert.equal((await ids()).length, 5);
    service.setRetention({ maxRecords: 100, maxAgeDays: 9.5 });
    await service.put(madeRecord({ id: 'id-15', startedAt: Date.now() }));
    assert.deepEqual((await ids()).toSorted(), ['id-11', 'id-12', 'id-13', 'id-14', 'id-15']);
  });

  it('lets go of what is beyond when that changes and when it is opened, and not with the next scan alone', async () => {
    const first = real.open();
    for (let index = 0; index < 6; index += 1) await first.put(madeRecord({ id: `id-${index}` }));
    let changes = 0;
    first.onChanged(() => (changes += 1));
    await until(() => changes > 0, 'word of the records');
    changes = 0;
    first.setRetention({ maxRecords: 4, maxAgeDays: 0 });
    await until(() => changes > 0, 'word of those that went');
    assert.equal(await first.count({}), 4);
    await first.stop();
    const later = real.open({ maxRecords: 2, maxAgeDays: 0 });
    while ((await later.count({})) !== 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const threads = real.threads.length;
    real.open().setRetention({ maxRecords: 1, maxAgeDays: 0 });
    assert.equal(real.threads.length, threads, 'none is started for it');
    assert.deepEqual(real.logger.of('warning'), []);
  });

  describe('leaves nothing on the disk', () => {
    const onDisk = (text: string): string[] =>
      readdirSync(real.folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name))
        .filter((file) => readFileSync(file).includes(text));
    const record = (name: string) => madeRecord({ id: name, target: `/secret/${name}`, summary: name });

    it('of a history that was cleared', async () => {
      const [one, two] = [real.open(), real.open()];
      await one.put(record('alpha'));
      await one.remove(['nothing']);
      await one.put(record('beta'));
      assert.equal(await two.count({}), 2);
      assert.notDeepEqual(onDisk('alpha'), []);
      assert.notDeepEqual(onDisk('beta'), []);
      assert.equal(await one.clear(), 'stored');
      assert.deepEqual([...onDisk('alpha'), ...onDisk('beta')], []);
      assert.equal(await two.count({}), 0);
      await two.put(record('gamma'));
      assert.equal(await one.count({}), 1);
      assert.deepEqual(real.logger.of('warning'), []);
    });

    it('of a record that was deleted', async () => {
      const service = real.open();
      for (const name of ['alpha', 'beta', 'gamma']) await service.put(record(name));
      assert.equal(await service.remove(['beta']), 'stored');
      assert.deepEqual(onDisk('beta'), []);
      assert.notDeepEqual(onDisk('alpha'), []);
      assert.equal((await service.get('gamma'))?.target, '/secret/gamma');
    });
  });

  it('loses nothing that was acknowledged, and doubles nothing, when threads are ended at random', async () => {
    const random = new Random(testSeed());
    const service = real.open();
    const puts: Promise<string>[] = [];
    for (let index = 0; index < 60; index += 1) {
      const record = randomRecord(random, `id-${index}`);
      puts.push(
        service.put(record).then((durability) => {
          assert.equal(durability, 'stored');
          return record.id;
        }),
      );
      if (random.chance(0.1)) await puts.at(-1);
      if (random.chance(0.2)) void real.threads.at(-1)?.terminate();
      if (random.chance(0.2)) await new Promise((resolve) => setTimeout(resolve, random.below(60)));
    }
    const acknowledged = await Promise.all(puts);
    assert.ok(real.threads.length > 1, 'some were ended');
    assert.equal(await service.count({}), 60);
    await service.stop();
    const again = real.open();
    for (const id of acknowledged) assert.equal((await again.get(id))?.id, id);
    assert.equal(await again.count({}), 60);
  });

  it('keeps in memory what cannot be written, over the end of its thread, and writes it when it can', async () => {
    const service = real.open();
    await service.put(madeRecord({ id: 'before' }));
    // Nobody can take the lock.
    const locks = readdirSync(real.folder).filter((name) => name.startsWith('lock') || name.endsWith('lock'));
    assert.equal(locks.length, 1, readdirSync(real.folder).join());
    const lock = path.join(real.folder, locks[0]!);
    rmSync(lock, { recursive: true });
    if (process.platform === 'linux') writeFileSync(lock, '');
    else mkdirSync(lock);
    assert.equal(await service.put(madeRecord({ id: 'one' })), 'waiting');
    assert.equal(await service.put(madeRecord({ id: 'two' })), 'waiting');
    assert.equal(service.state.type, 'unwritable');
    assert.equal(await service.count({}), 3, 'shown all the same');
    await real.threads.at(-1)?.terminate();
    await until(() => real.threads.length === 2, 'another thread');
    while ((await service.count({})) < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(service.state.type, 'unwritable');
    const file = path.join(real.root, 'export.json');
    const outcome = await service.export({}, { file, format: 'json' }, 'Export').outcome;
    assert.ok(outcome.status === 'finished', JSON.stringify(outcome));
    assert.equal(outcome.result.records, 3, 'exported all the same');
    rmSync(lock, { recursive: true });
    await until(() => service.state.type === 'ready', 'it can be written again');
    await service.stop();
    assert.equal(await real.open().count({}), 3);
  });

  it('keeps in memory what is added while the files cannot be read, and writes it when they can', async () => {
    const base = path.join(real.folder, 'history.sqlite');
    mkdirSync(base, { recursive: true });
    const service = real.open();
    assert.equal(await service.put(madeRecord({ id: 'one' })), 'waiting');
    assert.equal(service.state.type, 'failed');
    await assert.rejects(service.count({}), withCode('history.unreadable'));
    rmSync(base, { recursive: true });
    await until(() => service.state.type === 'ready', 'it can be read again');
    assert.equal(await service.put(madeRecord({ id: 'two' })), 'stored');
    await service.stop();
    assert.equal(await real.open().count({}), 2);
  });

  it('sets a damaged file aside, tells where it is, and goes on', async () => {
    mkdirSync(real.folder, { recursive: true });
    writeFileSync(path.join(real.folder, 'history.sqlite'), 'SQLite format 3\0'.padEnd(5_000, 'x'));
    const service = real.open();
    const asides: HistorySetAside[] = [];
    service.onSetAside((aside) => asides.push(aside));
    assert.equal(await service.put(madeRecord()), 'stored');
    assert.equal(await service.count({}), 1);
    assert.equal(asides.length, 1);
    assert.equal(asides[0]?.problem, 'foreign');
    assert.match(readFileSync(asides[0].file, 'utf8'), /^SQLite format 3/);
  });

  it('leaves alone what a newer version wrote', async () => {
    const one = real.open();
    await one.put(madeRecord());
    await one.stop();
    for (const name of readdirSync(real.folder)) {
      if (name.endsWith('.journal')) rmSync(path.join(real.folder, name));
    }
    const header = Buffer.alloc(8_192);
    header.write('SQLite format 3\0', 'latin1');
    header.writeUInt32BE(0x536e4869, 68);
    header.writeUInt32BE(99, 60);
    const file = path.join(real.folder, 'history.sqlite');
    writeFileSync(file, header);
    const two = real.open();
    await assert.rejects(two.count({}), withCode('history.newerVersion'));
    await assert.rejects(two.put(madeRecord()), withCode('history.newerVersion'));
    assert.deepEqual(two.state, { type: 'newerVersion' });
    assert.deepEqual(readFileSync(file), header);
  });

  it('answers while an export stands still', async () => {
    const service = real.open();
    await Promise.all(
      Array.from({ length: 300 }, (_, index) => service.put(madeRecord({ id: `id-${index}` }))),
    );
    const file = path.join(real.root, 'export.csv');
    const task = service.export({}, { file, format: 'csv' }, 'Export');
    const paused = task.pause();
    await service.put(madeRecord({ id: 'meanwhile' }));
    assert.equal(await service.count({}), 301);
    await paused;
    assert.equal(existsSync(file), false);
    task.resume();
    const outcome = await task.outcome;
    assert.ok(outcome.status === 'finished', JSON.stringify(outcome));
    assert.ok(outcome.result.records >= 300);
    assert.equal(readFileSync(file, 'utf8').trimEnd().split('\r\n').length, outcome.result.records + 1);
    const filtered = await service.export({ text: 'nothing has this' }, { file, format: 'csv' }, 'Export')
      .outcome;
    assert.ok(filtered.status === 'finished' && filtered.result.records === 0);
    const missing = path.join(real.root, 'missing', 'export.csv');
    const failed = await service.export({}, { file: missing, format: 'csv' }, 'Export').outcome;
    assert.ok(
      failed.status === 'failed' && failed.error.code === 'export.folderMissing',
      JSON.stringify(failed),
    );
  });
});
