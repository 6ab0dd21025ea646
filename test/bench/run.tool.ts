import { readdirSync } from 'node:fs';
import path from 'node:path';
import { toolMain } from '../host/toolMain';

// npm run bench -- NAME [--json]
//
// Every bundle beside this one is a benchmark that exports `run(): Promise<Record<string, unknown>>`.

void toolMain(async () => {
  const own = path.basename(__filename);
  const names = readdirSync(__dirname)
    .filter((file) => file.endsWith('.js') && file !== own)
    .map((file) => path.basename(file, '.js'))
    .sort();
  const given = process.argv.slice(2);
  const json = given.includes('--json');
  const [name, ...rest] = given.filter((argument) => argument !== '--json');
  if (name === undefined || rest.length > 0 || !names.includes(name)) {
    console.error(`Usage: npm run bench -- NAME [--json]\nBenchmarks: ${names.join(', ')}`);
    return 2;
  }
  // What a benchmark says while it runs must not stand in its result.
  console.log = console.info = console.error;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- found by name at run time
  const benchmark: unknown = require(path.join(__dirname, `${name}.js`));
  if (!isBenchmark(benchmark)) throw new Error(`The benchmark ${name} exports no run().`);
  const result = await benchmark.run();
  // Whole before the tool exits, also into a pipe.
  await new Promise<void>((resolve) => {
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : table(result), () => {
      resolve();
    });
  });
  return 0;
});

function isBenchmark(module: unknown): module is { run: () => Promise<Record<string, unknown>> } {
  return typeof module === 'object' && module !== null && 'run' in module && typeof module.run === 'function';
}

/** One line for each figure; rows of a list are indented below its name. */
function table(result: Record<string, unknown>): string {
  const rows: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(result)) {
    if (!Array.isArray(value)) rows.push([name, figure(value)]);
    else rows.push([name, ''], ...value.map((row: unknown) => ['', figure(row)] as const));
  }
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('');
}

function figure(value: unknown): string {
  if (value === null) return 'not installed';
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  if (typeof value === 'object') {
    return Object.entries(value as Record<string, unknown>)
      .map(([name, part]) => `${name} ${figure(part)}`)
      .join('  ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
