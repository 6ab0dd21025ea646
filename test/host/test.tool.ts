import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { spawnOwned } from './childProcess';
import type { ExitScope } from './exitScope';
import { grepVariable } from './mochaRun';
import { inRepository } from './paths';
import { readResults, resultsFile, resultsVariable, testKinds, type TestKind } from './results';
import { problemsOf, summarize, type KindOutcome } from './testTable';
import { toolMain } from './toolMain';
import { ToolError } from './toolError';

const usage = `Usage: npm test                              unit, integration and end-to-end tests
       npm run test:KIND [-- --grep PATTERN]   one kind: ${testKinds.join(', ')}`;

void toolMain(async (scope) => {
  const { kinds, grep } = parse(process.argv.slice(2));
  const outcomes: KindOutcome[] = [];
  // One after another: the kinds share two cores on many machines, and timings of one must not hurt another.
  for (const kind of kinds) outcomes.push(await runKind(scope, kind, grep));

  for (const { kind, results } of outcomes) {
    for (const { title, message } of results?.failures ?? [])
      console.log(`\nFAILED ${kind}: ${title}\n${message}`);
  }
  for (const { kind, results } of outcomes) {
    for (const { title, reason } of results?.skipped ?? [])
      console.log(`\nSKIPPED ${kind}: ${title}: ${reason}`);
  }
  const problems = outcomes.flatMap(problemsOf);
  const { table, totals, ok } = summarize(outcomes);
  console.log(`\n${table}\n${problems.map((problem) => `${problem}\n`).join('')}${totals}`);
  return ok ? 0 : 1;
});

function parse(args: string[]): { kinds: readonly TestKind[]; grep: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { grep: { type: 'string' } },
      allowPositionals: true,
    });
    const kinds = positionals.map((name) => {
      const kind = testKinds.find((known) => known === name);
      if (!kind) throw new ToolError(`There are no ${name} tests.\n${usage}`);
      return kind;
    });
    return { kinds: kinds.length > 0 ? kinds : testKinds, grep: values.grep };
  } catch (error) {
    throw error instanceof ToolError ? error : new ToolError(`${String(error)}\n${usage}`);
  }
}

/** Each kind has a process of its own: one that crashes or hangs takes no other with it. */
async function runKind(scope: ExitScope, kind: TestKind, grep: string | undefined): Promise<KindOutcome> {
  console.log(`\n=== ${kind} tests ===`);
  const file = resultsFile(kind);
  rmSync(file, { force: true });
  const child = spawnOwned(
    scope,
    process.execPath,
    ['--enable-source-maps', inRepository('out', 'host', `${kind}.js`)],
    {
      env: { ...process.env, [resultsVariable]: file, ...(grep && { [grepVariable]: grep }) },
      isTool: true,
      onOutput: (text) => process.stdout.write(text),
    },
  );
  const ended = await child.exited;
  await child.stop();
  return { kind, results: readResults(file), exitCode: typeof ended === 'number' ? ended : 1 };
}
