import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where Debian's package systemd-journal-remote puts the program that writes journals. */
const writer = '/lib/systemd/systemd-journal-remote';
const reader = '/usr/bin/journalctl';

/** Why there can be no real journal here; undefined where there can. */
export function journalToolsMissing(): string | undefined {
  const missing = [writer, reader].filter((file) => !existsSync(file));
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} not found (Debian package systemd-journal-remote)`;
}

/** A list is a field that is there several times. */
export type JournalEntry = Readonly<Record<string, string | Uint8Array | readonly string[]>>;

/** A journal in a temporary folder, and a `journalctl` that reads it and nothing else. */
export class TestJournal {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'sentinel-journal-'));
  readonly tools = path.join(this.folder, 'bin');
  private readonly entries = path.join(this.folder, 'journal');
  private files = 0;

  constructor() {
    mkdirSync(this.tools);
    mkdirSync(this.entries);
    writeFileSync(this.journalctl, `#!/bin/sh\nexec ${reader} --directory='${this.entries}' "$@"\n`);
    chmodSync(this.journalctl, 0o755);
  }

  get journalctl(): string {
    return path.join(this.tools, 'journalctl');
  }

  /** From now on its files are root's alone, and `journalctl` is run by nobody. */
  closeToReader(): void {
    const files = readdirSync(this.entries).map((name) => path.join(this.entries, name));
    for (const file of files) chmodSync(file, 0o600);
    for (const folder of [this.folder, this.entries]) chmodSync(folder, 0o755);
    const nobody = 65_534;
    writeFileSync(
      this.journalctl,
      `#!/bin/sh\nexec setpriv --reuid=${nobody} --regid=${nobody} --clear-groups ${reader} --directory='${this.entries}' "$@"\n`,
    );
  }

  /** Writes one more file of the journal. @param times microseconds since 1970 of each entry */
  write(entries: readonly JournalEntry[], timeUs: (index: number) => number): void {
    const source = path.join(this.folder, 'entries.export');
    writeFileSync(source, exportFormat(entries, timeUs));
    const target = path.join(this.entries, `system@${++this.files}.journal`);
    execFileSync(writer, ['-o', target, source], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The machine's start: the journal orders entries by the time since then. */
const bootUs = 1_600_000_000_000_000;

/** The journal's export format (systemd.io/JOURNAL_EXPORT_FORMATS): binary values with their length before them. */
function exportFormat(entries: readonly JournalEntry[], timeUs: (index: number) => number): Buffer {
  const parts: Buffer[] = [];
  entries.forEach((entry, index) => {
    const head = `__REALTIME_TIMESTAMP=${timeUs(index)}\n__MONOTONIC_TIMESTAMP=${timeUs(index) - bootUs}\n_BOOT_ID=${'0123456789abcdef'.repeat(2)}\n`;
    parts.push(Buffer.from(head));
    const fields = Object.entries(entry).flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as readonly string[]) : [value as string | Uint8Array]).map(
        (each) => [name, each] as const,
      ),
    );
    for (const [name, value] of fields) {
      const bytes = Buffer.from(value);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      parts.push(Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n'));
    }
    parts.push(Buffer.from('\n'));
  });
  return Buffer.concat(parts);
}

/** Entries such as services write, with the fields that journald adds. */
export function ordinaryEntries(count: number): JournalEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    MESSAGE: `Message ${index} of something that went on for a while`,
    PRIORITY: String(index % 8),
    SYSLOG_IDENTIFIER: `program${index % 20}`,
    _PID: '4711',
    _UID: '0',
    _COMM: 'program',
    _EXE: '/usr/bin/program',
    _CMDLINE: '/usr/bin/program --with --arguments',
    _SYSTEMD_UNIT: `program${index % 20}.service`,
    _HOSTNAME: 'host',
    _MACHINE_ID: 'fedcba9876543210'.repeat(2),
    _TRANSPORT: 'journal',
    CODE_FILE: 'src/core/job.c',
    CODE_LINE: '123',
  }));
}
