import { isUtf8 } from 'node:buffer';
import type { FilePath } from '../../files/regularFile';

/**
 * A path as text. Bytes that are no valid UTF-8 become `\xNN`, so that two names which differ in them alone can be told
 * apart. It shows a file and does not open it.
 */
export function displayPath(path: FilePath): string {
  return typeof path === 'string' ? path : displayBytes(path);
}

/** A hostile archive has many names of nothing else, so that they are not made one by one. */
const escapes = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0')}`);

/** The same for any bytes that should be text, such as a name in an archive. */
export function displayBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  let text = '';
  for (let at = 0; at < buffer.length;) {
    const length = characterLength(buffer, at);
    if (length === 0) text += escapes[buffer[at] ?? 0] ?? '';
    else
      text += length === 1 ? String.fromCharCode(buffer[at] ?? 0) : buffer.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return text;
}

/**
 * @returns the length of the UTF-8 character that begins there; 0 where none does (Unicode 16, table 3-7)
 */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first < 0xe0) return isContinuation(second) ? 2 : 0;
  // Not longer than it needs to be, no half of a surrogate pair, not beyond the last character.
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most || !isContinuation(bytes[at + 2] ?? 0)) return 0;
  if (first < 0xf0) return 3;
  return isContinuation(bytes[at + 3] ?? 0) ? 4 : 0;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}
