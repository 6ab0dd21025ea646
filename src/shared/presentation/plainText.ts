import { withUnseenMarked } from './unseen';

/** A toast and a row of a list have room for less; what is longer was made to be long. */
const longestShown = 200;

/**
 * Text from outside, such as a file's name, on one line of bounded length, in the direction in which it is read:
 * what would break the line, turn its direction or hide is marked, as in `invoice[U+202E]txt.exe`.
 */
export function oneLine(text: string, longest = longestShown): string {
  return shortened(withUnseenMarked(shortened(text, 2 * longest)), longest);
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
