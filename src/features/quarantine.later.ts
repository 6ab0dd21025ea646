import * as vscode from 'vscode';
import type { QuarantineService } from '../services/quarantine/quarantineService';
import { QuarantineActions } from '../ui/quarantine/quarantineActions';
import { quarantineSurface } from '../ui/quarantine/quarantineSurface';
import type { FeatureHost } from './feature';
import type { ScanHistory } from './scanHistory';

/**
 * What a person does with the quarantine.
 * @param onMoved told of a file that was taken away
 */
export function createQuarantineActions(
  { notifications }: Pick<FeatureHost, 'notifications'>,
  { history, reports }: Pick<ScanHistory, 'history' | 'reports'>,
  quarantine: QuarantineService,
  onMoved: (file: string) => void,
): QuarantineActions {
  return new QuarantineActions({
    ...quarantineSurface(),
    quarantine,
    history,
    openReport: (record) => {
      reports.open(record);
    },
    notifications,
    t: vscode.l10n.t,
    onMoved,
  });
}
