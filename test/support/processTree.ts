import { readdirSync, readFileSync } from 'node:fs';

const pageBytes = 4_096;
const bytesPerMB = 1_024 * 1_024;

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Page faults of children that have ended and were waited for: it grows with each of them. */
  readonly endedChildrenFaults: number;
  readonly rssMB: number;
}

/** What a process and all its descendants have used so far. Linux only. */
export interface TreeUsage {
  /** Nanoseconds on a processor by thread, of the threads that live now. */
  readonly cpuNsByThread: ReadonlyMap<string, number>;
  readonly pids: ReadonlySet<number>;
  readonly endedChildrenFaults: number;
  readonly rssMB: number;
}

/** Processes that a process started, and those that these started. */
export function descendants(rootPid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of list('/proc')) {
    const facts = /^\d+$/.test(name) ? processFacts(Number(name)) : undefined;
    if (facts === undefined) continue;
    children.set(facts.parent, [...(children.get(facts.parent) ?? []), facts.pid]);
  }
  const found: number[] = [];
  const waiting = [rootPid];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      waiting.push(child);
    }
  }
  return found;
}

export function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`) ?? '';
}

/** The extension hosts that a VS Code server has started. */
export function extensionHosts(serverPid: number): number[] {
  return descendants(serverPid).filter((pid) => commandLine(pid).includes('--type=extensionHost'));
}

export function treeUsage(rootPid: number): TreeUsage {
  const cpuNsByThread = new Map<string, number>();
  let rssMB = 0;
  let endedChildrenFaults = 0;
  const pids = [rootPid, ...descendants(rootPid)];
  for (const pid of pids) {
    const facts = processFacts(pid);
    if (facts === undefined) continue;
    rssMB += facts.rssMB;
    endedChildrenFaults += facts.endedChildrenFaults;
    for (const thread of list(`/proc/${pid}/task`)) {
      const ns = Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0]);
      if (Number.isFinite(ns)) cpuNsByThread.set(`${pid}/${thread}`, ns);
    }
  }
  return { cpuNsByThread, pids: new Set(pids), endedChildrenFaults, rssMB };
}

/** Processor milliseconds between two readings; a thread that is new counts from its start. */
export function cpuMsBetween(before: TreeUsage, after: TreeUsage): number {
  let ns = 0;
  for (const [thread, now] of after.cpuNsByThread) ns += now - (before.cpuNsByThread.get(thread) ?? 0);
  return ns / 1e6;
}

function processFacts(pid: number): ProcessFacts | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return {
    pid,
    parent: fields[1] ?? 0,
    endedChildrenFaults: fields[8] ?? 0,
    rssMB: ((fields[21] ?? 0) * pageBytes) / bytesPerMB,
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
