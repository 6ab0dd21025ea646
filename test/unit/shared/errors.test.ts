import assert from 'node:assert/strict';
import { SentinelError, errorMessage, errorStack } from '../../../src/shared/errors';
import { FixtureBundle } from '../support/fixtureBundle';

describe('SentinelError', () => {
  it('is an Error with a code, a name and a cause', () => {
    const cause = new Error('why');
    const error = new SentinelError('gpu.breakerOpen', 'GPU telemetry is off', { cause });
    assert.ok(error instanceof Error);
    assert.equal(error.code, 'gpu.breakerOpen');
    assert.equal(error.cause, cause);
    assert.equal(String(error), 'SentinelError: GPU telemetry is off');
  });

  it('is known again in another bundle, and what only looks like one is not', async () => {
    const bundle = new FixtureBundle();
    try {
      await bundle.build('src/shared/errors.ts');
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- found at run time
      const other = require(bundle.file('errors')) as { readonly SentinelError: typeof SentinelError };
      const foreign = new other.SentinelError('x', 'y');
      assert.notEqual(other.SentinelError, SentinelError);
      assert.ok(foreign instanceof SentinelError);
    } finally {
      bundle.remove();
    }
    class Special extends SentinelError {}
    assert.ok(new Special('a', 'b') instanceof SentinelError);
    assert.ok(new Special('a', 'b') instanceof Special);
    assert.ok(!((new SentinelError('a', 'b') as unknown) instanceof Special));
    for (const value of [new Error('a'), { code: 'a' }, null, undefined, 'a'])
      assert.ok(!((value as unknown) instanceof SentinelError));
  });
});

describe('errorMessage and errorStack', () => {
  it('give the text of an error', () => {
    const error = new Error('no');
    assert.equal(errorMessage(error), 'no');
    assert.equal(errorStack(error), error.stack);
    assert.match(errorStack(error), /^Error: no\n {4}at /u);
  });

  it('give the message of an error without a stack', () => {
    const error = new Error('no');
    delete error.stack;
    assert.equal(errorStack(error), 'no');
  });

  it('turn anything else that was thrown into text', () => {
    for (const [thrown, text] of [
      ['text', 'text'],
      [undefined, 'undefined'],
      [null, 'null'],
      [7, '7'],
      [Symbol('s'), 'Symbol(s)'],
    ] as const) {
      assert.equal(errorMessage(thrown), text);
      assert.equal(errorStack(thrown), text);
    }
  });
});
