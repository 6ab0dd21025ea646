import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { inRepository } from './paths';

export const testKinds = ['unit', 'integration', 'e2e'] as const;
export type TestKind = (typeof testKinds)[number];

const resultsSchema = v.object({
  passed: v.number(),
  failures: v.array(v.object({ title: v.string(), message: v.string() })),
  skipped: v.array(v.object({ title: v.string(), reason: v.string() })),
  durationMs: v.number(),
});

/** What one kind of tests came to. */
export type TestResults = v.InferOutput<typeof resultsSchema>;

/** The variable that tells a test process, and the extension host behind it, where its results go. */
export const resultsVariable = 'SENTINEL_TEST_RESULTS';

export function resultsFile(kind: TestKind): string {
  return inRepository('out', 'results', `${kind}.json`);
}

export function writeResults(file: string, results: TestResults): void {
  mkdirSync(path.dirname(file), { recursive: true });
  // Renamed into place, so that a process that dies while writing has left no results rather than half of them.
  writeFileSync(`${file}.part`, JSON.stringify(results));
  renameSync(`${file}.part`, file);
}

/** Undefined if the process ended before its tests did. */
export function readResults(file: string): TestResults | undefined {
  try {
    return v.parse(resultsSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
