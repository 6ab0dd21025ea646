import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { FixtureBundle } from '../support/fixtureBundle';

describe('observeOwnErrors in a process', function () {
  // Each test starts two processes.
  this.timeout(20_000);
  const bundle = new FixtureBundle();
  before(() => bundle.build('test/unit/logging/support/observedProcess.ts'));
  after(() => {
    bundle.remove();
  });

  function run(event: string, observed: boolean): { status: number | null; said: string[]; stderr: string } {
    const file = bundle.file('observedProcess');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [file, event, observed ? 'observed' : 'alone'],
      {
        encoding: 'utf8',
      },
    );
    return { status, said: stdout.split('\n').filter((line) => line !== ''), stderr };
  }

  for (const [event, logged, status] of [
    ['throw', 'Uncaught exception', 1],
    ['reject', 'Unhandled rejection', 1],
    ['rejectForeign', undefined, 1],
    ['rejectWithHost', 'Unhandled rejection', 0],
    ['throwWithHost', 'Uncaught exception', 0],
  ] as const) {
    it(`changes nothing about ${event}, and logs ${logged ?? 'nothing'}`, () => {
      const alone = run(event, false);
      const observed = run(event, true);
      assert.equal(alone.status, status, alone.stderr);
      assert.equal(observed.status, status, observed.stderr);
      assert.equal(observed.stderr, alone.stderr);
      assert.deepEqual(
        observed.said.filter((line) => line !== logged),
        alone.said,
      );
      assert.equal(observed.said.filter((line) => line === logged).length, logged === undefined ? 0 : 1);
    });
  }
});
