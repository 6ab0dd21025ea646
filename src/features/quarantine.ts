import path from 'node:path';
import * as vscode from 'vscode';
import { createQuarantineThread, QuarantineService } from '../services/quarantine/quarantineService';
import type { Scans } from '../services/scan/scans';
import { DisposableStore } from '../shared/disposable';
import { alarmingVerdicts } from '../shared/scan/verdict';
import { type CommandHandlers, setContext } from '../ui/commands';
import { AlarmingFiles } from '../ui/quarantine/alarmingFiles';
import type { QuarantineActions } from '../ui/quarantine/quarantineActions';
import { nameOf } from '../ui/quarantine/quarantineTexts';
import { type Suspect, suspectOf } from '../ui/quarantine/suspect';
import { chosenFiles, pathsOf } from '../ui/resources';
import type { Feature, FeatureHost } from './feature';
import type * as Later from './quarantine.later';
import type { ScanHistory } from './scanHistory';

/** Below the folder that VS Code keeps for the extension, for all windows and workspaces of a user. */
const folderName = 'quarantine';

/** Takes files out of harm's way when a person says so, and gives them back. */
export class Quarantine implements Feature {
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();
  private readonly endQuarantine: () => Promise<void>;

  constructor(host: FeatureHost, scanHistory: ScanHistory, scans: Scans) {
    const { context, clock, log, notifications, tasks, startup, distFolder } = host;
    const { reports, recordsOf } = scanHistory;
    const { t } = vscode.l10n;
    const folder = path.join(context.globalStorageUri.fsPath, folderName);
    const quarantine = new QuarantineService({
      thread: createQuarantineThread(distFolder, folder, clock, log.logger('quarantine')),
      supervisor: tasks,
      clock,
      titles: {
        move: (file) => t('Moving {0} to the quarantine', nameOf(file)),
        restore: (file) => t('Restoring {0} from the quarantine', nameOf(file)),
        remove: (name) => t('Deleting {0} from the quarantine', nameOf(name)),
        list: () => t('Reading the quarantine'),
      },
    });
    this.endQuarantine = () => quarantine.stop();
    let alarming: AlarmingFiles | undefined;
    startup.addImmediate('quarantine', () => {
      alarming = this.store.add(
        new AlarmingFiles({
          scans,
          now: () => clock.now(),
          onChanged: (paths) => {
            setContext('alarmingFiles', paths);
          },
        }),
      );
    });
    let loaded: QuarantineActions | undefined;
    // Most windows never move a file: what asks about it is loaded when somebody wants to.
    const actions = (): QuarantineActions =>
      (loaded ??= later().createQuarantineActions(host, scanHistory, quarantine, (file) => {
        alarming?.forget(file);
      }));
    reports.offer({ quarantine: (record) => actions().moveScanned(record) });
    this.commands = {
      'sentinel.moveToQuarantine': async (...args) => {
        const suspects = await this.suspects(args, (file) => alarming?.suspect(file) ?? { path: file });
        if (suspects?.length === 0)
          notifications.warning(t('Only what lies on a disk can be moved to the quarantine.'));
        return suspects && actions().move(suspects);
      },
      'sentinel.quarantineRecords': (...args) => {
        const records = recordsOf(args).map(({ record }) => record);
        const files = records.filter(
          ({ kind, verdict }) =>
            kind === 'file' && verdict !== undefined && alarmingVerdicts.includes(verdict),
        );
        return actions().move([
          ...new Map(files.map((record) => [record.target, suspectOf(record)])).values(),
        ]);
      },
      'sentinel.showQuarantine': () => actions().show(),
    };
  }

  async stop(): Promise<void> {
    this.store.dispose();
    await this.endQuarantine();
  }

  private async suspects(
    args: readonly unknown[],
    known: (file: string) => Suspect,
  ): Promise<readonly Suspect[] | undefined> {
    const { t } = vscode.l10n;
    const question = { openLabel: t('Move to Quarantine'), title: t('Move Files to Quarantine') };
    const uris = await chosenFiles(args, question);
    return uris && pathsOf(uris).map(known);
  }
}

function later(): typeof Later {
  // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./quarantine.later') as typeof Later;
}
