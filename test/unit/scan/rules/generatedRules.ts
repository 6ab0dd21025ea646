import type { RuleScanItem } from '../../../../src/services/scan/rules/ruleScanner';
import type { Random } from '../../support/random';
import { item } from './yara';

/**
 * Rules and files made by chance, of few words, so that they often meet: as they are, wide, behind a key, in base64, at
 * starts and ends of files, and across the borders that files have once they are joined.
 */
const words = [
  'alpha',
  'beta',
  'gamma7',
  'x_y',
  'needle',
  'MZ',
  'foo',
  'Bar',
  'eval(',
  'qq',
  '-a-',
  'AB+/==',
];
const customAlphabet = 'zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA9876543210+/';

export function generateSource(random: Random): string {
  const names: string[] = [];
  const rules = Array.from({ length: 1 + random.below(4) }, (_, index) => {
    const rule = generateRule(random, `rule${index}`, names);
    names.push(`rule${index}`);
    return rule;
  });
  return ['pe', 'elf', 'math', 'hash'].map((name) => `import "${name}"`).join('\n') + '\n' + rules.join('\n');
}

function generateRule(random: Random, name: string, earlier: readonly string[]): string {
  const flags = [random.chance(0.06) ? 'global ' : '', random.chance(0.15) ? 'private ' : ''].join('');
  // Strings whose names start with an underscore need not be mentioned.
  const patterns = Array.from(
    { length: random.below(5) },
    (_, index) => `$_${random.pick(['a', 'b'])}${index}`,
  );
  const strings = patterns.map((pattern) => `    ${pattern} = ${generatePattern(random)}`);
  const condition = generateCondition(random, patterns, earlier, 3);
  return [
    `${flags}rule ${name} {`,
    ...(strings.length === 0 ? [] : ['  strings:', ...strings]),
    `  condition: ${condition}`,
    '}',
  ].join('\n');
}

function generatePattern(random: Random): string {
  const kind = random.next();
  const secret = random.chance(0.1) ? ' private' : '';
  if (kind < 0.45) return `"${textLiteral(random)}"${textModifiers(random)}${secret}`;
  if (kind < 0.65) return hexPattern(random) + secret;
  return regexPattern(random) + secret;
}

function textLiteral(random: Random): string {
  return (
    random.pick(words) +
    (random.chance(0.2) ? random.pick(['\\x00', '\\n', ' ', '\\xff']) + random.pick(words) : '')
  );
}

function textModifiers(random: Random): string {
  const kind = random.next();
  const encoding = random.pick(['', '', ' wide', ' ascii wide', ' ascii']);
  const fullword = random.chance(0.4) ? ' fullword' : '';
  if (kind < 0.2) return random.pick([' xor', ' xor(1-255)', ' xor(32)', ' xor(0-4)']) + encoding + fullword;
  if (kind < 0.4)
    return random.pick([
      ...[' base64', ' base64wide', ' base64 base64wide', ' wide base64', ' ascii wide base64'],
      ` base64("${customAlphabet}")`,
      ` base64wide("${customAlphabet}")`,
    ]);
  return (random.chance(0.3) ? ' nocase' : '') + encoding + fullword;
}

function hexPattern(random: Random): string {
  const bytes = (): string =>
    Array.from(Buffer.from(random.pick(words)), (byte) => {
      const hex = byte.toString(16).padStart(2, '0');
      const shape = random.next();
      if (shape < 0.8) return hex;
      return random.pick(['??', `${hex[0] ?? ''}?`, `?${hex[1] ?? ''}`, `~${hex}`, `( ${hex} | 00 )`]);
    }).join(' ');
  const fixed = Buffer.from(random.pick(words)).toString('hex');
  const middle = random.pick([
    '',
    '[0-4]',
    '[2]',
    '[-]',
    '[0-300]',
    '[150-]',
    '?? ??',
    '/* gap */',
    '[3] [2-4]',
  ]);
  return random.chance(0.4) ? `{ ${fixed} ${bytes()} }` : `{ ${fixed} ${middle} ${bytes()} ${fixed} }`;
}

function regexPattern(random: Random): string {
  const one = escapeRegex(random.pick(words));
  const two = escapeRegex(random.pick(words));
  const body = random.pick([
    `${one}.{0,20}${two}`,
    `${one}.*${two}`,
    `${one}.*`,
    `${one}[a-z]*?$`,
    `(${one}|${one}x)$`,
    `^[^\\n]*${one}`,
    `${one}.{0,3000}${two}.{0,3000}${one}`,
    `${one}[^q]{0,3000}${two}[^q]{0,3000}${one}$`,
    `^(${one}|.{0,4000}${two})`,
    `^${one}`,
    `${one}$`,
    `^${one}.*${two}$`,
    `^${one}|${two}$`,
    `(^|x)${one}`,
    `\\b${one}\\b`,
    `\\B${one}`,
    `${one}\\B.`,
    `${one}[^z]*`,
    `[^a]{1,4}${one}`,
    `${one}\\s+${two}`,
    `(${one}|${two})\\d{0,3}`,
    `[a-f]{3,8}[0-9]?`,
    `${one}.+?${two}`,
    `${one}\\W{1,40}${two}`,
    `${one}(.|\\n){0,300}${two}`,
    `${one}.{10,400}${two}`,
    `a.*^${one}`,
    `${one}[\\x00-\\x20]+${two}`,
  ]);
  const flags = random.pick(['', '', 'i', 's', 'is']);
  const nocase = flags.includes('i') || random.chance(0.8) ? '' : ' nocase';
  return `/${body}/${flags}${nocase}${random.pick(['', '', ' wide', ' ascii wide'])}${random.chance(0.35) ? ' fullword' : ''}`;
}

function escapeRegex(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '\\$&');
}

function generateCondition(
  random: Random,
  patterns: readonly string[],
  earlier: readonly string[],
  depth: number,
): string {
  const inner = (): string => generateCondition(random, patterns, earlier, depth - 1);
  const kind = random.next();
  if (depth > 0 && kind < 0.3) return `(${inner()} and ${inner()})`;
  if (depth > 0 && kind < 0.42) return `(${inner()} or ${inner()})`;
  if (depth > 0 && kind < 0.5) return `not ${inner()}`;
  if (kind < 0.58 && earlier.length > 0) return random.pick(earlier);
  if (depth > 0 && kind < 0.62)
    return `${random.pick(['any', 'all', '1', '2', 'none'])} of (${inner()}, ${inner()})`;
  if (kind < 0.75 || patterns.length === 0) return fileCondition(random);
  return patternCondition(random, patterns);
}

function fileCondition(random: Random): string {
  const size = random.pick([0, 1, 5, 40, 200, 2000]);
  return random.pick([
    `filesize ${random.pick(['<', '>', '<=', '>=', '==', '!='])} ${size}`,
    `filesize - 3 < ${size}`,
    'filesize % 2 == 0',
    'uint16(0) == 0x5A4D',
    'uint16be(0) == 0x4D5A',
    'uint32(0) == 0x464c457f',
    `uint8(${size}) != 0x61`,
    `int8(${random.below(9)}) < 0`,
    `not uint16(${size}) == 1`,
    `defined uint8(${size})`,
    'uint8(filesize - 1) == 0x61',
    'uint16(0) & 0xff == 0x4d',
    'pe.is_pe',
    'not pe.is_pe',
    'pe.number_of_sections == 0',
    'elf.type == elf.ET_EXEC',
    'math.entropy(0, filesize) > 3.2',
    'hash.md5(0, filesize) == "d41d8cd98f00b204e9800998ecf8427e"',
    'filename == "a.js"',
    'filename icontains "B"',
    'not extension == ".js"',
    'extension endswith "s" and filepath startswith "/folder/"',
    'filename matches /^a/',
    'for any i in (0..3) : (uint8(i) == 0x6e)',
    'for all i in (0, 1) : (uint8(i) > 0x40)',
    `with size = filesize : (size > ${size})`,
    'true',
    'false',
  ]);
}

function patternCondition(random: Random, patterns: readonly string[]): string {
  const pattern = random.pick(patterns);
  const name = pattern.slice(1);
  const set = random.pick([
    'them',
    '($_*)',
    `(${pattern})`,
    ...(patterns.some((each) => each.startsWith('$_a')) ? ['($_a*)'] : []),
  ]);
  const offset = random.pick([0, 1, 3, 20]);
  return random.pick([
    ...Array.from({ length: 6 }, () => pattern),
    ...['any', 'all', 'none', 'any'].map((word) => `${word} of ${set}`),
    `${1 + random.below(patterns.length)} of them`,
    `0 of them`,
    `50% of ${set}`,
    `${pattern} at ${offset}`,
    `${pattern} at filesize - ${offset}`,
    `${pattern} in (${offset}..${offset + 30})`,
    `any of ${set} at ${offset}`,
    `none of ${set} in (0..${offset})`,
    `#${name} > ${random.below(3)}`,
    `#${name} == 0`,
    `#${name} < 2`,
    `#${name} in (0..10) == ${random.below(2)}`,
    `#${name} + 1 > 1`,
    `@${name} < 10`,
    `@${name}[2] > @${name}[1]`,
    `not @${name}[1] == 5`,
    `!${name}[1] > 3`,
    `defined @${name}[1]`,
    `for any i in (1..#${name}) : (@${name}[i] < 30)`,
    `for all i in (1..#${name}) : (@${name}[i] < 30)`,
    `for any of ${set} : ($ at ${offset})`,
    `for all of ${set} : (# > 0)`,
    `for none of ${set} : ($)`,
    `for ${1 + random.below(2)} of ${set} : (@ < 30)`,
    `with n = #${name} : (n >= 1)`,
  ]);
}

export function generateItem(random: Random, index: number): RuleScanItem {
  const parts: Buffer[] = [];
  if (random.chance(0.12)) parts.push(Buffer.from('MZ'));
  if (random.chance(0.06)) parts.push(Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'));
  for (let left = random.below(7); left > 0; left -= 1) parts.push(generatePart(random));
  const name = random.pick(['a.js', 'b.txt', 'B.JS', `file${index}.bin`]);
  return item(Buffer.concat(parts), {
    filename: name,
    filepath: `/folder/${name}`,
    extension: name.slice(name.lastIndexOf('.')).toLowerCase(),
  });
}

function generatePart(random: Random): Buffer {
  const word = Buffer.from(random.pick(words));
  const wide = Buffer.from(word.toString('latin1'), 'utf16le');
  const plain = random.chance(0.3) ? wide : word;
  switch (random.below(9)) {
    case 0:
      return Buffer.from(plain.map((byte) => byte ^ random.pick([1, 2, 32, 65, 200])));
    case 1: {
      const encoded = Buffer.concat([
        Buffer.alloc(random.below(3), 'z'),
        plain,
        Buffer.alloc(random.below(3), 'y'),
      ])
        .toString('base64')
        .replace(/=+$/, random.chance(0.5) ? '' : '$&');
      const own = random.chance(0.3) ? customised(encoded) : encoded;
      return random.chance(0.4) ? Buffer.from(own, 'utf16le') : Buffer.from(own);
    }
    case 2:
      return Buffer.alloc(
        random.below(random.chance(0.15) ? 6000 : 400),
        random.pick(['z', ' ', '\0', '\n', '-']),
      );
    case 3:
      return Buffer.from(random.pick([' ', '\n', '.', '\0', 'a', '1', '_']));
    case 4:
      return Buffer.from(Array.from({ length: random.below(30) }, () => random.below(256)));
    case 5:
      return word.subarray(0, 1 + random.below(word.length));
    default:
      return plain;
  }
}

function customised(encoded: string): string {
  const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return encoded.replace(/[A-Za-z0-9+/]/g, (letter) => customAlphabet[standard.indexOf(letter)] ?? letter);
}
