import type { ProcessTable } from '../../../../src/services/locks/lockOwner';

/** A machine whose processes are those that a test has started and has not killed. */
export class FakeMachine {
  private readonly living = new Set<number>();
  /** Of its /proc, by process. */
  private readonly files = new Map<number, ReadonlyMap<string, string>>();
  private ticks = 1;
  private lastPid = 10;

  /** @param hasProc whether its kernel tells one process of a number from another, as Linux does */
  constructor(
    private readonly host: string,
    private readonly hasProc = true,
  ) {}

  /** @param pid a number that was another's before */
  start(pid = (this.lastPid += 1)): ProcessTable {
    this.living.add(pid);
    this.ticks += 1;
    const stat = `${pid} (code) S ${'1 '.repeat(18)}${this.ticks} 1000`;
    this.files.set(
      pid,
      new Map([
        ['/proc/sys/kernel/random/boot_id', this.host],
        [`/proc/${pid}/task/${pid}/stat`, stat],
      ]),
    );
    return {
      readText: (file) => (this.hasProc ? this.read(file) : undefined),
      readLink: (file) => (this.hasProc ? links(pid).get(file) : undefined),
      exists: (other) => this.living.has(other),
      pid,
      host: this.host,
    };
  }

  kill({ pid }: ProcessTable): void {
    this.living.delete(pid);
    this.files.delete(pid);
  }

  private read(file: string): string | undefined {
    for (const files of this.files.values()) {
      const text = files.get(file);
      if (text !== undefined) return text;
    }
    return undefined;
  }
}

function links(pid: number): ReadonlyMap<string, string> {
  return new Map([
    ['/proc/self/ns/pid', 'pid:[1]'],
    ['/proc/thread-self', `${pid}/task/${pid}`],
  ]);
}
