import { isUtf8 } from 'node:buffer';
import { displayBytes } from '../content/displayPath';

/** The upper half of code page 437, in which zip names are that say nothing else. */
const upperCodePage437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Names longer than this are cut: no file system has any. */
const longestName = 4096;

/** A name as a zip archive has it: UTF-8 where it is valid, whatever its flag says, else code page 437. */
export function zipName(bytes: Uint8Array): string {
  const name = bytes.subarray(0, longestName);
  if (isUtf8(name)) return Buffer.from(name).toString('utf8');
  return Array.from(name, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : upperCodePage437[byte - 0x80],
  ).join('');
}

/** A name as a tar archive or gzip has it. */
export function unixName(bytes: Uint8Array): string {
  return displayBytes(bytes.subarray(0, longestName));
}

/**
 * Whether unpacking to a folder would write outside of it. Windows takes both slashes, drives and device paths;
 * archives are unpacked everywhere, so that what is so on any system counts.
 */
export function escapesFolder(name: string): boolean {
  if (/^[/\\]/.test(name) || /^[A-Za-z]:[/\\]/.test(name)) return true;
  return climbs(name.split(/[/\\]/));
}

/** Whether a symbolic link of that name leads out of the folder to which it is unpacked. */
export function linkEscapes(name: string, target: string): boolean {
  return target.startsWith('/') || climbs([...name.split('/').slice(0, -1), ...target.split('/')]);
}

/** @returns whether a path of these steps, taken from a folder, leaves it on the way */
function climbs(steps: readonly string[]): boolean {
  let depth = 0;
  for (const step of steps) {
    if (step === '..') depth--;
    else if (step !== '' && step !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}
