import path from 'node:path';
import * as v from 'valibot';
import { type QuarantineRecord, quarantineRecordSchema } from '../../shared/quarantine/quarantineRecord';
import { exists, ifPossible, patiently, syncFolder, writeAll } from '../files/durably';
import { type FaultHook, faultStep } from '../files/faults';
import { ifPresent } from '../files/fileCalls';
import type { LockStep } from '../locks/flagLock';
import type { QuarantineCalls } from './quarantineCalls';

/** What is done to disks, in words that tests name the moments by. */
export type QuarantineStep =
  | LockStep
  | `${'content' | 'record' | 'target' | 'restored'}.write`
  | `${'content' | 'record' | 'target' | 'restored'}.sync`
  | `${'content' | 'record' | 'target' | 'original'}.rename`
  | `${'content' | 'record' | 'target' | 'original' | 'restored'}.remove`
  | `restored.${'publish' | 'rename'}`
  | 'folder.sync';

/**
 * How far an item is, which the ending of its record's name says: a rename needs no room on a full disk, and has
 * happened or has not.
 */
export const stages = ['storing', 'stored', 'restoring', 'deleting'] as const;
export type Stage = (typeof stages)[number];

/** What there is of an item. */
export interface ItemFiles {
  readonly id: string;
  readonly stage?: Stage;
  readonly hasContent: boolean;
  readonly hasTarget: boolean;
  /** Names of files that never became what they were to be. */
  readonly parts: readonly string[];
}

const contentEnding = 'content';
const targetEnding = 'target';
const partEnding = '.part';
const nameForm = /^([0-9a-f]{32})\.([a-z]+)(\.part)?$/;
const targetSchema = v.object({ path: v.pipe(v.string(), v.minLength(1)) });

export interface ItemFolderOptions {
  readonly folder: string;
  readonly calls: QuarantineCalls;
  readonly faults?: FaultHook<QuarantineStep>;
  readonly platform?: NodeJS.Platform;
}

/**
 * The files of the quarantine. An item has a record (`ID.STAGE`), its sealed content (`ID.content`) and, while it is
 * restored to another place than it came from, that place (`ID.target`). All of them are there in whole or not at all.
 * Changing them needs the lock. Throws what the system throws.
 */
export class ItemFolder {
  readonly path: string;
  private readonly calls: QuarantineCalls;

  constructor(private readonly options: ItemFolderOptions) {
    this.path = options.folder;
    this.calls = options.calls;
  }

  get platform(): NodeJS.Platform {
    return this.options.platform ?? process.platform;
  }

  step<T>(step: QuarantineStep, action: () => T): T {
    return faultStep(this.options.faults, step, action);
  }

  makeFolder(): void {
    if (exists(this.calls, this.path)) return;
    this.calls.makeFolder(this.path);
    syncFolder(this.calls, path.dirname(this.path), this.platform);
  }

  items(): readonly ItemFiles[] {
    const found = new Map<string, { -readonly [K in keyof ItemFiles]: ItemFiles[K] } & { parts: string[] }>();
    for (const name of ifPresent(() => this.calls.list(this.path)) ?? []) {
      const [, id, ending, part] = nameForm.exec(name) ?? [];
      if (id === undefined || ending === undefined) continue;
      const item = found.get(id) ?? { id, hasContent: false, hasTarget: false, parts: [] };
      found.set(id, item);
      const stage = stages.find((each) => each === ending);
      if (part !== undefined) item.parts.push(name);
      else if (stage !== undefined) item.stage = stage;
      else if (ending === contentEnding) item.hasContent = true;
      else if (ending === targetEnding) item.hasTarget = true;
    }
    return [...found.values()];
  }

  stageOf(id: string): Stage | undefined {
    return stages.find((stage) => exists(this.calls, this.fileOf(id, stage)));
  }

  /** @returns undefined where it is not there or cannot be understood */
  record(id: string, stage: Stage): QuarantineRecord | undefined {
    const parsed = v.safeParse(quarantineRecordSchema, this.readJson(this.fileOf(id, stage)));
    return parsed.success && parsed.output.id === id ? parsed.output : undefined;
  }

  /** Where it is being restored to. */
  targetOf(record: QuarantineRecord): string {
    const parsed = v.safeParse(targetSchema, this.readJson(this.fileOf(record.id, targetEnding)));
    return parsed.success ? parsed.output.path : record.origin;
  }

  writeRecord(record: QuarantineRecord, stage: Stage): void {
    this.writeJson('record', this.fileOf(record.id, stage), record);
  }

  writeTarget(id: string, target: string): void {
    this.writeJson('target', this.fileOf(id, targetEnding), { path: target });
  }

  /** For good. */
  setStage(id: string, from: Stage, to: Stage): void {
    this.rename('record', this.fileOf(id, from), this.fileOf(id, to));
  }

  /** A new file for content that counts once it is committed. Whoever has it closes it. */
  createContent(id: string): number {
    this.makeFolder();
    return this.calls.open(this.fileOf(id, contentEnding) + partEnding, 'wx+');
  }

  commitContent(id: string): void {
    const content = this.fileOf(id, contentEnding);
    this.rename('content', content + partEnding, content);
  }

  contentOf(id: string): string {
    return this.fileOf(id, contentEnding);
  }

  removeParts({ parts }: Pick<ItemFiles, 'parts'>): void {
    for (const name of parts) this.remove('content', path.join(this.path, name));
  }

  removeContent(id: string): void {
    this.remove('content', this.fileOf(id, contentEnding));
    this.remove('content', this.fileOf(id, contentEnding) + partEnding);
  }

  removeTarget(id: string): void {
    this.remove('target', this.fileOf(id, targetEnding));
  }

  /** The last of an item's files. */
  removeRecord(id: string, stage: Stage): void {
    this.remove('record', this.fileOf(id, stage));
    this.sync(this.path);
  }

  /** Makes the names of any folder last. */
  sync(folder: string): void {
    this.step('folder.sync', () => {
      syncFolder(this.calls, folder, this.platform);
    });
  }

  /** Removes what is there, wherever it is. */
  remove(kind: 'content' | 'record' | 'target' | 'original' | 'restored', file: string): void {
    if (!exists(this.calls, file)) return;
    this.step(`${kind}.remove`, () => {
      patiently(() => {
        ifPresent(() => {
          this.calls.remove(file);
        });
      }, this.platform);
    });
  }

  private fileOf(id: string, ending: Stage | typeof contentEnding | typeof targetEnding): string {
    return path.join(this.path, `${id}.${ending}`);
  }

  private writeJson(kind: 'record' | 'target', file: string, value: object): void {
    const { calls } = this;
    const part = file + partEnding;
    const descriptor = calls.open(part, 'w');
    try {
      this.step(`${kind}.write`, () => {
        writeAll(calls, descriptor, Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`, 'utf8'));
      });
      this.step(`${kind}.sync`, () => {
        calls.sync(descriptor);
      });
    } catch (error) {
      ifPossible(() => {
        this.remove(kind, part);
      });
      throw error;
    } finally {
      calls.close(descriptor);
    }
    this.rename(kind, part, file);
  }

  private readJson(file: string): unknown {
    const { calls } = this;
    const descriptor = ifPresent(() => calls.open(file, 'r'));
    if (descriptor === undefined) return undefined;
    try {
      const bytes = Buffer.alloc(Math.min(calls.sizeOf(descriptor), longestRecordBytes));
      const count = calls.read(descriptor, bytes, 0, bytes.length, 0);
      return JSON.parse(bytes.toString('utf8', 0, count));
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    } finally {
      calls.close(descriptor);
    }
  }

  private rename(kind: 'content' | 'record' | 'target', from: string, to: string): void {
    this.step(`${kind}.rename`, () => {
      patiently(() => {
        this.calls.rename(from, to);
      }, this.platform);
    });
    this.sync(this.path);
  }
}

/** A path is 4 KB at most, and a record little more than two of them. */
const longestRecordBytes = 256 * 1024;
