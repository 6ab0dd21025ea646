import { unicodeTables } from './unicodeTables';

/** What a character looks like, in lower case. */
const looks: ReadonlyMap<string, string> = decode();

function decode(): ReadonlyMap<string, string> {
  return new Map(
    unicodeTables.confusables.split(' ').map((pair) => {
      const [character = ''] = pair;
      return [character, pair.slice(character.length)] as const;
    }),
  );
}

/**
 * What a name in lower case looks like, by the confusable characters of UTS #39: two names of one skeleton can be taken
 * for each other. Accents are left out, which are easily overseen. It is for comparing, not for showing.
 */
export function skeleton(text: string): string {
  const bare = withoutMarks(text);
  let result = '';
  for (const character of bare) result += looks.get(character) ?? character;
  return withoutMarks(result);
}

/** As `skeleton`, of digits and pairs of letters that people use for letters beyond what Unicode counts as alike. */
export function loosestSkeleton(text: string): string {
  const replaced = text.replaceAll('vv', 'w').replace(/[345789]/g, (digit) => digitLooks[digit] ?? digit);
  return skeleton(replaced).replaceAll('i', 'l');
}

const digitLooks: Readonly<Record<string, string>> = { 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', 9: 'g' };

function withoutMarks(text: string): string {
  // Plain text has none, and is what nearly all names are.
  return isAscii(text) ? text : text.normalize('NFD').replace(/\p{M}/gu, '');
}

export function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}
