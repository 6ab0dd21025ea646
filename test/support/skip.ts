import type { Context, Hook, Runnable, Suite } from 'mocha';

/** Registered globally, because each test bundle and the reporter carry their own copy of this module. */
const reasonKey = Symbol.for('sentinel.skipReason');

interface Reasoned {
  [reasonKey]?: string;
}

/**
 * Skips the running test, or from a `before` hook its whole suite, with the reason that the results will show. A skip
 * without one counts as a failure.
 */
export function skip(context: Context, reason: string): never {
  const runnable = context.runnable();
  const target = isHook(runnable) ? targetOfHook(context, runnable) : runnable;
  if (target) (target as Reasoned)[reasonKey] = reason;
  context.skip();
}

/**
 * Skips for want of a program. The run that every change has to pass installs them all, and must not pass without having
 * asked them: there it fails.
 */
export function skipForWant(context: Context, reason: string): never {
  if (process.env['SENTINEL_NEEDS_PROGRAMS'] === '1') throw new Error(`It has to be here: ${reason}`);
  skip(context, reason);
}

/** The reason given for a skipped test or for a suite around it. */
export function skipReason(test: Runnable): string | undefined {
  for (let node: Runnable | Suite | undefined = test; node; node = node.parent) {
    const reason = (node as Reasoned)[reasonKey];
    if (reason) return reason;
  }
  return undefined;
}

/** In `beforeEach` the test about to run is skipped, in `before` everything in the hook's suite. */
function targetOfHook(context: Context, hook: Hook): Runnable | Suite | undefined {
  return hook.title.startsWith('"before each"') ? context.currentTest : hook.parent;
}

function isHook(runnable: Runnable): runnable is Hook {
  return 'type' in runnable && runnable.type === 'hook';
}
