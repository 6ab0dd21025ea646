import { closeSync, createReadStream } from 'node:fs';
import { type OpenRefusal, openRegularFile } from '../../../files/regularFile';
import { HostList, longestLine } from './hostList';

/** Larger ones are lists of something else. */
const largestFileBytes = 512 * 1024 * 1024;

export type ListProblem = OpenRefusal | 'tooLarge';

/** What became of reading a list. */
export type ReadList =
  | { readonly status: 'read'; readonly list: HostList; readonly stamp: string }
  | { readonly status: 'refused'; readonly problem: ListProblem };

/** Reads a list from a file, in pieces, so that its thread hears of other things meanwhile. */
export async function readListFile(file: string): Promise<ReadList> {
  const opened = openRegularFile(file, { followLinks: true });
  if (opened.status === 'refused') return { status: 'refused', problem: opened.reason };
  const { descriptor, stats } = opened;
  if (stats.size > BigInt(largestFileBytes)) {
    closeSync(descriptor);
    return { status: 'refused', problem: 'tooLarge' };
  }
  const list = new HostList();
  const stream = createReadStream(file, { fd: descriptor, highWaterMark: 256 * 1024, encoding: 'utf8' });
  try {
    let rest = '';
    for await (const piece of stream as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n');
      // A line without an end must not fill the memory: what is left of it is still too long to be understood.
      rest = (lines.pop() ?? '').slice(0, longestLine + 1);
      for (const line of lines) list.addLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    list.addLine(rest);
  } catch {
    return { status: 'refused', problem: 'unreadable' };
  } finally {
    stream.destroy();
  }
  list.trim();
  return { status: 'read', list, stamp: stampOf(stats) };
}

interface Stamped {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ino: bigint;
}

/** Changes when the file does. */
export function stampOf({ size, mtimeNs, ino }: Stamped): string {
  return [size, mtimeNs, ino].join(':');
}
