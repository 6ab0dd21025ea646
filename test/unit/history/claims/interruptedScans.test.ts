import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InterruptedScans } from '../../../../src/services/history/claims/interruptedScans';
import { RecordClaims } from '../../../../src/services/history/claims/recordClaims';
import type { Durability } from '../../../../src/services/history/history';
import type { ProcessTable } from '../../../../src/services/locks/lockOwner';
import { SentinelError } from '../../../../src/shared/errors';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { FakeMachine } from '../../locks/support/fakeMachine';
import { FakeClock } from '../../support/fakeClock';
import { FakeHistory } from '../../support/fakeHistory';
import { RecordingLogger } from '../../support/recordingLogger';
import { madeRecord } from '../../support/scanRecords';

const minuteMs = 60_000;

/** A history on the disk: what was put waits, or cannot be read, as the test says. */
class DiskHistory extends FakeHistory {
  durability: Durability = 'stored';
  readonly puts: ScanRecord[] = [];

  override put(record: ScanRecord): Promise<Durability> {
    this.puts.push(record);
    if (this.durability === 'stored') void super.put(record);
    return Promise.resolve(this.durability);
  }
}

/** A window of VS Code: its process, its claims, and its look for what others left. */
class Window {
  readonly logger = new RecordingLogger();
  readonly claims: RecordClaims;
  readonly scans: InterruptedScans;

  constructor(
    folder: string,
    readonly clock: FakeClock,
    private readonly history: FakeHistory,
    readonly processes: ProcessTable,
  ) {
    this.claims = new RecordClaims({ folder, clock, logger: this.logger, processes });
    this.scans = new InterruptedScans({
      history: { get: (id) => history.get(id), put: (record) => this.put(record) },
      claims: this.claims,
      clock,
      logger: this.logger,
    });
  }

  put(record: ScanRecord): Promise<Durability> {
    return this.claims.put(record, () => this.history.put(record));
  }
}

describe('scans whose window was killed', () => {
  const running = madeRecord({
    status: 'running',
    summary: 'No threat found',
    engines: [
      { id: 'yara', name: 'YARA-X', state: 'noHit' },
      { id: 'virusTotal', name: 'VirusTotal', state: 'running' },
    ],
  });
  const finished: ScanRecord = { ...running, status: 'finished' };
  const withoutVerdict = { ...running };
  delete withoutVerdict.verdict;
  let folder: string;
  let history: DiskHistory;
  let machine: FakeMachine;
  let windows: Window[];
  const open = (processes = machine.start(), clock = new FakeClock()): Window => {
    const window = new Window(folder, clock, history, processes);
    windows.push(window);
    return window;
  };
  /** It does nothing from then on. */
  const kill = (window: Window): void => {
    window.scans.dispose();
    machine.kill(window.processes);
  };
  const status = (): string | undefined => history.records.get(running.id)?.status;
  const claims = (): string[] => readdirSync(folder);

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'sentinel-claims-')), 'running');
    history = new DiskHistory();
    machine = new FakeMachine('here');
    windows = [];
  });
  afterEach(() => {
    for (const window of windows) window.scans.dispose();
    for (const { clock } of windows) assert.equal(clock.pendingTimers, 0);
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  it('are interrupted, with the reason for each engine that was still at it, and no verdict', async () => {
    const killed = open();
    await killed.put({ ...running, verdict: 'noThreatFound' });
    kill(killed);
    const other = open();
    await other.scans.look();
    assert.deepEqual(history.records.get(running.id), {
      ...withoutVerdict,
      status: 'interrupted',
      summary: 'Interrupted, because VS Code was ended',
      engines: [
        { id: 'yara', name: 'YARA-X', state: 'noHit' },
        { id: 'virusTotal', name: 'VirusTotal', state: 'failed', reason: 'interrupted' },
      ],
    });
    assert.deepEqual(claims(), []);
  });

  it('stay an alarm that they were', async () => {
    const killed = open();
    await killed.put({ ...running, verdict: 'malicious', summary: 'Malicious: a test file' });
    kill(killed);
    await open().scans.look();
    const { verdict, summary, status: ended } = history.records.get(running.id) ?? running;
    assert.equal(ended, 'interrupted');
    assert.equal(verdict, 'malicious');
    assert.equal(summary, 'Interrupted, because VS Code was ended; until then: Malicious: a test file');
  });

  it('are not touched while their window lives, however long they take', async () => {
    const living = open();
    const other = open();
    await living.put(running);
    for (let hour = 0; hour < 48; hour += 1) {
      living.clock.suspend(60 * minuteMs);
      other.clock.suspend(60 * minuteMs);
      await other.scans.look();
    }
    assert.equal(status(), 'running');
    await living.put(finished);
    await other.scans.look();
    assert.equal(status(), 'finished');
    assert.deepEqual(claims(), []);
  });

  it('are written once, by one of the windows that find them at the same moment', async () => {
    const killed = open();
    await killed.put(running);
    kill(killed);
    history.puts.length = 0;
    const others = Array.from({ length: 5 }, () => open());
    await Promise.all(others.map(({ scans }) => scans.look()));
    await Promise.all(others.map(({ scans }) => scans.look()));
    assert.deepEqual(
      history.puts.map((record) => record.status),
      ['interrupted'],
    );
    for (const { logger } of others) assert.deepEqual(logger.of('warning'), []);
  });

  it('are found by a window that was open before, within a minute', async () => {
    const killed = open();
    const other = open();
    await killed.put(running);
    await other.scans.look();
    kill(killed);
    const ended = new Promise<void>((resolve) => history.onChanged(resolve));
    await other.clock.advance(minuteMs);
    await ended;
    assert.equal(status(), 'interrupted');
    await other.scans.look();
  });

  it('are interrupted by the next window where the one that began with it is killed as well', async () => {
    const killed = open();
    await killed.put(running);
    kill(killed);
    history.durability = 'waiting';
    const other = open();
    await other.scans.look();
    await other.scans.look();
    assert.equal(history.puts.length, 2, 'what waits is not put again');
    assert.equal(status(), 'running');
    kill(other);
    history.durability = 'stored';
    await open().scans.look();
    assert.equal(status(), 'interrupted');
    assert.deepEqual(claims(), []);
  });

  it('that had come to their end leave nothing but a claim, which goes', async () => {
    for (const left of [finished, undefined]) {
      const killed = open();
      await killed.put(running);
      kill(killed);
      if (left === undefined) history.records.delete(running.id);
      else history.records.set(running.id, left);
      history.puts.length = 0;
      await open().scans.look();
      assert.deepEqual(history.puts, []);
      assert.equal(history.records.get(running.id), left);
      assert.deepEqual(claims(), []);
    }
  });

  it('wait for a history that cannot be read', async () => {
    const killed = open();
    await killed.put(running);
    kill(killed);
    history.become({ type: 'failed', message: 'no disk' });
    const other = open();
    await other.scans.look();
    assert.equal(status(), 'running');
    assert.match(other.logger.of('warning')[0] ?? '', /stay as they are for now: not readable/);
    history.become({ type: 'ready' });
    await other.scans.look();
    assert.equal(status(), 'interrupted');
  });

  it('ask nothing of the history where nobody left anything', async () => {
    const other = open();
    await other.scans.look();
    const living = open();
    await living.put(running);
    writeFileSync(path.join(folder, 'something else'), '');
    writeFileSync(path.join(folder, 'a-record.of.something.else'), '');
    await other.scans.look();
    assert.deepEqual(history.asked, []);
    assert.deepEqual(other.logger.of('warning'), []);
  });

  describe('where it cannot be seen whether it lives', () => {
    for (const [where, there, here] of [
      ['on another machine', new FakeMachine('there'), new FakeMachine('here')],
      ['on a system that gives its number to others', new FakeMachine('mac', false), undefined],
    ] as const) {
      it(`${where}, are left alone as long as it gives signs of life`, async () => {
        const elsewhere = open(there.start());
        const other = open((here ?? there).start());
        await elsewhere.put(running);
        for (let minutes = 0; minutes < 40; minutes += 5) {
          await elsewhere.clock.advance(5 * minuteMs);
          await elsewhere.scans.look();
          await other.clock.advance(5 * minuteMs);
          await other.scans.look();
        }
        assert.equal(status(), 'running');
      });

      it(`${where}, are interrupted when it has been silent for ten minutes of our time`, async () => {
        const elsewhere = open(there.start());
        await elsewhere.put(running);
        elsewhere.scans.dispose();
        const other = open((here ?? there).start());
        await other.scans.look();
        await other.clock.advance(9 * minuteMs);
        await other.scans.look();
        assert.equal(status(), 'running');
        await other.clock.advance(minuteMs);
        await other.scans.look();
        assert.equal(status(), 'interrupted');
      });
    }

    it('are interrupted after a day where no window was open for so long', async () => {
      const clock = new FakeClock();
      const elsewhere = open(new FakeMachine('there').start(), clock);
      await elsewhere.put(running);
      await elsewhere.scans.look();
      elsewhere.scans.dispose();
      clock.suspend(86_400_000);
      await open(undefined, clock).scans.look();
      assert.equal(status(), 'running');
      clock.suspend(1);
      await open(undefined, clock).scans.look();
      assert.equal(status(), 'interrupted');
    });

    it('show what they came to after all', async () => {
      const elsewhere = open(new FakeMachine('there').start());
      await elsewhere.put(running);
      const other = open();
      await other.scans.look();
      await other.clock.advance(10 * minuteMs);
      await other.scans.look();
      assert.equal(status(), 'interrupted');
      await elsewhere.put(finished);
      assert.equal(status(), 'finished');
      assert.deepEqual(claims(), []);
    });
  });

  it('had the number that this window has now', async () => {
    const killed = open();
    await killed.put(running);
    kill(killed);
    await open(machine.start(killed.processes.pid)).scans.look();
    assert.equal(status(), 'interrupted');
  });

  describe('a claim', () => {
    it('is there before the record is, and until its last one is on the disk', async () => {
      const window = open();
      const seen: number[] = [];
      const write = (durability: Durability) => () => {
        seen.push(claims().length);
        return Promise.resolve(durability);
      };
      await window.claims.put(running, write('stored'));
      await window.claims.put(running, write('stored'));
      await window.claims.put(finished, write('waiting'));
      assert.equal(claims().length, 1, 'it may still be running on the disk');
      await window.claims.put(finished, write('stored'));
      assert.deepEqual(seen, [1, 1, 1, 1]);
      assert.deepEqual(claims(), []);
    });

    it('stays where the last record could not be put', async () => {
      const window = open();
      await window.put(running);
      const closed = new SentinelError('history.closed', 'The history is closed.');
      await assert.rejects(
        window.claims.put(finished, () => Promise.reject(closed)),
        closed,
      );
      assert.equal(claims().length, 1);
    });

    it('is not needed for a record that was never running', async () => {
      const window = open();
      let isWritten = false;
      const put = window.claims.put(finished, () => {
        isWritten = true;
        return Promise.resolve('stored');
      });
      assert.ok(isWritten, 'at once');
      assert.equal(await put, 'stored');
      assert.throws(claims, /ENOENT/);
    });

    it('that cannot be made keeps no record from being put', async () => {
      const window = open();
      writeFileSync(folder, '');
      assert.equal(await window.put(running), 'stored');
      assert.equal(await window.put(finished), 'stored');
      assert.equal(status(), 'finished');
      assert.match(window.logger.of('warning')[0] ?? '', /cannot be noted which scans are running/);
    });
  });
});
