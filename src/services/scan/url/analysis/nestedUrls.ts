import { percentDecoded } from './percentDecoded';

/** A link that another link carries. */
export interface NestedUrl {
  readonly text: string;
  /** Where it stands: a parameter of a name that servers redirect by, another parameter, the path. */
  readonly place: 'redirect' | 'parameter' | 'path';
  /** It was written in Base64, or in percent codes of percent codes. */
  readonly hidden: boolean;
}

const redirectNames =
  /^(?:url|uri|u|r|to|go|goto|out|link|href|next|dest|destination|target|return|returnto|return_?url|return_?to|return_?path|redirect|redirect_?ur[il]|redir|redir_?url|continue|forward|forward_?url|callback|cb|checkout_url|rurl|ref_url|success_?url|login_?url|adurl|jump|exit)$/i;
/** Whose any parameter may be where they lead. */
const redirectPaths = /\/(?:url|out|away|redirect|redir|goto|go|link|leave|exit|l\.php)\/?$/i;
const beginsLink = /^(?:https?|ftp|javascript|vbscript|data):|^[/\\]{2,}[^/\\\s]+\.[^/\\\s]/i;
const most = 5;

/** The links within a link, in parameters, fragment and path. */
export function nestedUrls(url: URL): NestedUrl[] {
  const found: NestedUrl[] = [];
  for (const [name, value] of parameters(url)) {
    const link = linkIn(value);
    const redirects = redirectNames.test(name) || redirectPaths.test(url.pathname);
    if (link !== undefined) found.push({ ...link, place: redirects ? 'redirect' : 'parameter' });
    if (found.length >= most) return found;
  }
  const page = acceleratedPage(url);
  if (page !== undefined) found.push({ text: page, place: 'redirect', hidden: false });
  const path = /[/=@:](https?:\/{1,2}.+|https?%3a%2f.+)$/i.exec(url.pathname.slice(0, 4_096))?.[1];
  if (path !== undefined) {
    const text = percentDecoded(path).replace(/^(https?:)\/*/i, '$1//');
    found.push({ text, place: 'path', hidden: false });
  }
  return found;
}

/** Google hands on by the path as well: `/amp/s/` and the link without its scheme. */
function acceleratedPage({ hostname, pathname }: URL): string | undefined {
  if (!/^(?:www\.)?google\.[a-z.]{2,6}$/.test(hostname)) return undefined;
  const [, rest] = /^\/amp\/(?:s\/)?(.+\..+)$/.exec(pathname.slice(0, 4_096)) ?? [];
  return rest === undefined ? undefined : `https://${rest}`;
}

function parameters({ search, hash }: URL): (readonly [string, string])[] {
  const fragment = hash.includes('=') ? hash.slice(1).replace(/^[^?]*\?/, '') : '';
  return [...new URLSearchParams(search.slice(0, 16_384)), ...new URLSearchParams(fragment.slice(0, 16_384))];
}

function linkIn(value: string): Pick<NestedUrl, 'text' | 'hidden'> | undefined {
  if (value.length < 4 || value.length > 8_192) return undefined;
  // Browsers leave breaks out, also of what is nested.
  let text = value.trim().replace(/[\t\n\r]/g, '');
  // Parameters come decoded once; each round more is there to hide something.
  for (let round = 0; round < 3; round++) {
    if (beginsLink.test(text)) return { text: whole(text), hidden: round > 0 };
    const decoded = percentDecoded(text);
    if (decoded === text) break;
    text = decoded;
  }
  // Bing writes two signs before it.
  const code = value.replace(/^a1(?=aHR0c)/, '');
  if (!/^(?:aHR0c|SFRUU|Ly9|amF2YXNj)[A-Za-z0-9+/_-]*={0,2}$/.test(code)) return undefined;
  const decoded = Buffer.from(code, 'base64').toString('utf8');
  return beginsLink.test(decoded) ? { text: whole(decoded), hidden: true } : undefined;
}

/** What begins with slashes alone takes over the scheme of the page. */
function whole(text: string): string {
  return /^[/\\]{2,}/.test(text) ? `https:${text}` : text;
}
