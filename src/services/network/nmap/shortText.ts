/** Text from outside, of bounded length and in memory of its own: a slice would keep all of what it is cut from. */
export function shortText(text: string, longest: number): string {
  return text.length <= longest ? text : Buffer.from(`${text.slice(0, longest - 1)}…`).toString();
}
