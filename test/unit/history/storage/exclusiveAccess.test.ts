import assert from 'node:assert/strict';
import { ExclusiveAccess } from '../../../../src/services/history/storage/exclusiveAccess';
import { type Disposable, toDisposable } from '../../../../src/shared/disposable';
import { courtesyMs, type LockHold, type StorageLock } from '../../../../src/services/locks/storageLock';
import { FakeClock, settle } from '../../support/fakeClock';

class CountedLock implements StorageLock {
  readonly isStuck = false;
  isTaken = false;
  isWanted = false;
  announcements = 0;
  attempts = 0;
  inside = 0;

  announce(): Disposable {
    this.announcements += 1;
    return toDisposable(() => {
      this.announcements -= 1;
    });
  }

  tryAcquire(): LockHold | undefined {
    this.attempts += 1;
    if (this.isTaken) return undefined;
    this.inside += 1;
    return {
      refresh: () => undefined,
      isHeld: () => true,
      isWanted: this.isWanted,
      release: () => {
        this.inside -= 1;
      },
    };
  }
}

describe('ExclusiveAccess', () => {
  const signal = new AbortController().signal;
  let lock: CountedLock;
  let clock: FakeClock;
  let access: ExclusiveAccess;

  beforeEach(() => {
    lock = new CountedLock();
    clock = new FakeClock();
    access = new ExclusiveAccess(lock, clock);
  });

  it('runs what it is given in its order, and gives the lock back each time', async () => {
    const order: number[] = [];
    const outcomes = await Promise.all(
      [1, 2, 3].map((number) =>
        access.run(
          () => {
            assert.equal(lock.inside, 1);
            order.push(number);
            if (number === 2) throw new Error('made by a test');
            return number;
          },
          { timeoutMs: 0, signal },
        ),
      ),
    );
    assert.deepEqual(order, [1, 2, 3]);
    assert.deepEqual(
      outcomes.map(({ type }) => type),
      ['done', 'failed', 'done'],
    );
    assert.equal(lock.inside, 0);
  });

  it('tries again and again, ever more rarely, until its time is over', async () => {
    lock.isTaken = true;
    const outcome = access.run(() => 1, { timeoutMs: 1_000, signal });
    await clock.advance(100);
    assert.equal(lock.announcements, 1);
    const early = lock.attempts;
    assert.ok(early >= 10 && early <= 80, `${early} attempts in 100 ms`);
    await clock.advance(950);
    assert.deepEqual(await outcome, { type: 'locked' });
    assert.ok(lock.attempts <= 200, `${lock.attempts} attempts`);
    assert.equal(lock.announcements, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it('lets others go first who wait for what it had', async () => {
    lock.isWanted = true;
    await access.run(() => 1, { timeoutMs: 0, signal });
    assert.equal(lock.attempts, 1);
    lock.isWanted = false;
    const next = access.run(() => 2, { timeoutMs: 0, signal });
    await clock.advance(courtesyMs - 1);
    assert.equal(lock.attempts, 1);
    await clock.advance(1);
    assert.deepEqual(await next, { type: 'done', value: 2 });
    await access.run(() => 3, { timeoutMs: 0, signal });
  });

  it('stops waiting when it is told to, and lets the next one begin', async () => {
    lock.isTaken = true;
    const stop = new AbortController();
    const waiting = access.run(() => 1, { timeoutMs: 60_000, signal: stop.signal });
    const next = access.run(() => 2, { timeoutMs: 60_000, signal });
    await settle();
    lock.isTaken = false;
    stop.abort();
    assert.deepEqual(await waiting, { type: 'done', value: 1 });
    assert.deepEqual(await next, { type: 'done', value: 2 });
    await access.idle();

    lock.isTaken = true;
    const refused = access.run(() => 3, { timeoutMs: 60_000, signal: stop.signal });
    assert.deepEqual(await refused, { type: 'locked' });
    assert.equal(clock.pendingTimers, 0);
  });
});
