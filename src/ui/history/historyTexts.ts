import path from 'node:path';
import type { HistoryGroup, HistoryGrouping, VerdictFilter } from '../../shared/history/query';
import { formatInteger } from '../../shared/presentation/format';
import { oneLine } from '../../shared/presentation/plainText';
import { scanStatusLabel, verdictLabel } from '../../shared/presentation/verdictTexts';
import type { RecordHead, ScanKind } from '../../shared/scan/record';
import { alarmingVerdicts } from '../../shared/scan/verdict';
import type { Translate } from '../translate';
import type { DateTexts } from '../dateTexts';

/** What words moments: the person's language, and when it is now. */
export interface Wording {
  readonly t: Translate;
  readonly dates: DateTexts;
  readonly nowMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What a list calls a target: a file's name, a link's host. In one line, whatever the target holds. */
export function shortTarget({ kind, target }: Pick<RecordHead, 'kind' | 'target'>): string {
  return oneLine(nameOf(kind, target) || target || '?');
}

function nameOf(kind: ScanKind, target: string): string {
  switch (kind) {
    case 'file':
    case 'folder':
      return path.basename(target);
    case 'url':
      return URL.parse(target)?.host ?? target;
    case 'network':
      return target;
  }
}

/**
 * What there is to say in a word: the verdict; of a scan that did not finish, how it ended, and beside it an alarm that
 * was found until then. That it found nothing in a part would sound like an answer.
 */
export function outcomeLabel(
  { status, verdict }: Pick<RecordHead, 'status' | 'verdict'>,
  t: Translate,
): string {
  if (status === 'finished' && verdict !== undefined) return t(verdictLabel(verdict));
  const ending = t(scanStatusLabel(status));
  if (verdict === undefined || !alarmingVerdicts.includes(verdict)) return ending;
  return `${t(verdictLabel(verdict))}, ${ending.toLocaleLowerCase()}`;
}

export function kindGroupLabel(kind: ScanKind, t: Translate): string {
  switch (kind) {
    case 'file':
      return t('Files');
    case 'folder':
      return t('Folders');
    case 'url':
      return t('Links');
    case 'network':
      return t('Networks');
  }
}

export function groupLabel(grouping: HistoryGrouping, { key }: HistoryGroup, wording: Wording): string {
  switch (grouping) {
    case 'day':
      return dayLabel(key, wording);
    case 'kind':
      return kindGroupLabel(key as ScanKind, wording.t);
    case 'verdict':
      return wording.t(verdictLabel(key as VerdictFilter));
  }
}

/** A day of the local calendar, `2026-11-23`. */
export function dayKey(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (part: number): string => part.toString().padStart(2, '0');
  return `${date.getFullYear().toString().padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `Today`, `Yesterday`, `Sat, November 21`, and with its year in other years. */
function dayLabel(key: string, { t, dates, nowMs }: Wording): string {
  const today = dayKey(nowMs);
  if (key === today) return t('Today');
  const yesterday = new Date(nowMs);
  yesterday.setDate(yesterday.getDate() - 1);
  if (key === dayKey(yesterday.getTime())) return t('Yesterday');
  // Without a zone, a date with a time is one of the local calendar.
  const noonMs = new Date(`${key}T12:00`).getTime();
  return key.slice(0, 4) === today.slice(0, 4) ? dates.day(noonMs) : dates.dayOfYear(noonMs);
}

/**
 * When something was, as briefly as its place allows: `5 min ago`; under the heading of its day, that day's time; and
 * the date of what is older.
 */
export function whenText(epochMs: number, grouping: HistoryGrouping, { t, dates, nowMs }: Wording): string {
  const ageMs = nowMs - epochMs;
  const sameDay = dayKey(epochMs) === dayKey(nowMs);
  if (ageMs >= 0 && (sameDay || (grouping !== 'day' && ageMs < dayMs))) {
    if (ageMs < minuteMs) return t('just now');
    if (ageMs < hourMs) return t('{0} min ago', Math.floor(ageMs / minuteMs));
    return t('{0} h ago', Math.floor(ageMs / hourMs));
  }
  if (grouping === 'day') return dates.time(epochMs);
  const sameYear = new Date(epochMs).getFullYear() === new Date(nowMs).getFullYear();
  return sameYear ? dates.shortDate(epochMs) : dates.date(epochMs);
}

/** `1 record`, `1 234 records`. */
export function recordCount(count: number, t: Translate): string {
  return count === 1 ? t('1 record') : t('{0} records', formatInteger(count));
}
