import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who owns a lock: a thread of a process. Linux tells them apart for good: a process id is given to another process
 * one day, but never with the same time of start.
 */
export interface LockOwner {
  /** Machine, boot and namespaces within which the numbers mean something; hexadecimal. */
  readonly domain: string;
  readonly pid: number;
  /** The thread, or 0 where it is not known. */
  readonly thread: number;
  /** When the thread started, in ticks since the machine did; 0 where it is not known. */
  readonly started: number;
}

/** `foreign`: on another machine or in another container, where nobody here can look. */
export type OwnerState = 'alive' | 'dead' | 'foreign';

/** What is asked of the system about processes. */
export interface ProcessTable {
  /** @returns undefined where it cannot be read */
  readText(file: string): string | undefined;
  readLink(file: string): string | undefined;
  /** Whether a process of this number exists, if only as a zombie or somebody else's. */
  exists(pid: number): boolean;
  readonly pid: number;
  readonly host: string;
}

export const systemProcesses: ProcessTable = {
  readText: (file) => attempt(() => readFileSync(file, 'utf8')),
  readLink: (file) => attempt(() => readlinkSync(file)),
  exists: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
    }
  },
  pid: process.pid,
  host: hostname(),
};

/** The thread that asks. */
export function thisOwner(table: ProcessTable = systemProcesses): LockOwner {
  const boot = table.readText('/proc/sys/kernel/random/boot_id')?.trim();
  const namespace = table.readLink('/proc/self/ns/pid');
  const [, pid, thread] = /^(\d+)\/task\/(\d+)$/.exec(table.readLink('/proc/thread-self') ?? '') ?? [];
  const stat = thread === undefined ? undefined : threadStat(table, Number(pid), Number(thread));
  // Another number means that /proc is that of another namespace, in which nothing can be looked up.
  if (boot === undefined || namespace === undefined || stat === undefined || Number(pid) !== table.pid)
    return { domain: digest(`host ${table.host}`), pid: table.pid, thread: 0, started: 0 };
  // Times of start are counted anew in a time namespace, which old kernels do not have.
  const time = table.readLink('/proc/self/ns/time') ?? '';
  return {
    domain: digest(`linux ${boot} ${namespace} ${time}`),
    pid: table.pid,
    thread: Number(thread),
    started: stat.started,
  };
}

/** An owner as the name of a file holds it. */
export function ownerText({ domain, pid, thread, started }: LockOwner): string {
  return `${domain}.${pid}.${thread}.${started}`;
}

/** @returns undefined for what `ownerText` has not made */
export function ownerOf(text: string): LockOwner | undefined {
  const [, domain, pid, thread, started] =
    /^([0-9a-f]{16})\.([1-9]\d{0,9})\.(\d{1,10})\.(\d{1,15})$/.exec(text) ?? [];
  if (domain === undefined) return undefined;
  return { domain, pid: Number(pid), thread: Number(thread), started: Number(started) };
}

/** Never says that somebody is dead who lives. What cannot be found out lives. */
export function ownerState(owner: LockOwner, self: LockOwner, table: ProcessTable): OwnerState {
  if (owner.domain !== self.domain) return 'foreign';
  if (!table.exists(owner.pid)) return 'dead';
  if (owner.thread === 0) return 'alive';
  const stat = threadStat(table, owner.pid, owner.thread);
  // A zombie and a dead thread have left their last system call behind.
  if (stat !== undefined) return stat.ended || stat.started !== owner.started ? 'dead' : 'alive';
  // The process is there and can be looked at, but its thread is not. Where it cannot be looked at, /proc hides it.
  return table.readText(`/proc/${owner.pid}/stat`) === undefined ? 'alive' : 'dead';
}

function threadStat(
  table: ProcessTable,
  pid: number,
  thread: number,
): { readonly started: number; readonly ended: boolean } | undefined {
  const text = table.readText(`/proc/${pid}/task/${thread}/stat`);
  if (text === undefined) return undefined;
  // The name before it may hold blanks and brackets. The state is field 3 of the file, the time of start field 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const started = Number(fields[19]);
  return Number.isSafeInteger(started) ? { started, ended: /^[ZXx]/.test(fields[0] ?? '') } : undefined;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
