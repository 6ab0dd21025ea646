/** A link as somebody wrote it, taken apart by hand: what parsing makes good is what tricks are made of. */
export interface RawUrl {
  /** Without blanks and control characters around it, tabs and line breaks inside of it: as browsers begin. */
  readonly clean: string;
  /** In lower case, without the colon; empty where there is none. */
  readonly scheme: string;
  /** The slashes and backslashes between scheme and authority. */
  readonly slashes: string;
  /** Up to the last `@`; absent where there is none. */
  readonly userInfo?: string;
  /** Without a port. */
  readonly host: string;
  readonly rest: string;
  /** Tabs or line breaks stood in scheme or authority, where nobody has them by chance. */
  readonly brokenName: boolean;
  readonly brokenRest: boolean;
}

/** Those whose parts the WHATWG rules treat as a browser's, backslashes included. */
export const specialSchemes: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss', 'ftp', 'file']);

export function rawUrl(text: string): RawUrl {
  const trimmed = withoutMargins(text);
  const clean = trimmed.replace(/[\t\n\r]/g, '');
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):/i.exec(clean) ?? [];
  const special = specialSchemes.has(scheme.toLowerCase());
  const afterScheme = clean.slice(scheme === '' ? 0 : scheme.length + 1);
  const [slashes = ''] = (special ? /^[/\\]*/ : /^(?:\/\/)?/).exec(afterScheme) ?? [];
  const hasAuthority = special || slashes === '//';
  const afterSlashes = afterScheme.slice(slashes.length);
  const authority = hasAuthority ? ((special ? /^[^/\\?#]*/ : /^[^/?#]*/).exec(afterSlashes)?.[0] ?? '') : '';
  const at = authority.lastIndexOf('@');
  const nameLength = clean.length - afterSlashes.length + authority.length;
  const brokenName = clean !== trimmed && !trimmed.startsWith(clean.slice(0, nameLength));
  return {
    clean,
    scheme: scheme.toLowerCase(),
    slashes,
    ...(at < 0 ? {} : { userInfo: authority.slice(0, at) }),
    host: authority.slice(at + 1).replace(/:\d*$/, ''),
    rest: afterSlashes.slice(authority.length),
    brokenName,
    brokenRest: clean !== trimmed && !brokenName,
  };
}

/** Browsers take blanks and control characters away at both ends. An expression for it would look at each blank anew. */
function withoutMargins(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return text.slice(start, end);
}
