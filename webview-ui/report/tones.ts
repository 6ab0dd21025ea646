import type { ReportTone } from '../../src/shared/presentation/reportTexts';
import type { EngineState, Severity } from '../../src/shared/scan/record';
import type { IconName } from '../icons';

/** The sign of a verdict, or of how a scan without one went; its colour comes from `data-tone`. */
export const toneIcons: Readonly<Record<ReportTone, IconName>> = {
  malicious: 'malicious',
  suspicious: 'warning',
  error: 'alert',
  unknown: 'question',
  noThreatFound: 'passed',
  running: 'clock',
  ended: 'document',
};

export const severityIcons: Readonly<Record<Severity, IconName>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'info',
  info: 'info',
};

export const engineIcons: Readonly<Record<EngineState, IconName>> = {
  hit: 'warning',
  noHit: 'check',
  partial: 'alert',
  notKnown: 'question',
  failed: 'alert',
  notAsked: 'dash',
  running: 'clock',
};
