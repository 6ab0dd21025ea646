import type { Invocation, Notification, ReportingDescriptor } from 'sarif';
import { engineText, problemFileText } from '../../../../shared/presentation/engineReasons';
import { scanStatusLabel } from '../../../../shared/presentation/verdictTexts';
import type { EngineReason, EngineReport, ScanRecord } from '../../../../shared/scan/record';
import type { AnyDetails } from '../recordTexts';
import { utcTime } from '../recordWriter';
import { messageText } from './sarifText';
import { fileUri, fileUriIn } from './sarifUri';

const descriptors = {
  scanNotFinished: 'A scan ended before it was done.',
  engineFailed: 'An engine was asked and did not answer.',
  enginePartial: 'An engine saw a part of the target only.',
  engineNotAsked: 'An engine was not asked.',
  engineNotKnown: 'An engine was asked and has never seen the target.',
  engineRunning: 'An engine has not answered yet.',
  fileNotJudged: 'A file of a folder could not be judged, or not in whole.',
  archiveNotWhole: 'A part of an archive was not looked at.',
} as const;
type Descriptor = keyof typeof descriptors;
const names = Object.keys(descriptors) as Descriptor[];

/** What the notifications of scans are about. */
export const notifications: readonly ReportingDescriptor[] = names.map((id) => ({
  id,
  shortDescription: { text: descriptors[id] },
}));

/**
 * The scan that a record tells of, with what went wrong in it: an engine that failed is an error here, so that a
 * target without results does not read as one that engines found nothing against.
 */
export function invocationOf(record: ScanRecord): Invocation {
  const { id, kind, status, verdict, engines, startedAt, finishedAt, durationMs } = record;
  const startTimeUtc = utcTime(startedAt);
  // Clocks are set back; an end before the start would be a contradiction.
  const endTimeUtc = finishedAt < startedAt ? undefined : utcTime(finishedAt);
  const configuration = engines.filter(isConfiguration).map(ofEngine);
  const execution = [
    ...(status === 'finished' ? [] : [ofStatus(record)]),
    ...engines.filter((engine) => isWorthTelling(engine) && !isConfiguration(engine)).map(ofEngine),
    ...(record.details === undefined ? [] : ofDetails(record, record.details)),
  ];
  return {
    executionSuccessful:
      status === 'finished' && verdict !== 'error' && !engines.some(({ state }) => state === 'failed'),
    ...(startTimeUtc === undefined ? {} : { startTimeUtc }),
    ...(endTimeUtc === undefined ? {} : { endTimeUtc }),
    ...(configuration.length === 0 ? {} : { toolConfigurationNotifications: configuration }),
    ...(execution.length === 0 ? {} : { toolExecutionNotifications: execution }),
    properties: {
      recordId: id,
      kind,
      status,
      ...(verdict === undefined ? {} : { verdict }),
      durationMs,
      engines,
    },
  };
}

function isWorthTelling({ state }: EngineReport): boolean {
  return state !== 'hit' && state !== 'noHit';
}

/** Not asked because of how Sentinel or the machine is set up, and not because of the target. */
function isConfiguration({ state, reason }: EngineReport): boolean {
  const reasons: readonly (EngineReason | undefined)[] = [
    'notFound',
    'notConfigured',
    'switchedOff',
    'noConsent',
    'notYetSupported',
    'badKey',
  ];
  return state === 'notAsked' && reasons.includes(reason);
}

function ofEngine(engine: EngineReport): Notification {
  const text = engineText(engine);
  switch (engine.state) {
    case 'failed':
      return notification('engineFailed', 'error', text);
    case 'partial':
      return notification('enginePartial', 'warning', text);
    case 'running':
      return notification('engineRunning', 'note', text);
    case 'notKnown':
      return notification('engineNotKnown', 'note', text);
    case 'hit':
    case 'noHit':
    case 'notAsked':
      return notification('engineNotAsked', 'note', text);
  }
}

function ofStatus({ status }: ScanRecord): Notification {
  return notification(
    'scanNotFinished',
    status === 'running' ? 'note' : 'error',
    `The scan is not complete: ${scanStatusLabel(status).toLowerCase()}.`,
  );
}

function ofDetails({ target }: ScanRecord, details: AnyDetails): readonly Notification[] {
  switch (details.type) {
    case 'file':
      return (details.archive?.problems ?? []).map((problem) =>
        notification('archiveNotWhole', 'warning', problem, fileUri(target)),
      );
    case 'folder':
      return details.problems.map((problem) => {
        const text = `${problem.path}: ${problemFileText(problem)}`;
        return notification('fileNotJudged', 'warning', text, fileUriIn(target, problem.path));
      });
    case 'url':
    case 'network':
      return [];
  }
}

function notification(
  name: Descriptor,
  level: 'note' | 'warning' | 'error',
  text: string,
  uri?: string,
): Notification {
  return {
    descriptor: { id: name, index: names.indexOf(name) },
    level,
    message: { text: messageText(text) },
    ...(uri === undefined ? {} : { locations: [{ physicalLocation: { artifactLocation: { uri } } }] }),
  };
}
