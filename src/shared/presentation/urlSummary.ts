import type { EngineReport, Finding } from '../scan/record';
import type { Verdict } from '../scan/verdict';
import { engineText } from './engineReasons';
import { oneLine } from './plainText';
import { fileSummary } from './scanSummary';

export interface UrlSummary {
  readonly verdict: Verdict;
  readonly engines: readonly EngineReport[];
  readonly findings: readonly Pick<Finding, 'title' | 'weight'>[];
}

/** What the scan of a link came to, in one line for lists and notifications. */
export function urlSummary({ verdict, engines, findings }: UrlSummary): string {
  if (verdict !== 'error' && verdict !== 'unknown') return fileSummary({ verdict, findings });
  const why = engines.find(({ state }) => state === (verdict === 'error' ? 'failed' : 'partial'));
  const running = engines.some(({ state }) => state === 'running');
  if (why !== undefined) {
    return `${verdict === 'error' ? 'Not judged' : 'Not judged in whole'}. ${oneLine(why.detail ?? engineText(why))}`;
  }
  if (running) return 'Not all engines have answered yet';
  const [first] = engines.filter(({ reason }) => reason === 'notApplicable' || reason === 'tooLarge');
  return first === undefined ? 'No verdict' : `No verdict. ${oneLine(first.detail ?? engineText(first))}`;
}
