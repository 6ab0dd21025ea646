import { readdirSync, readFileSync } from 'node:fs';
import { isAlive } from '../../../support/isAlive';

/** Waits for a condition that another process brings about and nobody tells of; the test's own limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Collects lines and lets a test wait for one. */
export class Lines {
  readonly texts: string[] = [];
  private waiting: { test: (text: string) => boolean; resolve: (text: string) => void }[] = [];

  readonly onLine = ({ text }: { text: string }): void => {
    this.texts.push(text);
    const told = this.waiting.filter(({ test }) => test(text));
    this.waiting = this.waiting.filter((waiter) => !told.includes(waiter));
    for (const { resolve } of told) resolve(text);
  };

  next(start: string): Promise<string> {
    const test = (text: string): boolean => text.startsWith(start);
    const seen = this.texts.find(test);
    if (seen !== undefined) return Promise.resolve(seen);
    return new Promise((resolve) => this.waiting.push({ test, resolve }));
  }

  /** The process ids in lines such as "name 1234". */
  get pids(): number[] {
    return this.texts.map((text) => Number(text.split(' ')[1]));
  }
}

/** Ids of the processes that have `text` in their command line. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(text) && isAlive(pid));
}

/** States (as in /proc/PID/stat: R, S, T, …) of the living members of a process group. */
export function groupStates(groupId: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => /^\d+ \(.*\) (\w) \d+ (\d+) /s.exec(read(`/proc/${name}/stat`)))
    .filter((match) => Number(match?.[2]) === groupId)
    .map((match) => match?.[1] ?? '')
    .filter((state) => state !== 'Z');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
