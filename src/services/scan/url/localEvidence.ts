import type { ListState, UrlAnalyses } from '../../../shared/protocol/urlWorker';
import type { EngineReport, Finding } from '../../../shared/scan/record';
import { type UrlAnalysis, urlAnalysisId, urlListsId } from '../../../shared/url/urlAnalysis';
import type { UrlDetails } from '../../../shared/url/urlDetails';
import { urlEngineNames } from '../engines';
import { answered, type Evidence } from '../verdict';

/** What this machine knows of a link by itself. */
export interface LocalEvidence extends Evidence {
  readonly details: UrlDetails;
}

const id = urlAnalysisId;
const name = urlEngineNames[urlAnalysisId];

export function localEvidence(
  analysis: UrlAnalysis,
  { analyser, lists }: Pick<UrlAnalyses, 'analyser' | 'lists'>,
): LocalEvidence {
  const engine = {
    id,
    name,
    version: analyser.version,
    database: { version: analyser.data },
    sendsAway: false,
  };
  switch (analysis.status) {
    case 'analysed': {
      const { findings, details, hidesTarget } = analysis;
      const state = answered(engine, findings);
      const report: EngineReport =
        state === 'noHit' && hidesTarget
          ? {
              ...engine,
              state: 'partial',
              reason: 'partial',
              detail: 'A short link shows only when it is followed where it leads',
            }
          : { ...engine, state };
      return { details, findings, engines: [report, listsReport(lists, findings)] };
    }
    case 'notAUrl':
      return nothingJudged({
        ...engine,
        state: 'notAsked',
        reason: 'notApplicable',
        detail: 'This is no link that a browser could open',
      });
    case 'tooLong':
      return nothingJudged({
        ...engine,
        state: 'partial',
        reason: 'tooLarge',
        detail: 'The link is too long',
      });
  }
}

function nothingJudged(report: EngineReport): LocalEvidence {
  return { details: { type: 'url', score: 0 }, findings: [], engines: [report] };
}

function listsReport(lists: readonly ListState[], findings: readonly Finding[]): EngineReport {
  const engine = { id: urlListsId, name: urlEngineNames[urlListsId], sendsAway: false };
  if (lists.length === 0) return { ...engine, state: 'notAsked', reason: 'notConfigured' };
  const entries = lists.reduce((sum, list) => sum + list.entries, 0);
  const database = { version: `${entries} entries` };
  const broken = lists.find(({ problem }) => problem !== undefined);
  const state = answered(engine, findings);
  if (broken === undefined || state === 'hit') return { ...engine, database, state };
  return {
    ...engine,
    state: 'failed',
    reason: 'unreadable',
    detail: `The list ${broken.file} cannot be read: ${broken.problem ?? ''}`,
  };
}
