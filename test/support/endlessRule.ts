/**
 * A rule and a content that YARA-X does not finish with in any time worth waiting for: from each byte it follows the
 * repetition for 4,096 more. 20 KB took 25 s of processor time, and the time grows with the size; 1 MB takes 20 minutes.
 */
export const endlessRule = 'rule endless { strings: $a = /(a+)+b/ condition: $a }';

export function endlessContent(sizeBytes = 1024 * 1024): Buffer {
  return Buffer.alloc(sizeBytes, 'a');
}
