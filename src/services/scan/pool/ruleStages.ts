import { createHash } from 'node:crypto';
import type { ScanSettings } from '../../../shared/scan/settings';
import {
  findRuleFiles,
  joinedRuleSets,
  type LevelledSource,
  loadRulePack,
  loadRuleSets,
  type RuleSet,
} from '../ruleSets';

/** Rules as they are given to threads. */
export interface StagedRules {
  readonly sources: readonly LevelledSource[];
  /** Rules that are left out, having kept a thread from coming to an end: `namespace/rule`. */
  readonly leftOut: readonly string[];
  /** Prepared for asking about many small files at once. */
  readonly twoStep: boolean;
  readonly fingerprint: string;
  /** What became of the person's own rules by then. */
  readonly own: OwnRules;
}

/** What became of a person's own rules. */
export type OwnRules =
  | { readonly state: 'none' | 'inForce' | 'compiling' }
  | { readonly state: 'failed'; readonly detail: string };

/** The part of the settings that is about rules. */
export type RuleSettings = Pick<ScanSettings, 'builtInRules' | 'ruleFolders' | 'joinSmallFiles'>;

/** Own rules of more text than this, some hundred, are compiled in the background. */
const compiledAtOnceBytes = 256 * 1024;

const noRules: RuleSet = { sources: [], faults: [], fingerprint: '' };

/**
 * Which rules are in force. Compiling large sets takes a quarter of a minute: until a thread has done it, scans ask the
 * built-in rules alone, and say so.
 */
export class RuleStages {
  private builtIn = noRules;
  private all = noRules;
  private own: OwnRules = { state: 'none' };
  private leftOut: readonly string[] = [];
  private twoStep = true;
  private folders: readonly string[] = [];
  private loadedFrom: string | undefined;

  /** @param packFolder where the built-in rules are */
  constructor(private readonly packFolder: string) {}

  /**
   * Reads rules where they are others than before.
   * @param beforeFolder called while folders are walked through, which may take long; may throw to stop
   * @returns whether they are
   */
  load({ builtInRules, ruleFolders, joinSmallFiles }: RuleSettings, beforeFolder?: () => void): boolean {
    this.twoStep = joinSmallFiles;
    const found = findRuleFiles(ruleFolders, beforeFolder && { beforeFolder });
    const stamp = `${builtInRules}/${found.stamp}`;
    if (stamp === this.loadedFrom) return false;
    this.loadedFrom = stamp;
    this.builtIn = builtInRules ? loadRulePack(this.packFolder) : noRules;
    const ownSet = loadRuleSets(ruleFolders, 'own', found);
    this.all = joinedRuleSets(this.builtIn, ownSet);
    this.leftOut = [];
    this.folders = ruleFolders.map(({ path }) => path);
    const ownBytes = ownSet.sources.reduce((sum, { text }) => sum + text.length, 0);
    if (ownSet.sources.length === 0) this.own = { state: 'none' };
    else this.own = { state: ownBytes > compiledAtOnceBytes ? 'compiling' : 'inForce' };
    return true;
  }

  get ownRules(): OwnRules {
    return this.own;
  }

  get ownFolders(): readonly string[] {
    return this.folders;
  }

  /** Faults of files that could not even be read. */
  get faults(): RuleSet['faults'] {
    return this.all.faults;
  }

  /** Rules that a scan can ask now. */
  get inForce(): StagedRules {
    const ownInForce = this.own.state === 'inForce' || this.own.state === 'none';
    return this.staged(ownInForce ? this.all : this.builtIn);
  }

  /** Rules that are to be compiled in the background; undefined where nothing waits for that. */
  get toCompile(): StagedRules | undefined {
    return this.own.state === 'compiling' ? this.staged(this.all) : undefined;
  }

  /** A thread has compiled these. */
  compiled({ fingerprint }: StagedRules): void {
    if (this.toCompile?.fingerprint === fingerprint) this.own = { state: 'inForce' };
  }

  /** These cannot be compiled: they need more time or memory than there is. */
  couldNotCompile({ fingerprint }: StagedRules, detail: string): void {
    if (this.staged(this.all).fingerprint !== fingerprint || this.own.state === 'none') return;
    this.own = { state: 'failed', detail };
  }

  /** Goes on without a rule, until rules are read anew. @param rule `namespace/rule` */
  leaveOut(rule: string): void {
    if (!this.leftOut.includes(rule)) this.leftOut = [...this.leftOut, rule];
  }

  private staged({ sources, fingerprint }: RuleSet): StagedRules {
    const { leftOut, twoStep, own } = this;
    const staged = { sources, leftOut, twoStep, own };
    if (leftOut.length === 0) return { ...staged, fingerprint };
    const hash = createHash('sha256').update(fingerprint);
    for (const rule of leftOut) hash.update(`\0${rule}`);
    return { ...staged, fingerprint: hash.digest('hex') };
  }
}
