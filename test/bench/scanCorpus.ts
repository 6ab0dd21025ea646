import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../unit/support/random';

/** What the made files hold: text as people write it, text as programs write it, and bytes. */
const kinds = ['code', 'data', 'prose', 'bytes'] as const;
type Kind = (typeof kinds)[number];

const extensions: Readonly<Record<Kind, string>> = { code: 'js', data: 'json', prose: 'md', bytes: 'bin' };
const words = (
  'const return function import export value index length name path buffer module require error result option ' +
  'string number object array promise await async class extends static private public window document event'
).split(' ');

const filesAFolder = 200;
const largestBytes = 2 * 1024 * 1024;

/**
 * Writes files as a source tree has them: most of them small, a few large, all of them harmless.
 * @returns their bytes in all
 */
export function makeCorpus(folder: string, files: number, seed: number): number {
  const random = new Random(seed);
  let bytes = 0;
  for (let index = 0; index < files; index += 1) {
    const parent = path.join(folder, `part-${Math.floor(index / filesAFolder)}`);
    if (index % filesAFolder === 0) mkdirSync(parent, { recursive: true });
    const kind = random.pick(kinds);
    const content = contentOf(kind, sizeOf(random), random);
    bytes += content.length;
    writeFileSync(path.join(parent, `file-${index}.${extensions[kind]}`), content);
  }
  return bytes;
}

/** Sizes whose logarithms are spread as those of source trees: 2 KB in the middle, 200 KB one in a thousand. */
function sizeOf(random: Random): number {
  // The sum of twelve even numbers is close to normal.
  let normal = -6;
  for (let count = 0; count < 12; count += 1) normal += random.next();
  return Math.min(largestBytes, Math.round(2_000 * Math.exp(1.5 * normal)));
}

function contentOf(kind: Kind, sizeBytes: number, random: Random): Buffer {
  if (kind === 'bytes') {
    const bytes = Buffer.alloc(sizeBytes);
    for (let at = 0; at < sizeBytes; at += 1) bytes[at] = random.below(256);
    return bytes;
  }
  const parts: string[] = [];
  for (let length = 0; length < sizeBytes;) {
    const part = lineOf(kind, random);
    parts.push(part);
    length += part.length;
  }
  return Buffer.from(parts.join('')).subarray(0, sizeBytes);
}

function lineOf(kind: Exclude<Kind, 'bytes'>, random: Random): string {
  const word = (): string => random.pick(words);
  switch (kind) {
    case 'code':
      return `${word()} ${word()}${random.below(1_000)} = ${word()}.${word()}(${random.below(1e6)}, '${word()}');\n`;
    case 'data':
      return `{ "${word()}": ${random.below(1e9)}, "${word()}": ["${word()}", "${word()}"] },\n`;
    case 'prose':
      return `${Array.from({ length: 12 }, word).join(' ')}.\n`;
  }
}
