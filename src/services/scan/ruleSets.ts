import { createHash } from 'node:crypto';
import { type Dirent, opendirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RuleFolder, RuleSetLevel } from '../../shared/scan/settings';
import { refusalOf } from '../files/regularFile';
import type { RuleFault, RuleSource } from './rules/ruleScanner';

/** A source with how far its rules may go. */
export interface LevelledSource extends RuleSource {
  readonly level: RuleSetLevel;
}

/** Rules that are compiled together. */
export interface RuleSet {
  readonly sources: readonly LevelledSource[];
  /** Tells this set from any other, by its content. */
  readonly fingerprint: string;
  /** Files of rules that could not even be read. */
  readonly faults: readonly RuleFault[];
}

/** Bounds within which a folder of rules is taken for one: somebody may have chosen their home folder. */
const maxFileBytes = 16 * 1024 * 1024;
const maxTotalBytes = 128 * 1024 * 1024;
const maxFiles = 20_000;
const maxDepth = 16;
const maxEntries = 200_000;

const ruleFile = /\.yara?$/i;

/** Whether a file by this name is taken for one of rules. */
export function isRuleFile(name: string): boolean {
  return ruleFile.test(name);
}

/** The rules that Sentinel brings along. @param folder where its `.yar` files are */
export function loadRulePack(folder: string): RuleSet {
  return loadRuleSets([{ path: folder, level: 'full' }], 'sentinel');
}

/** What a walk through folders of rules met. */
export interface RuleFiles {
  readonly folders: readonly { readonly folder: RuleFolder; readonly files: readonly string[] }[];
  /** Folders that could not be read, or not to their end. */
  readonly faults: readonly RuleFault[];
  /** Tells cheaply that nothing has changed: names, sizes and times of all files of rules. */
  readonly stamp: string;
}

export interface RuleWalkOptions {
  /** A sign of life before each folder, since a share may be slow; may throw to stop. */
  readonly beforeFolder?: () => void;
  readonly maxEntries?: number;
}

/** Walks through folders of rules with all that is below them, in an order that does not change. */
export function findRuleFiles(folders: readonly RuleFolder[], options: RuleWalkOptions = {}): RuleFiles {
  const faults: RuleFault[] = [];
  const hash = createHash('sha256');
  const walk = new RuleWalk(faults, options);
  const found = folders.map((folder) => {
    hash.update(`${folder.level}\0${folder.path}\0`);
    const files = walk.filesIn(folder.path);
    for (const file of files) {
      const stats = statSync(file, { throwIfNoEntry: false });
      hash.update(`${file}\0${stats?.size}\0${stats?.mtimeMs}\0${stats?.ino}\0${stats?.mode}\0`);
    }
    return { folder, files };
  });
  for (const { file, message } of faults) hash.update(`${file}\0${message}\0`);
  return { folders: found, faults, stamp: hash.digest('hex') };
}

/**
 * Reads folders of rules, so that the same files give the same fingerprint. What cannot be read is a fault that names it.
 * @param owner the beginning of the namespaces; each file has its own
 * @param found by a walk that was just made
 */
export function loadRuleSets(
  folders: readonly RuleFolder[],
  owner: string,
  found = findRuleFiles(folders),
): RuleSet {
  const sources: LevelledSource[] = [];
  const faults: RuleFault[] = [...found.faults];
  let totalBytes = 0;
  for (const [index, { folder, files }] of found.folders.entries()) {
    const namespaceOf = (file: string): string => {
      const name = path.relative(folder.path, file).split(path.sep).join('/').replace(ruleFile, '');
      return folders.length === 1 ? `${owner}/${name}` : `${owner}${index + 1}/${name}`;
    };
    for (const file of files) {
      const rules = readRules(file, maxTotalBytes - totalBytes);
      if ('problem' in rules) {
        faults.push({ file, message: rules.problem });
        continue;
      }
      totalBytes += rules.text.length;
      sources.push({ namespace: namespaceOf(file), file, text: rules.text, level: folder.level });
    }
  }
  return { sources, faults, fingerprint: fingerprintOf(sources) };
}

export function joinedRuleSets(one: RuleSet, other: RuleSet): RuleSet {
  const sources = [...one.sources, ...other.sources];
  return { sources, faults: [...one.faults, ...other.faults], fingerprint: fingerprintOf(sources) };
}

function fingerprintOf(sources: readonly LevelledSource[]): string {
  const hash = createHash('sha256');
  for (const { namespace, level, text } of sources) {
    hash.update(`${namespace}\0${level}\0${text.length}\0`).update(text);
  }
  return hash.digest('hex');
}

/** Finds files of rules, within bounds that hold for all folders together. */
class RuleWalk {
  private readonly maxEntries: number;
  private entries = 0;

  constructor(
    private readonly faults: RuleFault[],
    private readonly options: RuleWalkOptions,
  ) {
    this.maxEntries = options.maxEntries ?? maxEntries;
  }

  /** Sorted; links to folders are not entered, which could lead round in circles. */
  filesIn(root: string): readonly string[] {
    const files: string[] = [];
    this.visit(root, 0, files);
    const limit =
      files.length >= maxFiles
        ? `The folder has more than ${maxFiles} files of rules.`
        : this.entries >= this.maxEntries
          ? `The folders have more than ${this.maxEntries} entries, of which the rest was not looked at.`
          : undefined;
    if (limit !== undefined) this.faults.push({ file: root, message: limit });
    return files;
  }

  private visit(folder: string, depth: number, files: string[]): void {
    if (this.entries >= this.maxEntries) return;
    this.options.beforeFolder?.();
    let entries;
    try {
      entries = this.entriesOf(folder);
    } catch (error) {
      this.faults.push({ file: folder, message: `The folder cannot be read: ${systemCodeOf(error)}.` });
      return;
    }
    for (const entry of entries) {
      const full = path.join(folder, entry.name);
      if (files.length >= maxFiles) return;
      if (entry.isDirectory() && depth < maxDepth) this.visit(full, depth + 1, files);
      else if (isRuleFile(entry.name) && (entry.isFile() || entry.isSymbolicLink())) files.push(full);
    }
  }

  private entriesOf(folder: string): readonly Dirent[] {
    const entries: Dirent[] = [];
    const open = opendirSync(folder, { bufferSize: 1_024 });
    try {
      for (let entry; this.entries < this.maxEntries && (entry = open.readSync()) !== null;) {
        this.entries += 1;
        entries.push(entry);
      }
    } finally {
      open.closeSync();
    }
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  }
}

function readRules(file: string, roomBytes: number): { text: string } | { problem: string } {
  let bytes: Buffer;
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return { problem: 'It is no regular file.' };
    if (stats.size > maxFileBytes) return { problem: 'It is larger than 16 MB.' };
    if (stats.size > roomBytes) return { problem: 'All rules together are larger than 128 MB.' };
    bytes = readFileSync(file);
  } catch (error) {
    return { problem: `It cannot be read: ${systemCodeOf(error)}.` };
  }
  // Authors' names and comments are the usual place of other encodings; each byte is a character in Latin-1.
  const text = bytes.toString('utf8');
  return { text: text.includes('\ufffd') ? bytes.toString('latin1') : text };
}

function systemCodeOf(error: unknown): string {
  return refusalOf(error).systemCode ?? '';
}
