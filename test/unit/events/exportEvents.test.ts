import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { exportEvents } from '../../../src/services/events/export/exportEvents';
import { SentinelError } from '../../../src/shared/errors';
import { sampleEvent } from './support/events';

describe('an export of events', () => {
  let folder: string;
  const context = { checkpoint: () => Promise.resolve() };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-events-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is a table in which no cell is a formula', async () => {
    const file = path.join(folder, 'a.csv');
    const event = sampleEvent({
      message: '=1+1, "x"\nline',
      source: '@a',
      eventId: 7,
      details: [['N', '-2']],
    });
    await exportEvents([event], file, 'csv', 0, context);
    const rows = parse(readFileSync(file), { bom: true });
    assert.deepEqual(rows, [
      ['time', 'level', 'source', 'eventId', 'log', 'message', 'cut', 'details'],
      ['2024-01-15T10:30:45.000Z', 'info', "'@a", '7', '', '\'=1+1, "x"\nline', '', 'N: -2'],
    ]);
  });

  it('is JSON with everything, in the place and with the permissions of the file that was there', async () => {
    const file = path.join(folder, 'a.json');
    writeFileSync(file, 'old');
    chmodSync(file, 0o600);
    const events = Array.from({ length: 500 }, (_, index) =>
      sampleEvent({ message: `${index} \ud800`.repeat(50) }),
    );
    await exportEvents(events, file, 'json', 0, context);
    const written = JSON.parse(readFileSync(file, 'utf8')) as {
      format: string;
      events: { message: string }[];
    };
    assert.equal(written.format, 'sentinel-events');
    assert.deepEqual(
      written.events.map(({ message }) => message),
      events.map(({ message }) => message),
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['a.json']);
  });

  it('leaves nothing, and what was there as it was, when it is cancelled or cannot be written', async () => {
    const file = path.join(folder, 'a.json');
    writeFileSync(file, 'old');
    const checkpoint = () => Promise.reject(new SentinelError('task.cancelled', 'cancelled'));
    await assert.rejects(exportEvents([sampleEvent()], file, 'json', 0, { checkpoint }), {
      code: 'task.cancelled',
    });
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['a.json']);
    await assert.rejects(exportEvents([], folder, 'csv', 0, context), { code: 'export.isFolder' });
    await assert.rejects(exportEvents([], path.join(folder, 'none', 'a.csv'), 'csv', 0, context), {
      code: 'export.folderMissing',
    });
  });
});
