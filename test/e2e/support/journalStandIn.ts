import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface StandInEntry {
  readonly agoMs: number;
  /** As syslog has it: 3 is an error, 4 a warning, 6 informational. */
  readonly priority: number;
  readonly source: string;
  readonly message: string;
}

/** A program that prints what journalctl would print, and tells of what is added while it is followed. */
export class JournalStandIn {
  readonly #tool: string;
  readonly #entries: string;
  readonly #followed: string;
  readonly #pid: string;

  constructor(folder: string, entries: readonly StandInEntry[]) {
    this.#tool = path.join(folder, 'journalctl');
    this.#entries = path.join(folder, 'journal.json');
    this.#followed = path.join(folder, 'follow.json');
    this.#pid = path.join(folder, 'follow.pid');
    writeFileSync(this.#entries, entries.map((entry, index) => line(entry, `a${index}`)).join(''));
    writeFileSync(this.#followed, '');
    writeFileSync(
      this.#tool,
      `#!/bin/sh
case " $* " in
  *' --follow '*) echo $$ > '${this.#pid}'; exec tail -n +1 -f '${this.#followed}' ;;
  *) cat '${this.#entries}' ;;
esac
`,
    );
    chmodSync(this.#tool, 0o755);
  }

  /** Whoever follows hears of it. */
  tell(entry: StandInEntry): void {
    appendFileSync(this.#followed, line(entry, 'b'));
  }

  /** The process that follows; undefined as long as none has. */
  get followerPid(): number | undefined {
    // It is there for a moment before its content is.
    return existsSync(this.#pid) ? Number(readFileSync(this.#pid, 'utf8')) || undefined : undefined;
  }

  remove(): void {
    for (const file of [this.#tool, this.#entries, this.#followed, this.#pid]) rmSync(file, { force: true });
  }
}

function line({ agoMs, priority, source, message }: StandInEntry, cursor: string): string {
  const timeUs = (Date.now() - agoMs) * 1_000;
  return `${JSON.stringify({
    __CURSOR: `s=${cursor}`,
    __REALTIME_TIMESTAMP: String(timeUs),
    PRIORITY: String(priority),
    SYSLOG_IDENTIFIER: source,
    MESSAGE: message,
    _PID: '4711',
  })}\n`;
}
