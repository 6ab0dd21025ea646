import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
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

const ruleFile = /\.yara?$/i;

/** The rules that Sentinel brings along. @param folder where its `.yar` files are */
export function loadRulePack(folder: string): RuleSet {
  return loadRuleSets([{ path: folder, level: 'full' }], 'sentinel');
}

/**
 * Reads folders of rules with all that is below them, in an order that does not change, so that the same files give the
 * same fingerprint. What cannot be read is a fault that names it.
 * @param owner the beginning of the namespaces; each file has its own
 */
export function loadRuleSets(folders: readonly RuleFolder[], owner: string): RuleSet {
  const sources: LevelledSource[] = [];
  const faults: RuleFault[] = [];
  let totalBytes = 0;
  for (const [index, folder] of folders.entries()) {
    const namespaceOf = (file: string): string => {
      const name = path.relative(folder.path, file).split(path.sep).join('/').replace(ruleFile, '');
      return folders.length === 1 ? `${owner}/${name}` : `${owner}${index + 1}/${name}`;
    };
    for (const file of ruleFilesIn(folder.path, faults)) {
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

/** What tells cheaply that nothing in the folders has changed: names, sizes and times of all files of rules. */
export function ruleFilesStamp(folders: readonly RuleFolder[]): string {
  const hash = createHash('sha256');
  for (const { path: folder, level } of folders) {
    hash.update(`${level}\0${folder}\0`);
    for (const file of ruleFilesIn(folder, [])) {
      const stats = statSync(file, { throwIfNoEntry: false });
      hash.update(`${file}\0${stats?.size}\0${stats?.mtimeMs}\0${stats?.ino}\0`);
    }
  }
  return hash.digest('hex');
}

function fingerprintOf(sources: readonly LevelledSource[]): string {
  const hash = createHash('sha256');
  for (const { namespace, level, text } of sources) {
    hash.update(`${namespace}\0${level}\0${text.length}\0`).update(text);
  }
  return hash.digest('hex');
}

/** Sorted; links to folders are not entered, which could lead round in circles. */
function ruleFilesIn(root: string, faults: RuleFault[]): readonly string[] {
  const files: string[] = [];
  const visit = (folder: string, depth: number): void => {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      faults.push({ file: folder, message: `The folder cannot be read: ${systemCodeOf(error)}.` });
      return;
    }
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const full = path.join(folder, entry.name);
      if (files.length >= maxFiles) return;
      if (entry.isDirectory() && depth < maxDepth) visit(full, depth + 1);
      else if (ruleFile.test(entry.name) && (entry.isFile() || entry.isSymbolicLink())) files.push(full);
    }
    if (files.length >= maxFiles) {
      faults.push({ file: root, message: `The folder has more than ${maxFiles} files of rules.` });
    }
  };
  visit(root, 0);
  return files;
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
