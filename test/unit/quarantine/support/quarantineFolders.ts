import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  QuarantineStore,
  type QuarantineStoreOptions,
} from '../../../../src/services/quarantine/quarantineStore';
import { Unsealing, sealBytes } from '../../../../src/services/quarantine/sealedContent';
import { systemFileCalls } from '../../../../src/services/files/fileCalls';
import { systemClock } from '../../../../src/shared/clock';
import { RecordingLogger } from '../../support/recordingLogger';

/** Seconds since 1970; a time of its own, so that a restored one is told from a new one. */
export const modifiedAtS = 1_234_567_890.125;
export const mode = 0o741;

/** A store and a folder of files beside it, which may lie on another file system. */
export class QuarantineFolders {
  readonly root = mkdtempSync(path.join(tmpdir(), 'sentinel-quarantine-'));
  readonly store: string;
  readonly outside: string;
  private readonly removed: string[] = [this.root];

  constructor({ storeIn = this.root, outsideIn = this.root }: { storeIn?: string; outsideIn?: string } = {}) {
    this.store = path.join(this.own(storeIn), 'quarantine');
    this.outside = path.join(this.own(outsideIn), 'project');
    mkdirSync(this.outside);
  }

  open(options: Partial<QuarantineStoreOptions> = {}): QuarantineStore {
    return new QuarantineStore({
      folder: this.store,
      clock: systemClock,
      logger: new RecordingLogger(),
      ...options,
    });
  }

  file(name = 'install.js'): string {
    return path.join(this.outside, name);
  }

  /** A file with a mode and a time that no new file has. */
  write(content: string | Buffer, name = 'install.js'): string {
    const file = this.file(name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    utimesSync(file, modifiedAtS, modifiedAtS);
    return file;
  }

  /** Names of what lies outside with exactly this content, whatever it is called. */
  outsideWith(content: Buffer): string[] {
    return readdirSync(this.outside).filter((name) => readFileSync(this.file(name)).equals(content));
  }

  /** Names of what the store holds that is sealed from exactly this content. */
  storedWith(content: Buffer): string[] {
    return namesIn(this.store).filter((name) => unsealed(path.join(this.store, name))?.equals(content));
  }

  /** Names in the store that are neither a stored item's nor the lock's. */
  leftovers(): string[] {
    return namesIn(this.store).filter(
      (name) => !/^(?:[0-9a-f]{32}\.(?:stored|content)|locks|lock)$/.test(name),
    );
  }

  remove(): void {
    for (const folder of this.removed) rmSync(folder, { recursive: true, force: true });
  }

  private own(folder: string): string {
    if (folder === this.root) return folder;
    const made = mkdtempSync(path.join(folder, 'sentinel-quarantine-'));
    this.removed.push(made);
    return made;
  }
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Whether it is as `write` made it. */
export function isAsWritten(file: string): boolean {
  const stats = statSync(file);
  return (stats.mode & 0o7777) === mode && Math.abs(stats.mtimeMs - 1_000 * modifiedAtS) < 0.01;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function unsealed(file: string): Buffer | undefined {
  if (!statSync(file).isFile()) return undefined;
  const descriptor = systemFileCalls.open(file, 'r');
  try {
    const bytes = readFileSync(file).subarray(sealBytes);
    const plain = Unsealing.of(systemFileCalls, descriptor)?.update(bytes);
    return plain === undefined ? undefined : Buffer.from(plain);
  } finally {
    systemFileCalls.close(descriptor);
  }
}
