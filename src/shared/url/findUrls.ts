/** A link in a text, by UTF-16 units. */
export interface FoundUrl {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Longer ones are data, and no links that somebody reads. */
const longest = 8_192;
/** Of one text. */
export const mostFound = 10_000;

const beginning =
  /(?<![a-z0-9+.-])(?:(?:https?|ftp|wss?|file):[/\\]{2}|data:text\/html|(?:javascript|vbscript|search-ms|ms-(?:msdt|officecmd|appinstaller|word|excel|powerpoint)):(?=\S))/gi;
/** What ends a link in prose and in code, brackets apart. */
const ending = /[\s<>"'`\p{Cc}\u201c\u201d\u2018\u2019\u00ab\u00bb\u3002\uff0c\u3001]/u;
const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/**
 * The links in a text, such as prose, Markdown or code. What has a gap to be filled in its host, as templates do, is
 * none.
 */
export function findUrls(text: string): FoundUrl[] {
  const found: FoundUrl[] = [];
  beginning.lastIndex = 0;
  for (let match = beginning.exec(text); match !== null; match = beginning.exec(text)) {
    const start = match.index;
    const end = endOf(text, start + match[0].length);
    beginning.lastIndex = Math.max(end, start + match[0].length);
    const url = text.slice(start, end);
    if (end - start > longest || !isLink(url, match[0])) continue;
    found.push({ text: url, start, end });
    if (found.length >= mostFound) break;
  }
  return found;
}

/** The link at a place in a text. */
export function urlAt(text: string, offset: number): FoundUrl | undefined {
  return findUrls(text).find(({ start, end }) => start <= offset && offset <= end);
}

function endOf(text: string, from: number): number {
  const open: Record<string, number> = { '(': 0, '[': 0, '{': 0 };
  let end = from;
  for (; end < text.length && end - from <= longest; end++) {
    const character = text[end] ?? '';
    if (ending.test(character)) break;
    if (character in open) open[character] = (open[character] ?? 0) + 1;
    const opener = closing[character];
    // A bracket that the link did not open belongs to what is around it.
    if (opener !== undefined) {
      if ((open[opener] ?? 0) === 0) break;
      open[opener] = (open[opener] ?? 0) - 1;
    }
  }
  while (end > from && /[.,;:!?*_~|\\]/.test(text[end - 1] ?? '')) end -= 1;
  return end;
}

function isLink(url: string, start: string): boolean {
  const rest = url.slice(start.length);
  if (rest === '') return false;
  // Gaps before an `@` are names of users: the host is known all the same.
  const host = (rest.split(/[/?#]/, 1)[0] ?? '').split('@').at(-1) ?? '';
  if (start.includes('/') && /\$\{|\{\{|\{\w*\}|%s|%d(?![0-9a-f])|<|\$\w/i.test(host)) return false;
  return URL.canParse(url);
}
