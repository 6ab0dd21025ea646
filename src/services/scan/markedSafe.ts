import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../shared/clock';
import { errorMessage } from '../../shared/errors';
import { Emitter, type Event } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import { sha256Schema } from '../../shared/scan/record';

const markSchema = v.object({
  sha256: sha256Schema,
  /** In the words of whoever marked it. */
  reason: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)),
  /** The file's path when it was marked; any file of this content counts as marked. */
  path: v.string(),
  /** Milliseconds since 1970 in UTC. */
  markedAt: v.pipe(v.number(), v.finite(), v.minValue(0)),
});
/** A content that somebody looked at and found to be harmless. */
export type SafeMark = v.InferOutput<typeof markSchema>;

export interface MarkedSafeOptions {
  /** Of these marks alone; shared by all windows of a user. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const suffix = '.json';

/**
 * What people marked as safe, by its content's SHA-256. Each mark is a file of its own, so that windows which mark and
 * revoke at the same time cannot undo each other's doing.
 */
export class MarkedSafe {
  private readonly changed = new Emitter<void>();

  constructor(private readonly options: MarkedSafeOptions) {}

  /** Marks were set or revoked in this window. */
  get onChanged(): Event<void> {
    return this.changed.event;
  }

  /** All marks, newest first. One that cannot be read is left out, so that what it spoke for alarms again. */
  async list(): Promise<readonly SafeMark[]> {
    const names = await this.names();
    const marks = await Promise.all(names.map((name) => this.read(name)));
    return marks
      .filter((mark) => mark !== undefined)
      .sort((one, other) => other.markedAt - one.markedAt || one.sha256.localeCompare(other.sha256));
  }

  /** Replaces an earlier mark of the same content. @throws the system's error where it cannot be kept */
  async mark(sha256: string, reason: string, markedPath: string): Promise<void> {
    const { folder, clock } = this.options;
    const mark = v.parse(markSchema, { sha256, reason, path: markedPath, markedAt: clock.now() });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, sha256 + suffix);
    const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await writeFile(beside, JSON.stringify(mark), { flag: 'wx', mode: 0o600, flush: true });
      await rename(beside, file);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    this.changed.fire();
  }

  /** Does nothing where there is no such mark. @throws the system's error where it stays */
  async revoke(sha256: string): Promise<void> {
    await rm(path.join(this.options.folder, v.parse(sha256Schema, sha256) + suffix), { force: true });
    this.changed.fire();
  }

  private async names(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.options.folder);
      return names.filter((name) => name.endsWith(suffix));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.options.logger.warning(`Marks of safe files cannot be read: ${errorMessage(error)}`);
      }
      return [];
    }
  }

  private async read(name: string): Promise<SafeMark | undefined> {
    try {
      const parsed = v.parse(
        markSchema,
        JSON.parse(await readFile(path.join(this.options.folder, name), 'utf8')),
      );
      // A mark speaks for the content that its file is named after, whatever was written into it.
      if (parsed.sha256 + suffix === name) return parsed;
      this.options.logger.warning(`The mark ${name} is about another content and does not count.`);
    } catch (error) {
      this.options.logger.warning(
        `The mark ${name} cannot be read and does not count: ${errorMessage(error)}`,
      );
    }
    return undefined;
  }
}
