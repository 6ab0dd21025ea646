/** What somebody typed or pasted where a link is wanted. */
export type TypedUrls =
  | { readonly type: 'urls'; readonly urls: readonly [string, ...string[]] }
  | { readonly type: 'empty' }
  /** `what`: the first piece that is none. */
  | { readonly type: 'notAUrl'; readonly what: string }
  | { readonly type: 'tooMany' };

/** In UTF-16 units; more is no input of links. */
const longestInput = 20_000;
/** Of one input. */
export const mostTyped = 100;

/**
 * Reads a link, or several with blanks or line breaks between them. What was made harmless for a report, as in
 * `hxxps://evil[.]example`, is read as what it was; a bare name gets `https`.
 */
export function typedUrls(text: string): TypedUrls {
  const trimmed = text.trim();
  if (trimmed === '') return { type: 'empty' };
  if (trimmed.length > longestInput) return { type: 'notAUrl', what: trimmed };
  const pieces = trimmed.split(/\s+/);
  const several = pieces.length > 1 && pieces.every((piece) => /^\W?[a-z][a-z0-9+.-]*:\/\//i.test(piece));
  const wanted = several ? pieces : [trimmed];
  if (wanted.length > mostTyped) return { type: 'tooMany' };
  const urls: string[] = [];
  for (const piece of wanted) {
    const url = typedUrl(piece);
    if (url === undefined) return { type: 'notAUrl', what: piece };
    urls.push(url);
  }
  const [first, ...rest] = urls;
  return first === undefined ? { type: 'empty' } : { type: 'urls', urls: [first, ...rest] };
}

/** Whether it is a link as it stands, and not merely something that could become one. */
export function isWholeUrl(text: string): boolean {
  return /^(?:https?|ftp|wss?):\/\/\S+$/i.test(text.trim()) && URL.canParse(text.trim());
}

function typedUrl(piece: string): string | undefined {
  const bare = armed(piece.replace(/^[<"'`([]+(?=[a-z0-9[])/i, '').replace(/(?<=\S)[>"'`]+$/, ''));
  if (bare === '') return undefined;
  // The letter of a drive is no scheme.
  if (/^[a-z]:(?:[\\/]|$)/i.test(bare)) return undefined;
  // Of `localhost:3000` the host is no scheme.
  if (/^[^/?#@\s:]+:\d+(?:[/?#]|$)/.test(bare) || /^\[[0-9a-f:.]+\]/i.test(bare))
    return withScheme(bare, 'http');
  if (URL.canParse(bare)) return bare;
  const looksLikeHost =
    /^[^\s/?#\\]+\.[^\s/?#\\.]{2,}\.?(?:[/?#\\]|$)|^localhost(?:[/?#]|$)|^\d+(?:\.\d+){3}/i.test(bare);
  return looksLikeHost ? withScheme(bare, 'https') : undefined;
}

function withScheme(text: string, scheme: string): string | undefined {
  const url = `${scheme}://${text}`;
  return URL.canParse(url) ? url : undefined;
}

function armed(text: string): string {
  return text
    .replace(/^hxxp/i, 'http')
    .replace(/^fxp/i, 'ftp')
    .replace(/\[(?:\.|dot)\]|\(dot\)/gi, '.')
    .replace(/\[:(?:\/\/)?\]/g, (colon) => colon.slice(1, -1))
    .replace(/^(https?)\[:\/\/\]/i, '$1://');
}
