import type { Finding } from '../../../shared/scan/record';
import type { ArchiveEvent, ArchiveProblem } from './archive';

/** The engine's id and name in reports. */
export const archiveEngine = { id: 'archive', name: 'Archive' } as const;

export type ArchiveProblemEvent = Extract<ArchiveEvent, { type: 'problem' }>;

/** Above this, what unpacks to many times its size is made to fill disks; below it may be a file of zeros. */
const bombBytes = 1024 ** 3;

const plainWords: Readonly<Record<ArchiveProblem, string>> = {
  tooDeep: 'Archives inside of archives were not opened any deeper',
  tooManyMembers: 'It has more members than are looked at',
  tooLarge: 'It unpacks to more than is looked at',
  memberTooLarge: 'Only the beginning of a member was looked at',
  ratioTooHigh: 'It unpacks to many times its size, and was not unpacked further',
  encrypted: 'A password keeps its content from being looked at',
  truncated: 'It ends too early',
  damaged: 'It is damaged',
  unsupportedMethod: 'It is packed in a way that is not opened',
  pathTraversal: 'Unpacking it may write outside of the chosen folder',
  quine: 'It contains itself, and can be unpacked for ever',
  overlapping: 'Its members share their data, as in archives that are made to fill disks',
};

/** Problems that leave nothing unseen. */
const complete: ReadonlySet<ArchiveProblem> = new Set(['pathTraversal']);

interface Group {
  readonly first: ArchiveProblemEvent;
  readonly count: number;
  readonly isBomb: boolean;
}

/** What is wrong with one archive, gathered as it is read: of each kind of problem the first, and how many there are. */
export class ArchiveProblems {
  private readonly groups = new Map<ArchiveProblem, Group>();

  add(event: ArchiveProblemEvent): void {
    const known = this.groups.get(event.problem);
    this.groups.set(event.problem, {
      first: known?.first ?? event,
      count: (known?.count ?? 0) + 1,
      isBomb: (known?.isBomb ?? false) || isBomb(event),
    });
  }

  /** Something of the archive was not looked at: that nothing was found in it does not mean that nothing is there. */
  get isPartial(): boolean {
    return [...this.groups.keys()].some((problem) => !complete.has(problem));
  }

  /** One line for each kind of problem, in plain words, as `FileDetails.archive.problems` has them. */
  texts(): readonly string[] {
    return [...this.groups.values()].map(textOf);
  }

  /** One finding for each kind of problem, with the first place where it occurs. */
  findings(): readonly Finding[] {
    return [...this.groups.values()].map((group) => ({
      engine: archiveEngine.id,
      rule: group.first.problem,
      title: textOf(group),
      ...weightOf(group.first.problem, group.isBomb),
      ...(group.first.members.length === 0 ? {} : { members: [...group.first.members] }),
    }));
  }
}

function isBomb({ problem, members, claimedBytes }: ArchiveProblemEvent): boolean {
  // Where nothing is claimed, it was all of it together that came of next to nothing.
  if (claimedBytes === undefined) return problem === 'ratioTooHigh' && members.length === 0;
  return claimedBytes >= bombBytes;
}

function textOf({ first: { problem, detail }, count }: Group): string {
  const particulars = [...(detail === undefined ? [] : [detail]), ...(count === 1 ? [] : [`${count} times`])];
  return plainWords[problem] + (particulars.length === 0 ? '' : ` (${particulars.join(', ')})`);
}

function weightOf(
  problem: ArchiveProblem,
  bomb: boolean,
): Pick<Finding, 'severity' | 'weight' | 'reference'> {
  switch (problem) {
    case 'quine':
      return { severity: 'high', weight: 'suspicious', reference: 'https://en.wikipedia.org/wiki/Zip_bomb' };
    case 'overlapping':
      return {
        severity: 'high',
        weight: bomb ? 'malicious' : 'suspicious',
        reference: 'https://www.bamsoftware.com/hacks/zipbomb/',
      };
    case 'ratioTooHigh':
      return bomb
        ? { severity: 'medium', weight: 'suspicious', reference: 'https://en.wikipedia.org/wiki/Zip_bomb' }
        : { severity: 'low', weight: 'informational' };
    case 'pathTraversal':
      return {
        severity: 'high',
        weight: 'suspicious',
        reference: 'https://cwe.mitre.org/data/definitions/22.html',
      };
    case 'encrypted':
      return { severity: 'low', weight: 'informational' };
    case 'tooDeep':
    case 'tooManyMembers':
    case 'tooLarge':
    case 'memberTooLarge':
    case 'truncated':
    case 'damaged':
    case 'unsupportedMethod':
      return { severity: 'info', weight: 'informational' };
  }
}
