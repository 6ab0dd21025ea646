import assert from 'node:assert/strict';
import { defaultRestartLimits, RestartPolicy } from '../../../src/gpu/restartPolicy';

describe('RestartPolicy', () => {
  it('doubles the delay up to its limit', () => {
    const policy = new RestartPolicy(() => 0);
    const delays = Array.from({ length: 8 }, () => policy.nextDelayMs(0));
    assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('adds chance on top, never below the stated delay', () => {
    const policy = new RestartPolicy(() => 0.999);
    const delays = Array.from({ length: 3 }, () => Math.round(policy.nextDelayMs(0)));
    assert.deepEqual(delays, [1_250, 2_500, 4_999]);
  });

  it('begins anew after a healthy run, and not after a shorter one', () => {
    const policy = new RestartPolicy(() => 0);
    policy.nextDelayMs(0);
    policy.nextDelayMs(0);
    assert.equal(policy.nextDelayMs(defaultRestartLimits.healthyMs - 1), 4_000);
    assert.equal(policy.nextDelayMs(defaultRestartLimits.healthyMs), 1_000);
    assert.equal(policy.nextDelayMs(0), 2_000);
  });

  it('keeps to its limit after very many failures', () => {
    const policy = new RestartPolicy(() => 0);
    for (let failure = 0; failure < 5_000; failure += 1) policy.nextDelayMs(0);
    assert.equal(policy.nextDelayMs(0), 60_000);
  });
});
