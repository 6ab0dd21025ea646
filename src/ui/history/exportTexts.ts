import path from 'node:path';
import type { ExportFormat, HistoryExportRequest, HistoryExportResult } from '../../shared/history/export';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';
import { recordCount } from './historyTexts';

/** What a person chooses among: a format with what makes it fit a purpose. */
export const exportKinds = ['csv', 'csvForExcel', 'json', 'sarif'] as const;
export type ExportKind = (typeof exportKinds)[number];

export function formatOf(kind: ExportKind): ExportFormat {
  return kind === 'csvForExcel' ? 'csv' : kind;
}

export function kindLabel(kind: ExportKind, t: Translate): string {
  switch (kind) {
    case 'csv':
      return 'CSV';
    case 'csvForExcel':
      return t('CSV for Excel');
    case 'json':
      return 'JSON';
    case 'sarif':
      return 'SARIF';
  }
}

/** What it is good for. */
export function kindDetail(kind: ExportKind, t: Translate): string {
  switch (kind) {
    case 'csv':
      return t('A table, one row for each scan');
    case 'csvForExcel':
      return t('The same with a byte order mark, by which Excel knows that it is UTF-8');
    case 'json':
      return t('Everything that is kept of each scan, for programs');
    case 'sarif':
      return t('Findings, for security tools; scans of networks are left out');
  }
}

/** What the task that exports into a file is called. */
export function exportTitle(file: string, t: Translate): string {
  return t('Exporting the scan history to {0}', plainText(path.basename(file)));
}

/** That an export is done, in which format, and what is not in it. */
export function exportedText(
  { file, format }: Pick<HistoryExportRequest, 'file' | 'format'>,
  { records, omitted }: HistoryExportResult,
  t: Translate,
): string {
  const name = plainText(path.basename(file));
  const done = t('Exported {0} to {1} as {2}.', recordCount(records, t), name, format.toUpperCase());
  if (omitted === 0) return done;
  return `${done} ${t('Left out, as the format has no place for scans of networks: {0}.', recordCount(omitted, t))}`;
}

/** Why an export failed, in a sentence; undefined for what is no reason of its own. */
export function exportFailureText(code: string, t: Translate): string | undefined {
  switch (code) {
    case 'export.folderMissing':
      return t('The folder does not exist.');
    case 'export.isFolder':
      return t('There is a folder of this name.');
    case 'export.notRegularFile':
      return t('What is there is a device or a pipe, and is not replaced.');
    case 'export.denied':
      return t('You have no permission to write there, or another program has the file open.');
    case 'export.busy':
      return t('Another program has the file open.');
    case 'export.readOnly':
      return t('The disk is read-only.');
    case 'export.diskFull':
      return t('The disk is full.');
    case 'export.tooLarge':
      return t('The file would be larger than what is allowed there.');
    case 'export.badName':
      return t('The name is too long, or not possible there.');
    default:
      return undefined;
  }
}
