import type { EngineReason, EngineReport, ProblemFile } from '../scan/record';

/** What is told of a report. */
export type EngineSaying = Pick<EngineReport, 'name' | 'version' | 'state' | 'reason' | 'detail'>;

/**
 * What an engine has to say for itself, in a sentence: `YARA-X 1.20.0 found nothing.`, `VirusTotal was not asked,
 * because it is not set up.` Only an engine that saw the whole target is said to have found nothing and no more.
 * Names, versions and details are as they came: a detail may have several lines, and is safe as markup nowhere.
 */
export function engineText(engine: EngineSaying): string {
  const name = engine.version === undefined ? engine.name : `${engine.name} ${engine.version}`;
  switch (engine.state) {
    case 'hit':
      return `${name} found something${inBrackets(engine.detail)}.`;
    case 'noHit':
      return `${name} found nothing${inBrackets(engine.detail)}.`;
    case 'notKnown':
      return `${name} has never seen it${inBrackets(engine.detail)}.`;
    case 'running':
      return `${name} has not answered yet${inBrackets(engine.detail)}.`;
    case 'partial':
      return `${name} found nothing in the part that it saw${because(engine)}.`;
    case 'failed':
      return `${name} gave no answer${because(engine)}.`;
    case 'notAsked':
      return `${name} was not asked${because(engine)}.`;
  }
}

function because({ reason, detail }: EngineSaying): string {
  const given = reason === undefined ? '' : `, because ${engineReasonClause(reason)}`;
  return `${given}${inBrackets(detail)}`;
}

/** Why an engine did not answer, or for a part only, as it stands after "because"; "it" is the engine. */
export function engineReasonClause(reason: EngineReason): string {
  switch (reason) {
    case 'notFound':
      return 'it is not installed';
    case 'notConfigured':
      return 'it is not set up';
    case 'switchedOff':
      return 'it is switched off';
    case 'noConsent':
      return 'sending anything to it has not been allowed';
    case 'notApplicable':
      return 'it does not judge this kind of target';
    case 'notYetSupported':
      return 'it comes with a later version of Sentinel';
    case 'tooLarge':
      return 'the target is larger than what it takes';
    case 'partial':
      return 'there are limits to how much is looked at';
    case 'unreadable':
      return 'the target could not be read';
    case 'changed':
      return 'the target changed while it was looked at';
    case 'vanished':
      return 'the target was gone when its turn came';
    case 'notReady':
      return 'it was still getting ready';
    case 'timedOut':
      return 'it took too long';
    case 'unreachable':
      return 'it could not be reached';
    case 'quotaExceeded':
      return 'its quota is used up';
    case 'badKey':
      return 'its key was refused';
    case 'cancelled':
      return 'the scan was cancelled';
    case 'interrupted':
      return 'VS Code was ended in the middle of the scan';
    case 'failed':
      return 'it failed';
  }
}

/** Why a file of a folder was not judged, or not in whole, without the file's name. */
export function problemFileText({ reason, detail }: Pick<ProblemFile, 'reason' | 'detail'>): string {
  return `${problemText(reason)}${inBrackets(detail)}.`;
}

function problemText(reason: EngineReason): string {
  switch (reason) {
    case 'unreadable':
      return 'It could not be read';
    case 'changed':
      return 'It changed while it was looked at';
    case 'vanished':
      return 'It was gone when its turn came';
    case 'tooLarge':
      return 'It is larger than what is looked at';
    case 'partial':
      return 'Only a part of it was looked at';
    case 'timedOut':
      return 'Looking at it took too long';
    case 'cancelled':
      return 'The scan was cancelled before it was looked at';
    case 'interrupted':
      return 'VS Code was ended before it was looked at';
    case 'failed':
      return 'Looking at it failed';
    case 'notApplicable':
      return 'Nothing judges files of its kind';
    case 'notFound':
    case 'notConfigured':
    case 'switchedOff':
    case 'noConsent':
    case 'notYetSupported':
    case 'notReady':
    case 'unreachable':
    case 'quotaExceeded':
    case 'badKey':
      return 'What would judge it could not be asked';
  }
}

function inBrackets(detail: string | undefined): string {
  const text = detail?.trim().replace(/\.$/, '') ?? '';
  return text === '' ? '' : ` (${text})`;
}
