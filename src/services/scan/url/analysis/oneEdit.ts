/**
 * Whether a single slip makes one text of the other: a letter more, less, or another, or two neighbours the other way
 * round. In one pass, since it is asked of every name that is known.
 */
export function isOneEdit(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || one === other) return false;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end += 1;
  if (short.length !== long.length) return start + end === short.length;
  const differing = short.length - start - end;
  if (differing === 1) return true;
  return differing === 2 && short[start] === long[start + 1] && short[start + 1] === long[start];
}
