const standardAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * A text in base64 looks in three ways, depending on how many bytes before it share a group of three with it.
 * @returns for each, the characters that depend on the text alone
 */
export function base64Forms(text: Buffer, alphabet = standardAlphabet): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), text]).toString('base64');
    const first = Math.ceil((8 * shift) / 6);
    const end = Math.floor((8 * (shift + text.length)) / 6);
    return Array.from(
      encoded.slice(first, end),
      (letter) => alphabet[standardAlphabet.indexOf(letter)] ?? letter,
    ).join('');
  });
}
