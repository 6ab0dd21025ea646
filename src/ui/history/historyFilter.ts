import { defined } from '../../shared/defined';
import type { HistoryFilter, VerdictFilter } from '../../shared/history/query';
import { oneLine } from '../../shared/presentation/plainText';
import { scanKindLabel, verdictLabel } from '../../shared/presentation/verdictTexts';
import type { ScanKind } from '../../shared/scan/record';
import type { Translate } from '../translate';

/** What a person wants to see of the history; nothing in a list means everything. */
export interface FilterChoice {
  readonly text: string;
  readonly kinds: readonly ScanKind[];
  readonly verdicts: readonly VerdictFilter[];
}

export const everything: FilterChoice = { text: '', kinds: [], verdicts: [] };

/** Of what a person types in a box, no more can be meant. */
const longestText = 500;

export function historyFilter({ text, kinds, verdicts }: FilterChoice): HistoryFilter {
  const words = text.trim().slice(0, longestText);
  return defined({
    text: words === '' ? undefined : words,
    kinds: kinds.length === 0 ? undefined : [...kinds],
    verdicts: verdicts.length === 0 ? undefined : [...verdicts],
  });
}

export function isFiltered(choice: FilterChoice): boolean {
  return Object.keys(historyFilter(choice)).length > 0;
}

/** `“setup”, Files, Suspicious or Malicious`. */
export function filterText({ text, kinds, verdicts }: FilterChoice, t: Translate): string {
  const words = text.trim();
  const or = (labels: readonly string[]): string[] =>
    labels.length === 0 ? [] : [labels.join(` ${t('or')} `)];
  return [
    ...(words === '' ? [] : [t('“{0}”', oneLine(words, 60))]),
    ...or(kinds.map((kind) => t(scanKindLabel(kind)))),
    ...or(verdicts.map((verdict) => t(verdictLabel(verdict)))),
  ].join(', ');
}
