import { globSync } from 'node:fs';
import Mocha from 'mocha';
import { inRepository } from './paths';
import { ResultsReporter } from './reporter';

/** Pattern of test titles, from the command line of `npm run test:KIND -- --grep PATTERN`. */
export const grepVariable = 'SENTINEL_TEST_GREP';

export interface MochaRunOptions {
  /** Folder below `out/` whose `*.test.js` are run. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly slowMs: number;
}

/** Runs the test files of a folder in this process. Resolves with the number of failures. */
export async function runMocha(options: MochaRunOptions): Promise<number> {
  const grep = process.env[grepVariable];
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: options.timeoutMs,
    slow: options.slowMs,
    reporter: ResultsReporter,
    // A forgotten `.only` would let all other tests pass unseen.
    forbidOnly: process.env['CI'] !== undefined,
    ...(grep && { grep }),
  });
  const root = inRepository('out', options.folder);
  for (const file of globSync('**/*.test.js', { cwd: root }).sort()) mocha.addFile(`${root}/${file}`);
  return new Promise((resolve) => {
    mocha.run(resolve);
  });
}
