import { defined } from '../../../shared/defined';
import type { EngineReport, Finding } from '../../../shared/scan/record';
import { type UrlAnalysis, urlAnalysisId } from '../../../shared/url/urlAnalysis';
import { answered } from '../verdict';
import type { LocalEvidence } from './localEvidence';
import { linkFollowing } from './online/onlineEngines';
import type { UrlEngineAnswer } from './urlEngine';

/** The evidence of all engines, as far as they have answered. */
export type OnlineAnswers = LocalEvidence;

/** Local evidence and what engines have said beside it, in their order. */
export function joined(local: LocalEvidence, answers: readonly UrlEngineAnswer[]): OnlineAnswers {
  return {
    engines: [...local.engines, ...answers.map(({ report }) => report)],
    findings: [...local.findings, ...answers.flatMap(({ findings }) => findings)],
    details: answers.reduce((details, answer) => ({ ...details, ...answer.details }), local.details),
  };
}

/**
 * The evidence with what the steps behind a link come to. A short link hides nothing any more once it was followed to
 * its end.
 * @param analyses of the steps after the first, in order
 */
export function landed(evidence: OnlineAnswers, analyses: readonly UrlAnalysis[]): OnlineAnswers {
  const hops = evidence.details.hops?.slice(1) ?? [];
  const found = analyses.flatMap((analysis, index) => landing(analysis, hops[index]?.url ?? ''));
  const findings = [...evidence.findings, ...found];
  const follower = evidence.engines.find(({ id }) => id === linkFollowing.id);
  const arrived = hops.length > 0 && (follower?.state === 'noHit' || follower?.state === 'hit');
  const engines = evidence.engines.map((engine): EngineReport => {
    if (engine.id !== urlAnalysisId) return engine;
    const state = answered(engine, findings);
    if (state === 'hit') return { ...engine, state };
    if (engine.state !== 'partial' || !arrived) return engine;
    const { id, name, version, database, sendsAway } = engine;
    return { id, name, state, ...defined({ version, database, sendsAway }) };
  });
  return { ...evidence, findings, engines };
}

function landing(analysis: UrlAnalysis, url: string): readonly Finding[] {
  if (analysis.status !== 'analysed') return [];
  return analysis.findings
    .filter(({ weight }) => weight !== 'informational')
    .map((finding) => ({ ...finding, title: `It leads to ${url}. ${finding.title}` }));
}
