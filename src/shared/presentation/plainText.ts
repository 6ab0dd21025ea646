/** A toast and a row of a list have room for less; what is longer was made to be long. */
const longestShown = 200;

/**
 * Control characters, which break lines; line and paragraph separators; the marks that turn the direction of the text
 * after them, with which `exe.txt` is made of `txt.exe`. Letters that are written from right to left stay.
 */
// eslint-disable-next-line no-control-regex -- they are what it is about
const misleading = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Text from outside, such as a file's name, on one line of bounded length, in the direction in which it is read.
 * What is replaced is seen to be: by `�`, or by `…` in the middle.
 */
export function oneLine(text: string, longest = longestShown): string {
  const whole = text.length > 4 * longest ? shortened(text, 2 * longest) : text;
  return shortened(whole.toWellFormed().replace(misleading, '\ufffd'), longest);
}

/** As `oneLine`, for places that know markup: `$(…)` does not become an icon and `[…](…)` no link. */
export function plainText(text: string, longest = longestShown): string {
  return oneLine(text, longest).replaceAll('$(', '$\u200b(').replaceAll('](', ']\u200b(');
}

/** By whole characters: beginning and end, as the latter often tells names apart. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const half = Math.floor((longest - 1) / 2);
  const start = text.slice(0, half).replace(/[\ud800-\udbff]$/, '');
  const end = text.slice(-half).replace(/^[\udc00-\udfff]/, '');
  return `${start}…${end}`;
}
