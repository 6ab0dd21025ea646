import type { EngineReport, Finding, FolderDetails, ProblemFile, ScanStatus } from '../scan/record';
import type { Verdict } from '../scan/verdict';
import { engineText, problemFileText } from './engineReasons';
import { formatCount, formatInteger } from './format';
import { oneLine } from './plainText';

/** What a scan came to, in one line for lists and notifications. */

export interface FileSummary {
  readonly verdict: Verdict;
  readonly findings: readonly Pick<Finding, 'title' | 'weight'>[];
  readonly problem?: Pick<ProblemFile, 'reason' | 'detail'>;
  /** Why there is no verdict is looked for here where there is no `problem`. */
  readonly engines?: readonly EngineReport[];
  /** Why somebody marked it as safe. */
  readonly markedSafe?: string;
}

export function fileSummary({ verdict, findings, problem, engines, markedSafe }: FileSummary): string {
  const marked = markedSafe === undefined ? '' : `; marked as safe: ${oneLine(markedSafe)}`;
  const told = findings.filter(({ weight }) => weight !== 'informational');
  const [worst] = [...told.filter(({ weight }) => weight === 'malicious'), ...told];
  switch (verdict) {
    case 'malicious':
    case 'suspicious': {
      const label = verdict === 'malicious' ? 'Malicious' : 'Suspicious';
      const more = told.length > 1 ? ` and ${formatCount(told.length - 1, 'more finding')}` : '';
      return worst === undefined ? label : `${label}: ${oneLine(worst.title)}${more}`;
    }
    case 'error':
    case 'unknown': {
      const label = verdict === 'error' ? 'Not judged' : 'Not judged in whole';
      const why = problem === undefined ? engineProblem(verdict, engines ?? []) : problemFileText(problem);
      return why === undefined ? `No verdict${marked}` : `${label}. ${oneLine(why)}${marked}`;
    }
    case 'noThreatFound': {
      const shown =
        findings.length === 0
          ? ''
          : ` (${formatCount(findings.length, 'finding')} that ${findings.length === 1 ? 'decides' : 'decide'} nothing)`;
      return `No threat found${shown}${marked}`;
    }
  }
}

/** The first engine for want of whose answer there is no verdict, in a sentence. */
function engineProblem(verdict: 'error' | 'unknown', engines: readonly EngineReport[]): string | undefined {
  const states: readonly EngineReport['state'][] = verdict === 'error' ? ['failed'] : ['partial', 'running'];
  const found = engines.find(
    ({ state, reason }) => states.includes(state) || (verdict === 'unknown' && reason === 'tooLarge'),
  );
  return found === undefined ? undefined : engineText(found);
}

export interface FolderSummary {
  readonly details: Pick<FolderDetails, 'files' | 'verdicts'>;
  /** How many could not be read at all. */
  readonly unreadable: number;
}

/** `2 malicious and 1 suspicious of 1 204 files; 3 could not be read`. */
export function folderSummary({ details, unreadable }: FolderSummary): string {
  const { malicious = 0, suspicious = 0, error = 0, unknown = 0, noThreatFound = 0 } = details.verdicts;
  const counted = (count: number, what: string): string[] =>
    count > 0 ? [`${formatInteger(count)} ${what}`] : [];
  const alarms = [...counted(malicious, 'malicious'), ...counted(suspicious, 'suspicious')].join(' and ');
  const unjudged = [
    ...counted(unreadable, 'could not be read'),
    ...counted(error + unknown - unreadable, 'could not be judged in whole'),
  ];
  if (alarms !== '') return [`${alarms} of ${formatCount(details.files, 'file')}`, ...unjudged].join('; ');
  if (noThreatFound > 0) {
    return [`No threat found in ${formatCount(noThreatFound, 'file')}`, ...unjudged].join('; ');
  }
  return unjudged.length > 0 ? `No verdict: ${unjudged.join('; ')}` : 'No files to scan';
}

/** The same of a scan that did not come to its end. */
export function unfinishedSummary(status: ScanStatus, summary: string, verdict: Verdict | undefined): string {
  const ended = endings[status];
  if (ended === undefined) return summary;
  const hasAlarm = verdict === 'malicious' || verdict === 'suspicious';
  return hasAlarm ? `${ended}; until then: ${summary}` : ended;
}

const endings: Partial<Record<ScanStatus, string>> = {
  cancelled: 'Cancelled',
  timedOut: 'Took too long and was ended',
  stalled: 'Gave no sign of life and was ended',
  interrupted: 'Interrupted, because VS Code was ended',
  failed: 'Failed',
};
