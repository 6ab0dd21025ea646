import { formatCount, formatInteger } from '../../../shared/presentation/format';
import type { Judgement } from '../../../shared/scan/judgement';
import type {
  EngineReason,
  EngineReport,
  Finding,
  FolderDetails,
  ProblemFile,
} from '../../../shared/scan/record';
import type { Verdict } from '../../../shared/scan/verdict';
import type { WalkProblem } from '../walk';
import { displayPath } from '../content/displayPath';
import { engineNames } from '../engines';
import { markedSafe, takesNothingSoLarge, verdictOf, worstVerdict } from '../verdict';

/** A record has room for so many; the most alarming are kept. */
const maxFindings = 500;
const maxProblems = 200;

const weights = ['malicious', 'suspicious', 'informational'] as const;

/** A file with something to tell about it. */
export interface TalliedFile {
  readonly path: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly sha256?: string;
}

/** How an engine did over all files. */
interface EngineTally {
  readonly report: EngineReport;
  files: number;
  hits: number;
  failed: number;
  partial: number;
  notKnown: number;
  /** Files about which it was not asked. */
  skipped: number;
  reason?: EngineReason;
}

/** Adds up what was found out about the files of a folder. */
export class FolderTally {
  private readonly engines = new Map<string, EngineTally>();
  private readonly findings: Record<Finding['weight'], Finding[]> = {
    malicious: [],
    suspicious: [],
    informational: [],
  };
  private findingCount = 0;
  private readonly problems: ProblemFile[] = [];
  private readonly verdicts: Partial<Record<Verdict, number>> = {};
  private plainFiles = 0;
  /** Of the plain ones, those that verdicts and engines have been told of. */
  private countedPlain = 0;
  private plainVerdict: Verdict = 'unknown';
  private bytes = 0;
  private unchanged = 0;
  private special = 0;
  private judgedFiles = 0;
  private unreadable = 0;

  /**
   * @param plain what each engine has to say about a file about which there is nothing to say
   * @param safe hashes of files that somebody marked as safe
   */
  constructor(
    private plain: readonly EngineReport[],
    private readonly safe: ReadonlyMap<string, string>,
  ) {
    this.setPlain(plain);
  }

  /** Files about which there is something to say. */
  get files(): number {
    return this.plainFiles + this.judgedFiles;
  }

  get totalBytes(): number {
    return this.bytes;
  }

  /** Files and folders that could not be read at all. */
  get unreadableCount(): number {
    return this.unreadable;
  }

  /** Holds for files that are added from now on. */
  setPlain(plain: readonly EngineReport[]): void {
    this.flushPlain();
    this.plain = plain;
    this.plainVerdict = verdictOf({ engines: plain, findings: [] });
  }

  /** @param judgement absent where there is nothing to say @returns what there is to tell of it at once */
  add(
    path: string,
    sizeBytes: number,
    judgement: Judgement | undefined,
    isUnchanged: boolean,
  ): TalliedFile | undefined {
    this.bytes += sizeBytes;
    if (isUnchanged) this.unchanged += 1;
    if (judgement === undefined) {
      this.plainFiles += 1;
      return undefined;
    }
    const { problem } = judgement;
    // It is no file any more, or none at all.
    if (problem?.reason === 'notApplicable') {
      this.special += 1;
      return undefined;
    }
    if (problem !== undefined) this.addProblem({ path, ...problem });
    if (problem?.reason === 'vanished' && judgement.findings.length === 0) return undefined;
    return this.addJudged(path, judgement);
  }

  /** What the walk itself could not look at. */
  addWalkProblem({ path, reason, detail }: WalkProblem): void {
    this.addProblem({ path: displayPath(path), reason, ...(detail === undefined ? {} : { detail }) });
    // A folder that could not be looked into may hold anything.
    if (reason === 'unreadable') this.count('error');
    if (reason === 'notApplicable') this.count('unknown');
  }

  get verdict(): Verdict {
    this.flushPlain();
    return worstVerdict(this.verdicts);
  }

  details(walk: Pick<FolderDetails, 'excluded' | 'special' | 'links'>): FolderDetails {
    this.flushPlain();
    const omitted = this.findingCount - this.keptFindings().length;
    return {
      type: 'folder',
      files: this.files,
      bytes: this.bytes,
      unchanged: this.unchanged,
      excluded: walk.excluded,
      special: walk.special + this.special,
      ...(walk.links === undefined ? {} : { links: walk.links }),
      verdicts: { ...this.verdicts },
      problems: this.problems.toSorted(byPath),
      ...(omitted > 0 ? { omittedFindings: omitted } : {}),
    };
  }

  /** The most alarming first, then by path; so many as a record has room for. */
  keptFindings(): Finding[] {
    return weights.flatMap((weight) => this.findings[weight].sort(byPath)).slice(0, maxFindings);
  }

  engineReports(): EngineReport[] {
    this.flushPlain();
    return [...this.engines.values()]
      .sort((one, other) => placeOf(one.report) - placeOf(other.report))
      .map((tally) => reportOf(tally, this.files));
  }

  private addJudged(path: string, judgement: Judgement): TalliedFile {
    this.judgedFiles += 1;
    const isSafe = judgement.sha256 !== undefined && this.safe.has(judgement.sha256);
    const evidence = {
      engines: [...judgement.engines, ...this.others(judgement)],
      findings: judgement.findings,
    };
    const { engines, findings } = isSafe ? markedSafe(evidence) : evidence;
    const verdict = verdictOf({ engines, findings });
    this.count(verdict);
    for (const engine of engines) this.addEngine(seenInPart(engine), 1);
    const told = findings.map((finding) => ({ ...finding, path }));
    for (const finding of told) this.addFinding(finding);
    this.findingCount += judgement.omittedFindings ?? 0;
    const { sha256 } = judgement;
    return { path, verdict, findings: told, ...(sha256 === undefined ? {} : { sha256 }) };
  }

  /** Engines that have the same to say about every file. */
  private others({ engines }: Judgement): readonly EngineReport[] {
    const ids = new Set(engines.map(({ id }) => id));
    return this.plain.filter(({ id }) => !ids.has(id) && id !== 'content');
  }

  private flushPlain(): void {
    const added = this.plainFiles - this.countedPlain;
    if (added === 0) return;
    this.countedPlain = this.plainFiles;
    this.verdicts[this.plainVerdict] = (this.verdicts[this.plainVerdict] ?? 0) + added;
    for (const engine of this.plain) this.addEngine(engine, added);
  }

  private count(verdict: Verdict): void {
    this.verdicts[verdict] = (this.verdicts[verdict] ?? 0) + 1;
  }

  private addEngine(report: EngineReport, files: number): void {
    let tally = this.engines.get(report.id);
    if (tally === undefined) {
      tally = { report, files: 0, hits: 0, failed: 0, partial: 0, notKnown: 0, skipped: 0 };
      this.engines.set(report.id, tally);
    }
    if (report.state === 'notAsked') {
      tally.skipped += files;
      return;
    }
    tally.files += files;
    if (report.state === 'hit') tally.hits += files;
    if (report.state === 'failed') tally.failed += files;
    if (report.state === 'partial') tally.partial += files;
    if (report.state === 'notKnown') tally.notKnown += files;
    if (report.reason !== undefined) tally.reason ??= report.reason;
  }

  private addFinding(finding: Finding): void {
    this.findingCount += 1;
    const kept = this.findings[finding.weight];
    if (kept.length < maxFindings) kept.push(finding);
  }

  private addProblem(problem: ProblemFile): void {
    if (problem.reason === 'unreadable') this.unreadable += 1;
    if (this.problems.length < maxProblems) this.problems.push(problem);
  }
}

/** In the order of `engineNames`, whichever was heard of first. */
function placeOf({ id }: EngineReport): number {
  const place = Object.keys(engineNames).indexOf(id);
  return place < 0 ? Infinity : place;
}

/** Of a folder an engine that takes nothing so large as one of its files has seen a part. */
function seenInPart(engine: EngineReport): EngineReport {
  return takesNothingSoLarge(engine) ? { ...engine, state: 'partial' } : engine;
}

/** Files are met in an order that differs from scan to scan. */
function byPath(one: { path?: string | undefined }, other: { path?: string | undefined }): number {
  const [left = '', right = ''] = [one.path, other.path];
  return left < right ? -1 : left > right ? 1 : 0;
}

function reportOf(tally: EngineTally, allFiles: number): EngineReport {
  const { report, files, hits, failed, partial, notKnown, skipped, reason } = tally;
  const { id, name } = report;
  if (files === 0) {
    if (skipped === 0 || skipped >= allFiles) return report;
    // What kept it from being asked came to an end in the midst of the scan.
    const count = `${formatInteger(skipped)} of ${formatCount(allFiles, 'file')}`;
    return { ...report, detail: report.detail === undefined ? count : `${report.detail}; ${count}` };
  }
  const met = hits > 0 ? 'hit' : failed > 0 ? 'failed' : partial > 0 ? 'partial' : 'noHit';
  const state = met === 'noHit' && notKnown === files ? 'notKnown' : met;
  const affected = { hit: hits, failed, partial, notKnown, noHit: files - notKnown }[state];
  const detail =
    affected === files && state === 'noHit'
      ? formatCount(files, 'file')
      : `${formatInteger(affected)} of ${formatCount(files, 'file')}`;
  const why = (state === 'failed' || state === 'partial') && reason !== undefined ? { reason } : {};
  return { id, name, state, ...why, detail };
}
