/** A piece of a regular expression. */
export interface RegexPart {
  readonly kind:
    /** `^` or `$`. */
    | 'anchor'
    /** `\b` or `\B`. */
    | 'boundary'
    /** `.`. */
    | 'dot'
    | 'open'
    | 'close'
    | 'alternation'
    | 'quantifier'
    /** A character, an escape or a class. */
    | 'character';
  readonly text: string;
  /** How many groups are around it. */
  readonly depth: number;
}

const shapes: readonly (readonly [RegexPart['kind'], RegExp])[] = [
  ['anchor', /[$^]/y],
  ['boundary', /\\[bB]/y],
  ['dot', /\./y],
  ['open', /\((?:\?:)?(?!\?)/y],
  ['close', /\)/y],
  ['alternation', /\|/y],
  ['quantifier', /(?:[*+?]|\{\d*,?\d*\})\??/y],
  ['character', /\[\^?\]?(?:[^\]\\]|\\.)*\]|\\x[0-9A-Fa-f]{2}|\\[^\n]|[^\\()[\]|]/y],
];

/**
 * @param body what is between the slashes
 * @returns its parts, or undefined for what is not understood
 */
export function regexParts(body: string): readonly RegexPart[] | undefined {
  const parts: RegexPart[] = [];
  let depth = 0;
  let position = 0;
  while (position < body.length) {
    const found = shapes
      .map(([kind, shape]) => {
        shape.lastIndex = position;
        return [kind, shape.exec(body)?.[0] ?? ''] as const;
      })
      .find(([, text]) => text !== '');
    if (found === undefined) return undefined;
    const [kind, text] = found;
    if (kind === 'close') depth -= 1;
    if (depth < 0) return undefined;
    parts.push({ kind, text, depth });
    if (kind === 'open') depth += 1;
    position += text.length;
  }
  return depth === 0 ? parts : undefined;
}

/** Whether some character of the expression can be the end of a line. It may say so although none can. */
export function mayMatchLineFeed(parts: readonly RegexPart[], dotMatchesAll: boolean): boolean {
  return parts.some(({ kind, text }) => {
    if (kind === 'dot') return dotMatchesAll;
    if (kind !== 'character') return false;
    if (text.startsWith('['))
      return !/^\[(?:[!-,./0-9:-Z_`a-z{|}~ -]|\\[wd.\-/\\[\]^$*+?(){}|])*\]$/.test(text) || text[1] === '^';
    return !/^(?:[ -~]|\\[wdS.\-/\\[\]^$*+?(){}|"'])$/.test(text);
  });
}

/** What stands outside of any group: a part or a whole group, with what says how often. */
export interface RegexItem {
  readonly parts: readonly RegexPart[];
  /** How many characters it may match; may be infinite. */
  readonly maxLength: number;
}

/** @param depth how many groups are around all of the parts */
export function regexItems(parts: readonly RegexPart[], depth = 0): readonly RegexItem[] {
  const items: RegexItem[] = [];
  for (let start = 0; start < parts.length;) {
    let end = start + 1;
    if (parts[start]?.kind === 'open')
      end =
        parts.findIndex((part, index) => index > start && part.kind === 'close' && part.depth === depth) + 1;
    const inner = parts.slice(start + 1, end - 1);
    const once =
      end - start > 1
        ? lengthOf(regexItems(inner, depth + 1))
        : parts[start]?.kind === 'dot' || parts[start]?.kind === 'character'
          ? 1
          : 0;
    const next = parts[end];
    const times = next?.kind === 'quantifier' ? mostTimes(next.text) : 1;
    if (next?.kind === 'quantifier') end += 1;
    items.push({ parts: parts.slice(start, end), maxLength: once === 0 ? 0 : once * times });
    start = end;
  }
  return items;
}

/** No less than the longest match of items one after another, or instead of one another. */
export function lengthOf(items: readonly RegexItem[]): number {
  return items.reduce((sum, { maxLength }) => sum + maxLength, 0);
}

function mostTimes(quantifier: string): number {
  if (quantifier.startsWith('?')) return 1;
  const bounds = /^\{(\d*)(,?)(\d*)\}/.exec(quantifier);
  if (bounds === null) return Infinity;
  const [, least = '', comma, most = ''] = bounds;
  if (comma === '') return Number(least);
  return most === '' ? Infinity : Number(most);
}
