/** Addresses as RFC 3986 wants them: of the characters of the world, ASCII alone, the rest in percent. */

/** Longer ones, which .NET for example refuses, would make readers refuse the whole file. */
const longestUri = 65_000;

/**
 * The `file:` address of an absolute path of either kind of system: `/a/b`, `C:\a\b`, `\\server\share\a`. Halves of
 * surrogate pairs become U+FFFD; empty segments and `.` are left out.
 * @returns undefined for what is no absolute path; for one with `..`, since only the file system knows where it
 *   leads and a reader would guess; and for one that is too long for an address
 */
export function fileUri(path: string): string | undefined {
  const plain = path.replace(/^\\\\\?\\UNC\\/i, '\\\\').replace(/^\\\\\?\\/, '');
  if (/^[A-Za-z]:(?:[\\/]|$)/.test(plain)) {
    return joined(`file:///${plain.slice(0, 2)}`, plain.slice(2).split(/[\\/]/));
  }
  if (plain.startsWith('\\\\')) {
    const [server = '', ...segments] = plain.slice(2).split(/[\\/]/);
    return server === '' ? undefined : joined(`file://${encodeSegment(server)}`, segments);
  }
  return plain.startsWith('/') ? joined('file://', plain.split('/')) : undefined;
}

function joined(start: string, segments: readonly string[]): string | undefined {
  if (segments.includes('..')) return undefined;
  return ifShort(`${start}/${encodeSegments(segments)}`);
}

function ifShort(uri: string): string | undefined {
  return uri.length > longestUri ? undefined : uri;
}

/** A path in a folder, of which it is one already unless it is absolute. */
export function fileUriIn(folder: string, path: string): string | undefined {
  return fileUri(path) ?? fileUri(`${folder}/${path}`);
}

/**
 * The place of a member in its archive, beginning with a slash. A name that leads out of the archive, or is otherwise no
 * path, is one segment: nobody who resolves the address comes to a place outside.
 * @returns undefined for a name that is too long for an address
 */
export function memberUri(name: string): string | undefined {
  const segments = name.replace(/\/$/, '').split('/');
  const isPath = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  return ifShort(`/${isPath ? encodeSegments(segments) : encodeSegment(name)}`);
}

/** @returns the address in ASCII; undefined for what is none, or is too long for one */
export function webUri(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const { pathname, search, hash } = url;
  url.search = '';
  url.hash = '';
  // Brackets stand around addresses of IPv6, and nowhere else.
  const start = encoded(url.href.slice(0, url.href.length - url.pathname.length), notInStart);
  const rest = encoded(`${pathname}${search}`, notInRest);
  const fragment = hash === '' ? '' : `#${encoded(hash.slice(1), notInRest)}`;
  return ifShort(`${start}${rest}${fragment}`);
}

const notInStart = /[^\w\-.~:/?@!$&'()*+,;=%[\]]/gu;
const notInRest = /[^\w\-.~:/?@!$&'()*+,;=%]/gu;

function encoded(text: string, unwanted: RegExp): string {
  return text
    .toWellFormed()
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(unwanted, encodeURIComponent);
}

function encodeSegments(segments: readonly string[]): string {
  return segments
    .filter((segment) => segment !== '' && segment !== '.')
    .map(encodeSegment)
    .join('/');
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed());
}
