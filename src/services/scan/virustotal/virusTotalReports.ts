import type { EngineReport, Finding } from '../../../shared/scan/record';
import { formatDuration } from '../../../shared/presentation/moments';
import { engineNames, notAsked } from '../engines';
import type { EngineAnswer } from '../fileEngine';
import { answered } from '../verdict';
import { detectionsOf, detectionsText, findingOf } from './detections';
import type { Analysis } from './virusTotalAnswers';
import type { VirusTotalAnswer } from './virusTotalClient';

const id = 'virustotal';
type Report = Omit<EngineReport, 'id' | 'name'>;

/** How an answer of VirusTotal stands in a report. */
export interface Reporting {
  /** What the answer is read as, by a number of scanners that say malicious. */
  readonly leastMalicious: number;
  /** Where VirusTotal shows the target to people. */
  readonly reference: string;
  readonly elapsedMs: number;
  /** The answer was at hand, so that nothing was sent. */
  readonly cachedMs?: number;
  /** An earlier request about the target was sent, whatever became of the last. */
  readonly sentBefore?: boolean;
  /** What was sent, and what not, of a target that it has never seen. */
  readonly notKnown: string;
  readonly notYet: string;
}

export function answerOf(answer: VirusTotalAnswer<Analysis>, reporting: Reporting): EngineAnswer {
  const { cachedMs, elapsedMs, sentBefore = false } = reporting;
  switch (answer.type) {
    case 'answer':
      return judged(answer.value, reporting);
    case 'notKnown':
      return plain({
        state: 'notKnown',
        detail: reporting.notKnown,
        sendsAway: cachedMs === undefined,
        elapsedMs,
      });
    case 'notYet':
      return plain({ state: 'running', detail: reporting.notYet, sendsAway: true, elapsedMs });
    case 'refused': {
      const { reason, detail, sent } = answer;
      const isUnasked = !sent && !sentBefore && (reason === 'noConsent' || reason === 'notConfigured');
      if (isUnasked) return { report: notAsked(id, reason, detail), findings: [] };
      const told = detail === undefined ? {} : { detail };
      return plain({ state: 'failed', reason, ...told, sendsAway: sent || sentBefore, elapsedMs });
    }
  }
}

/** Whether it says anything: a target that no scanner has judged has been judged by none. */
export function saysSomething(answer: VirusTotalAnswer<Analysis>): boolean {
  return answer.type === 'answer' && detectionsOf(answer.value).scanners > 0;
}

function judged(analysis: Analysis, reporting: Reporting): EngineAnswer {
  const { elapsedMs, cachedMs, leastMalicious, reference } = reporting;
  const sendsAway = cachedMs === undefined;
  const detections = detectionsOf(analysis);
  if (detections.scanners === 0) {
    return plain({ state: 'notKnown', detail: 'none of its scanners has judged it', sendsAway, elapsedMs });
  }
  const finding = findingOf(analysis, leastMalicious, reference);
  const findings: Finding[] = finding === undefined ? [] : [finding];
  const asked = cachedMs === undefined ? '' : `, asked ${formatDuration(cachedMs)} ago`;
  const { analysedAt } = analysis;
  return plain(
    {
      state: answered({ id }, findings),
      detail: `${detectionsText(detections)}${asked}`,
      ...(analysedAt === undefined ? {} : { database: { updatedAt: analysedAt } }),
      sendsAway,
      elapsedMs,
    },
    findings,
  );
}

function plain(report: Report, findings: readonly Finding[] = []): EngineAnswer {
  return { report: { id, name: engineNames[id], ...report }, findings };
}
