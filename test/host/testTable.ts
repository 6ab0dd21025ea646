import type { TestKind, TestResults } from './results';

export interface KindOutcome {
  readonly kind: TestKind;
  /** Undefined if the process ended before its tests did. */
  readonly results: TestResults | undefined;
  readonly exitCode: number;
}

/** Sentences for everything about a kind that is wrong beyond single failed tests; empty if all is well. */
export function problemsOf({ kind, results, exitCode }: KindOutcome): string[] {
  if (!results) return [`The ${kind} tests ended before they were finished (exit code ${exitCode}).`];
  if (results.passed + results.failures.length === 0) return [`Not one ${kind} test ran.`];
  if (exitCode !== 0 && results.failures.length === 0) {
    return [`The ${kind} tests passed, but their process ended with exit code ${exitCode}.`];
  }
  return [];
}

/** A table with a line for each kind, and the line of totals that ends the output of `npm test`. */
export function summarize(outcomes: readonly KindOutcome[]): { table: string; totals: string; ok: boolean } {
  const rows = outcomes.map(({ kind, results }) => [
    kind,
    String(results?.passed ?? '–'),
    String(results?.failures.length ?? '–'),
    String(results?.skipped.length ?? '–'),
    results ? `${(results.durationMs / 1000).toFixed(1)} s` : 'crashed',
  ]);
  const all = [['kind', 'passed', 'failed', 'skipped', 'time'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const table = all
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    )
    .join('\n');

  const problems = outcomes.flatMap(problemsOf);
  const sum = (count: (results: TestResults) => number): number =>
    outcomes.reduce((total, { results }) => total + (results ? count(results) : 0), 0);
  const passed = sum((results) => results.passed);
  // A crash or an empty kind counts, so that the totals never look better than the run was.
  const failed = sum((results) => results.failures.length) + problems.length;
  const skipped = sum((results) => results.skipped.length);
  const totals = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { table, totals, ok: failed === 0 };
}
