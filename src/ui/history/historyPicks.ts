import * as vscode from 'vscode';
import { type HistoryGrouping, historyGroupings, type VerdictFilter } from '../../shared/history/query';
import { verdictLabel } from '../../shared/presentation/verdictTexts';
import { type ScanKind, scanKinds } from '../../shared/scan/record';
import { verdicts } from '../../shared/scan/verdict';
import type { FilterChoice } from './historyFilter';
import type { ItemIcon } from '../tree/treeRow';
import { kindIcon, verdictIcon } from './historyItem';
import { kindGroupLabel } from './historyTexts';

/** Asks by what the tree shall be grouped. */
export async function pickGrouping(current: HistoryGrouping): Promise<HistoryGrouping | undefined> {
  const { t } = vscode.l10n;
  const labels: Record<HistoryGrouping, string> = {
    day: `$(calendar) ${t('Day')}`,
    kind: `$(files) ${t('Kind')}`,
    verdict: `$(shield) ${t('Verdict')}`,
  };
  const picked = await vscode.window.showQuickPick(
    historyGroupings.map((grouping) => ({
      label: labels[grouping],
      grouping,
      ...(grouping === current && { description: t('current') }),
    })),
    { title: t('Group Scan History By'), ignoreFocusOut: true },
  );
  return picked?.grouping;
}

interface FilterRow extends vscode.QuickPickItem {
  readonly kindOfScan?: ScanKind;
  readonly verdict?: VerdictFilter;
}

/** Asks for kinds and verdicts; none of a sort, or all of it, is no condition. */
export async function pickKindsAndVerdicts(
  current: FilterChoice,
): Promise<Pick<FilterChoice, 'kinds' | 'verdicts'> | undefined> {
  const { t } = vscode.l10n;
  const allVerdicts: readonly VerdictFilter[] = [...verdicts, 'none'];
  const heading = (label: string): FilterRow => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const rows: FilterRow[] = [
    heading(t('Verdict')),
    ...allVerdicts.map((verdict) => ({
      label: `${codicon(verdictIcon(verdict))} ${t(verdictLabel(verdict))}`,
      verdict,
      picked: current.verdicts.includes(verdict),
    })),
    heading(t('Kind')),
    ...scanKinds.map((kindOfScan) => ({
      label: `${codicon(kindIcon(kindOfScan))} ${kindGroupLabel(kindOfScan, t)}`,
      kindOfScan,
      picked: current.kinds.includes(kindOfScan),
    })),
  ];
  const picked = await vscode.window.showQuickPick(rows, {
    title: t('Filter Scan History by Kind and Verdict'),
    placeHolder: t('Tick what to show; nothing ticked shows everything'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined) return undefined;
  const kinds = picked.flatMap(({ kindOfScan }) => kindOfScan ?? []);
  const chosen = picked.flatMap(({ verdict }) => verdict ?? []);
  return {
    kinds: kinds.length === scanKinds.length ? [] : kinds,
    verdicts: chosen.length === allVerdicts.length ? [] : chosen,
  };
}

function codicon({ id }: ItemIcon): string {
  return `$(${id})`;
}
