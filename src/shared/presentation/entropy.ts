/** What a file's entropy says about its content, in plain words. @param bitsPerByte 0–8 */
export function entropyMeaning(bitsPerByte: number): string {
  if (bitsPerByte < 1) return 'almost the same byte throughout';
  if (bitsPerByte < 3.5) return 'much repetition, as in tables and simple pictures';
  if (bitsPerByte < 5.5) return 'as in text and source code';
  if (bitsPerByte < 6.8) return 'as in programs and mixed data';
  if (bitsPerByte < 7.5) return 'dense, as in programs with packed parts';
  return 'close to chance, as compressed or encrypted data are';
}
