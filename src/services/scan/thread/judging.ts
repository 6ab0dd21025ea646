import { defined } from '../../../shared/defined';
import { formatBytes } from '../../../shared/presentation/format';
import type { Judgement } from '../../../shared/scan/judgement';
import type { EngineReason, EngineReport, Finding } from '../../../shared/scan/record';
import type { Refused } from '../../files/regularFile';
import type { ArchiveProblems } from '../archive/archiveFindings';
import type { FileContent } from '../content/fileReader';
import { type EngineId, engineNames, notAsked } from '../engines';
import { answered } from '../verdict';

type Problem = NonNullable<Judgement['problem']>;

/** What is known about one file after looking at it. */
export interface Observed {
  readonly findings: readonly Finding[];
  /** How many there were besides. */
  readonly omittedFindings?: number;
  /** False where there are no rules to ask. */
  readonly hasRules: boolean;
  /** Present for archives that were opened. */
  readonly archive?: ArchiveProblems;
  /** Why not all of the content was there to be looked at. */
  readonly incomplete?: Problem;
  readonly sha256?: string;
}

/** @returns undefined where there is nothing to say */
export function judgementOf(observed: Observed): Judgement | undefined {
  const { findings, omittedFindings = 0, archive, incomplete, sha256 } = observed;
  const isPartialArchive = archive?.isPartial === true;
  if (findings.length === 0 && incomplete === undefined && !isPartialArchive) return undefined;
  const problem =
    incomplete ?? (isPartialArchive ? { reason: 'partial' as const, detail: archive.texts()[0] } : undefined);
  return {
    engines: enginesOf(observed),
    findings: [...findings],
    ...defined({
      omittedFindings: omittedFindings === 0 ? undefined : omittedFindings,
      problem: problem === undefined ? undefined : defined(problem),
      sha256,
    }),
  };
}

/** What each engine has to say for itself about a file that was looked at. */
export function enginesOf({ findings, hasRules, archive, incomplete }: Observed): EngineReport[] {
  const yara = hasRules ? seen('yara', findings, incomplete) : notAsked('yara', 'switchedOff');
  const content = seen('content', findings, undefined);
  if (archive === undefined) return [yara, content];
  const unseen = archive.isPartial
    ? { reason: 'partial' as const, detail: archive.texts().join('; ') }
    : undefined;
  return [yara, content, seen('archive', findings, unseen)];
}

function seen(id: EngineId, findings: readonly Finding[], unseen: Problem | undefined): EngineReport {
  const state = answered({ id }, findings);
  const report = { id, name: engineNames[id] };
  if (unseen === undefined) return { ...report, state };
  // A hit in a part is a hit; that a part was not seen is said all the same.
  return { ...report, state: state === 'hit' ? 'hit' : 'partial', ...defined(unseen) };
}

/** Why what was read of a file is not all of it; undefined where it is. */
export function incompleteness(content: FileContent): Problem | undefined {
  const { incomplete, systemCode, bytes } = content;
  const seenPart = `${formatBytes(bytes.length)} of ${formatBytes(content.sizeBytes)} seen`;
  switch (incomplete) {
    case undefined:
      return undefined;
    case 'tooLarge':
      return { reason: 'tooLarge', detail: seenPart };
    case 'sparse':
      return { reason: 'partial', detail: `sparse file, ${seenPart}` };
    case 'endless':
      return { reason: 'partial', detail: `endless file, ${formatBytes(bytes.length)} seen` };
    case 'changed':
    case 'vanished':
      return { reason: incomplete };
    case 'unreadable':
      return defined({ reason: 'unreadable' as const, detail: systemCode });
  }
}

/** A file that could not be opened. Pipes, sockets and devices hold nothing that an engine could be asked about. */
export function refusedJudgement(refused: Refused): Judgement {
  if (refused.reason === 'notRegularFile' || refused.reason === 'isDirectory') {
    const problem = defined({ reason: 'notApplicable' as const, detail: refused.special });
    return { engines: [notAsked('yara', 'notApplicable', refused.special)], findings: [], problem };
  }
  return failedJudgement(reasonOf(refused), refused.systemCode);
}

/** A file about which the engines were to be asked, and could not. */
export function failedJudgement(reason: EngineReason, detail?: string): Judgement {
  const problem = defined({ reason, detail });
  return {
    engines: [{ id: 'yara', name: engineNames.yara, state: 'failed', ...problem }],
    findings: [],
    problem,
  };
}

function reasonOf({ reason }: Refused): EngineReason {
  if (reason === 'vanished') return 'vanished';
  // What was a file when its folder was read is a link now.
  return reason === 'symbolicLink' ? 'changed' : 'unreadable';
}
