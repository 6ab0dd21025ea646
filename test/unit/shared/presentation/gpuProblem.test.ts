import assert from 'node:assert/strict';
import { gpuProblemText } from '../../../../src/shared/presentation/gpuProblem';

describe('gpuProblemText', () => {
  it('says what fails', () => {
    const rest = { count: 0, devices: [] };
    assert.equal(gpuProblemText({ status: 'degraded', reason: 'amd: EIO', ...rest }), 'amd: EIO');
    assert.equal(
      gpuProblemText({ status: 'breakerOpen', failures: 3, reason: 'no heartbeat for 20 s', ...rest }),
      'Its process failed 3 times in a row. The last time: no heartbeat for 20 s.',
    );
    assert.match(gpuProblemText({ status: 'breakerOpen', failures: 3, ...rest }), /log/);
  });

  it('keeps a stack for the log', () => {
    const text = gpuProblemText({
      status: 'breakerOpen',
      failures: 3,
      reason: 'Error: out of handles.\n    at main (telemetry.js:1:1)',
      count: 0,
      devices: [],
    });
    assert.equal(text, 'Its process failed 3 times in a row. The last time: Error: out of handles.');
  });
});
