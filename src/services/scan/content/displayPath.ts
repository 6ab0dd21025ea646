import type { FilePath } from '../../files/regularFile';

/**
 * A path as text. Bytes that are no valid UTF-8 become `\xNN`, so that two names which differ in them alone can be told
 * apart. It shows a file and does not open it.
 */
export function displayPath(path: FilePath): string {
  return typeof path === 'string' ? path : displayBytes(path);
}

/** The same for any bytes that should be text, such as a name in an archive. */
export function displayBytes(bytes: Uint8Array): string {
  const text = decode(bytes);
  if (text !== undefined) return text;
  const pieces: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length === 0) pieces.push(`\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`);
    else pieces.push(decode(bytes.subarray(at, at + length)) ?? '');
    at += Math.max(1, length);
  }
  return pieces.join('');
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** @returns the length of the valid character that begins there; 0 when there is none */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return decode(bytes.subarray(at, at + length)) === undefined ? 0 : length;
}
