import type { Judgement } from '../../../shared/scan/judgement';
import type { EngineReport } from '../../../shared/scan/record';
import type { ClamavAnswer, ClamdEngine } from '../clamav/clamdEngine';
import type { StagedRules } from '../pool/ruleStages';
import type { WalkedFile } from './batcher';
import type { FileJudge, FileQuestion, Judged } from './fileJudge';

/**
 * Has files of a folder judged by the threads and, at the same time, by ClamAV, and puts together what both say. One answer about a
 * file, so that it is remembered and taken over as one.
 */
export class ClamavJudge implements Pick<FileJudge, 'batch' | 'file'> {
  /** @param plain what local engines, with these rules, say about a file about which there is nothing to say */
  constructor(
    private readonly local: Pick<FileJudge, 'batch' | 'file'>,
    private readonly clamav: Pick<ClamdEngine, 'ask' | 'isAsked'>,
    private readonly plain: (rules?: StagedRules) => readonly EngineReport[],
  ) {}

  async batch(files: readonly WalkedFile[]): Promise<readonly Judged[]> {
    if (!this.clamav.isAsked) return this.local.batch(files);
    const [judged, answers] = await both(this.local.batch(files), all(files.map((file) => this.ask(file))));
    return judged.map((one, index) => this.joined(one, answers[index]));
  }

  async file(question: FileQuestion): Promise<Judged> {
    const { walked } = question;
    if (!this.clamav.isAsked || walked === undefined) return this.local.file(question);
    const [judged, answer] = await both(this.local.file(question), this.ask(walked));
    return this.joined(judged, answer);
  }

  private ask({ path, stamp }: WalkedFile): Promise<ClamavAnswer> {
    return this.clamav.ask({ path, sizeBytes: stamp.size, followLinks: false, stamp });
  }

  private joined(judged: Judged, answer: ClamavAnswer | undefined): Judged {
    const { judgement } = judged;
    const localReason = judgement?.problem?.reason;
    // It is gone, or no file: what ClamAV made of it says nothing more.
    if (answer === undefined || localReason === 'vanished' || localReason === 'notApplicable') return judged;
    const unchanged = judged.unchanged && answer.isLasting;
    const hasNothingToSay = answer.report.state === 'noHit' && answer.findings.length === 0;
    if (judgement === undefined && hasNothingToSay) return { ...judged, unchanged };
    return { ...judged, unchanged, judgement: this.together(judged, answer) };
  }

  private together({ judgement, rules }: Judged, answer: ClamavAnswer): Judgement {
    const local = judgement ?? { engines: [...this.plain(rules)], findings: [] };
    const problem = local.problem ?? answer.problem;
    const sha256 = local.sha256 ?? answer.sha256;
    return {
      ...local,
      engines: [...local.engines, answer.report],
      findings: [...local.findings, ...answer.findings],
      ...(problem && { problem }),
      ...(sha256 === undefined ? {} : { sha256 }),
    };
  }
}

/** Settles when both have: what one of them threw must not leave the other at work unnoticed. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([one, other]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return [first.value, second.value];
}

async function all<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
