import assert from 'node:assert/strict';
import { RequestWindow } from '../../../../src/services/scan/virustotal/requestWindow';
import { nextMidnightUtc, retryAfterMs } from '../../../../src/services/scan/virustotal/retryAfter';
import { FakeClock } from '../../support/fakeClock';
import { Random, testSeed } from '../../support/random';

const never = new AbortController().signal;

describe('RequestWindow', () => {
  it('lets no stretch of time see more than is allowed, in order, and loses nobody', async () => {
    const random = new Random(testSeed());
    for (let round = 0; round < 30; round++) {
      const clock = new FakeClock();
      const limit = 1 + random.below(6);
      const window = new RequestWindow({ clock, limit: () => limit, windowMs: 1_000 });
      const went: { readonly id: number; readonly atMs: number }[] = [];
      const cancelled: number[] = [];
      for (let id = 0; id < 40; id++) {
        const controller = new AbortController();
        window.take(controller.signal).then(
          () => went.push({ id, atMs: clock.monotonicMs() }),
          () => cancelled.push(id),
        );
        if (random.chance(0.2)) controller.abort();
        if (random.chance(0.1)) window.pause(random.below(3_000));
        if (random.chance(0.5)) await clock.advance(random.below(700));
      }
      await clock.advance(120_000);
      assert.equal(went.length + cancelled.length, 40);
      assert.deepEqual(
        went.map(({ id }) => id),
        went.map(({ id }) => id).sort((one, other) => one - other),
      );
      for (const { atMs } of went) {
        const inWindow = went.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000);
        assert.ok(inWindow.length <= limit, `${inWindow.length} of ${limit}`);
      }
      assert.equal(window.waitingCount, 0);
      assert.equal(clock.pendingTimers, 0);
    }
  });

  it('wastes no time: as many go at once as are allowed', async () => {
    const clock = new FakeClock();
    const window = new RequestWindow({ clock, limit: () => 4, windowMs: 60_000 });
    let went = 0;
    for (let id = 0; id < 10; id++) void window.take(never).then(() => (went += 1));
    await clock.advance(0);
    assert.equal(went, 4);
    await clock.advance(59_999);
    assert.equal(went, 4);
    await clock.advance(1);
    assert.equal(went, 8);
  });

  it('sends those who wait back to look again', async () => {
    const clock = new FakeClock();
    const window = new RequestWindow({ clock, limit: () => 1, windowMs: 60_000 });
    await window.take(never);
    const waiting = window.take(never);
    window.interrupt();
    await assert.rejects(waiting, { code: 'window.interrupted' });
    await assert.rejects(window.take(AbortSignal.abort()), { code: 'window.cancelled' });
    window.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2024-01-15T10:30:45Z');
  for (const [header, expected] of [
    ['120', 120_000],
    [' 0 ', 0],
    ['Mon, 15 Jan 2024 10:31:45 GMT', 60_000],
    ['Mon, 15 Jan 2024 10:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1e9', undefined],
    ['', undefined],
    [undefined, undefined],
  ] as const) {
    it(`${header ?? 'none'}: ${expected ?? 'nothing'}`, () => {
      assert.equal(retryAfterMs(header, now), expected);
    });
  }

  it('quotas of a day end at midnight in UTC', () => {
    assert.equal(nextMidnightUtc(now), Date.parse('2024-01-16T00:00:00Z'));
    assert.equal(nextMidnightUtc(Date.parse('2024-01-16T00:00:00Z')), Date.parse('2024-01-17T00:00:00Z'));
  });
});
