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
