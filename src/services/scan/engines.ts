import type { EngineReason, EngineReport } from '../../shared/scan/record';
import { archiveEngine } from './archive/archiveFindings';
import { contentEngine } from './content/contentFindings';
import { linkFollowing } from './url/online/onlineEngines';
import { urlAnalysisId, urlListsId } from '../../shared/url/urlAnalysis';

/** The local sources of evidence about links. */
export const urlEngineNames = {
  [urlAnalysisId]: 'Link analysis',
  [urlListsId]: 'Block and allow lists',
} as const;

/** The sources of evidence about files, by the ids that reports and findings bear. */
export const engineNames = {
  yara: 'YARA-X',
  /** The person's own rules, told apart only while they are not ready. */
  yaraOwn: 'YARA-X with your own rules',
  content: contentEngine.name,
  archive: archiveEngine.name,
  clamav: 'ClamAV',
  virustotal: 'VirusTotal',
} as const;
export type EngineId = keyof typeof engineNames;

/**
 * Engines whose finding nothing says something. The others look for single signs, so that their silence alone is no
 * reason to call a file one in which no threat was found.
 */
const supporting: readonly string[] = [contentEngine.id, archiveEngine.id, urlListsId, linkFollowing.id];

export function judges(engine: Pick<EngineReport, 'id'>): boolean {
  return !supporting.includes(engine.id);
}

/** An engine that has its place in every report and was not asked. */
export function notAsked(id: EngineId, reason: EngineReason, detail?: string): EngineReport {
  return {
    id,
    name: engineNames[id],
    state: 'notAsked',
    reason,
    ...(detail === undefined ? {} : { detail }),
  };
}
