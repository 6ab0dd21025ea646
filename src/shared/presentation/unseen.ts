/** A piece of a text: as it reads, or a character that would not be seen, with a sign for it and its name. */
export type TextPiece =
  { readonly text: string; readonly unseen?: undefined } | { readonly text: string; readonly unseen: string };

/**
 * Control characters, separators of lines, marks that turn the direction of the text after them, blanks without
 * width, tags, and halves of surrogate pairs. A joiner between letters that need one stays: it is marked only after
 * plain Latin letters, digits and signs, where it hides something.
 */
const unseen =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]|(?<=[\u0020-\u007e])[\u200c\u200d]|[\ud800-\udfff]/gu;

const names: Readonly<Record<number, string>> = {
  0x00: 'null character',
  0x09: 'tab',
  0x0a: 'line break',
  0x0d: 'carriage return',
  0x1b: 'escape',
  0xad: 'soft hyphen',
  0x061c: 'Arabic letter mark',
  0x200b: 'blank without width',
  0x200c: 'non-joiner without width',
  0x200d: 'joiner without width',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x2028: 'line separator',
  0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'end of a turned direction',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2060: 'word joiner',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'isolate by its first strong letter',
  0x2069: 'end of an isolate',
  0xfeff: 'byte order mark',
};

/** Takes a text apart, so that nothing in it stays unseen: `a`, `U+202E` (right-to-left override), `b`. */
export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(unseen)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    pieces.push(unseenPiece(match[0]));
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** The text with its unseen characters in brackets: `a[U+202E]b`. */
export function withUnseenMarked(text: string): string {
  return textPieces(text)
    .map((piece) => (piece.unseen === undefined ? piece.text : `[${piece.text}]`))
    .join('');
}

function unseenPiece(character: string): TextPiece {
  const code = character.codePointAt(0) ?? 0;
  const sign = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return { text: sign, unseen: nameOf(code) };
}

function nameOf(code: number): string {
  const name = names[code];
  if (name !== undefined) return name;
  if (code < 0xa0) return 'control character';
  if (code >= 0xd800 && code <= 0xdfff) return 'half of a character';
  return code >= 0xe0000 ? 'invisible tag' : 'invisible character';
}
