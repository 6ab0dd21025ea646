export type ParsedPorts =
  | { readonly type: 'ports'; readonly text: string; readonly count: number }
  | {
      readonly type: 'refused';
      readonly reason: 'empty' | 'tooLong' | 'malformed' | 'outOfRange' | 'badRange';
    };

const longestList = 1_000;

/** Reads a list of TCP ports, `22, 80, 8000-8100`, into one form: in order, each once, neighbours joined. */
export function parsePorts(input: string): ParsedPorts {
  const text = input.trim();
  if (text === '') return { type: 'refused', reason: 'empty' };
  if (text.length > longestList) return { type: 'refused', reason: 'tooLong' };
  const ranges: [low: number, high: number][] = [];
  for (const part of text.split(',')) {
    const [, from, to = from] = /^ *(\d{1,6})(?:-(\d{1,6}))? *$/.exec(part) ?? [];
    if (from === undefined) return { type: 'refused', reason: 'malformed' };
    const [low, high] = [Number(from), Number(to)];
    if (low < 1 || Math.max(low, high) > 65_535) return { type: 'refused', reason: 'outOfRange' };
    if (low > high) return { type: 'refused', reason: 'badRange' };
    ranges.push([low, high]);
  }
  const joined: [low: number, high: number][] = [];
  for (const [low, high] of ranges.sort(([one], [other]) => one - other)) {
    const last = joined.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return {
    type: 'ports',
    text: joined.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`)).join(','),
    count: joined.reduce((sum, [low, high]) => sum + high - low + 1, 0),
  };
}
