import Mocha from 'mocha';
import { skipReason } from '../support/skip';
import { resultsVariable, writeResults, type TestResults } from './results';

/** Mocha's spec output, plus the reasons of skipped tests and the results in a file for the driver. */
export class ResultsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const started = Date.now();
    const results: { -readonly [K in keyof TestResults]: TestResults[K] } = {
      passed: 0,
      failures: [],
      skipped: [],
      durationMs: 0,
    };
    runner.on(Mocha.Runner.constants.EVENT_TEST_PASS, () => {
      results.passed++;
    });
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error: unknown) => {
      results.failures.push({ title: test.fullTitle(), message: withCauses(error) });
    });
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => {
      const reason = skipReason(test);
      if (reason) results.skipped.push({ title: test.fullTitle(), reason });
      else results.failures.push({ title: test.fullTitle(), message: 'skipped without a reason' });
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      results.durationMs = Date.now() - started;
      const file = process.env[resultsVariable];
      if (file) writeResults(file, results);
    });
  }
}

/** An error's stack, and those of what it came from. */
function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\nCaused by: ${withCauses(error.cause)}`;
}
