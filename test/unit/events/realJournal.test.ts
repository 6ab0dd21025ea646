import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import type { EventsProblem } from '../../../src/shared/events/eventsReading';
import type { SystemEvent } from '../../../src/shared/events/systemEvent';
import { JournaldProvider } from '../../../src/services/events/journald/journaldProvider';
import { skip, skipForWant } from '../../support/skip';
import { processesWith, until } from '../process/support/processes';
import { FixtureBundle } from '../support/fixtureBundle';
import { realService } from './support/events';
import { journalToolsMissing, ordinaryEntries, TestJournal } from './support/journal';

const startUs = 1_700_000_000_000_000;

describe('a real journal', function () {
  this.timeout(30_000);
  const bundle = new FixtureBundle();
  let journal: TestJournal;
  let running: ReturnType<typeof realService>;

  before(async function () {
    const missing = journalToolsMissing();
    if (missing !== undefined) skipForWant(this, missing);
    await bundle.build('src/services/process/guardian.process.ts');
  });
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    journal = new TestJournal();
  });
  afterEach(async () => {
    await running.stop();
    assert.deepEqual(processesWith(journal.tools), []);
    journal.remove();
  });

  function start(maxCount = 300) {
    const provider = new JournaldProvider(() => Promise.resolve(journal.journalctl), Date.now);
    running = realService(provider, bundle.file('guardian.process'), maxCount);
    return running.service;
  }

  it('gives its newest entries, the newest first', async () => {
    journal.write(ordinaryEntries(2_000), (index) => startUs + index * 1_000_000);
    const reading = await start().load('test');
    assert.deepEqual(reading.problems, []);
    assert.equal(reading.events.length, 300);
    const [newest] = reading.events;
    assert.equal(newest?.timestamp, startUs / 1_000 + 1_999_000);
    assert.equal(newest.message, 'Message 1999 of something that went on for a while');
    assert.equal(newest.source, 'program19');
    assert.equal(newest.level, 'debug');
    assert.ok(newest.details.some(([name, value]) => name === '_EXE' && value === '/usr/bin/program'));
  });

  it('is read with messages that are binary, of several lines, very long, absent, or several', async () => {
    const binary = Buffer.alloc(1024 * 1024, 0);
    binary.write('begins like text, then ');
    journal.write(
      [
        { MESSAGE: 'first line\nsecond line', PRIORITY: '3' },
        { MESSAGE: Buffer.from([0xff, 0xfe, 0x41, 0x00, 0x07]), PRIORITY: '4' },
        { MESSAGE: 'x'.repeat(1024 * 1024), PRIORITY: '2', SYSLOG_IDENTIFIER: 'long' },
        { MESSAGE: binary, PRIORITY: '2', SYSLOG_IDENTIFIER: 'binary' },
        { PRIORITY: '6', SYSLOG_IDENTIFIER: 'silent' },
        { MESSAGE: ['said', 'said again'], PRIORITY: '6' },
      ],
      (index) => startUs + index * 1_000,
    );
    const startedMs = performance.now();
    const { events, problems } = await start().load('test');
    assert.ok(performance.now() - startedMs < 10_000);
    assert.deepEqual(problems, []);
    const [several, silent, fromBinary, long, bytes, lines] = events;
    assert.deepEqual(several?.message.split('\n').sort(), ['said', 'said again']);
    assert.equal(silent?.message, '');
    assert.equal(silent.source, 'silent');
    assert.equal(fromBinary?.source, 'binary');
    assert.ok(fromBinary.message.startsWith('begins like text, then '));
    assert.equal(fromBinary.truncated, true);
    assert.equal(fromBinary.timestamp, startUs / 1_000 + 3);
    // Three quarters of what is kept of an event; no comparison that would print it.
    assert.equal(long?.message.length, 96 * 1024);
    assert.ok(/^x+$/.test(long.message));
    assert.equal(long.truncated, true);
    assert.equal(long.level, 'critical');
    assert.equal(bytes?.message, '\ufffd\ufffdA\u0000\u0007');
    assert.equal(lines?.message, 'first line\nsecond line');
    assert.equal(lines.truncated, undefined);
  });

  it('says so when it is empty', async () => {
    const { events, problems } = await start().load('test');
    assert.deepEqual(events, []);
    assert.deepEqual(problems, [{ type: 'empty' }]);
  });

  it('that this user may not read says so, and does not look empty', async function () {
    if (process.getuid?.() !== 0) skip(this, 'Only root may become somebody who may not read it.');
    journal.write(ordinaryEntries(3), (index) => startUs + index);
    journal.closeToReader();
    const service = start();
    const { events, problems } = await service.load('test');
    assert.deepEqual([events, problems], [[], [{ type: 'denied' }]]);
    const ended: EventsProblem[] = [];
    service.follow(undefined, { onEvents: () => undefined, onEnded: (problem) => ended.push(problem) });
    await until(() => ended.length > 0);
    assert.match(JSON.stringify(ended), /insufficient permissions/);
  });

  it('is followed from the newest event that is known, until nobody listens any more', async () => {
    journal.write(ordinaryEntries(3), (index) => startUs + index * 1_000);
    const service = start();
    const { events } = await service.load('test');
    const seen: SystemEvent[] = [];
    const ended: EventsProblem[] = [];
    const following = service.follow(events[0], {
      onEvents: (more) => seen.push(...more),
      onEnded: (problem) => ended.push(problem),
    });
    await until(() => processesWith(journal.tools).length + processesWith('--follow').length > 0);
    journal.write([{ MESSAGE: 'new', PRIORITY: '3' }], () => startUs + 60_000_000);
    await until(() => seen.length > 0);
    assert.deepEqual(
      seen.map(({ message }) => message),
      ['new'],
    );
    following.dispose();
    await until(() => running.processes.runningCount === 0);
    assert.deepEqual(ended, []);
  });

  it('leaves no process when reading is cancelled, and keeps what was read', async () => {
    journal.write(ordinaryEntries(1), () => startUs);
    const line = JSON.stringify({ __REALTIME_TIMESTAMP: '1700000000000000', MESSAGE: 'kept' });
    writeFileSync(journal.journalctl, `#!/bin/sh\necho '${line}'\nsleep 60\n`);
    chmodSync(journal.journalctl, 0o755);
    const service = start();
    const loading = service.load('test');
    await until(() => running.processes.runningCount === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    service.cancel();
    const { events, problems } = await loading;
    assert.deepEqual(problems, [{ type: 'cancelled' }]);
    assert.deepEqual(
      events.map(({ message }) => message),
      ['kept'],
    );
    await until(() => running.processes.runningCount === 0);
  });
});
