import { lookup } from 'node:dns/promises';
import * as vscode from 'vscode';
import { eventToolFolders } from '../services/events/createProvider';
import { ListeningPorts } from '../services/network/listening/listeningPorts';
import { NetworkService } from '../services/network/networkService';
import { nmapFolders, NmapLocator } from '../services/network/nmap/nmapLocator';
import { ExecutableFinder } from '../services/process/findExecutable';
import { DisposableStore } from '../shared/disposable';
import { plainText } from '../shared/presentation/plainText';
import type { CommandHandlers } from '../ui/commands';
import { DateTexts } from '../ui/history/dateTexts';
import { ComparisonDocuments } from '../ui/network/comparisonDocuments';
import { NetworkCommands } from '../ui/network/networkCommands';
import { NetworkModel } from '../ui/network/networkModel';
import { NetworkView } from '../ui/network/networkView';
import type { Feature, FeatureHost } from './feature';
import type { ScanHistory } from './scanHistory';

/** What is on the network: scans by nmap, and the ports of this machine. */
export class NetworkScans implements Feature {
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();

  constructor(host: FeatureHost, { history, reports, rescanners }: ScanHistory) {
    const { clock, log, settings, notifications, processes, tasks } = host;
    const { platform, env } = process;
    const { t } = vscode.l10n;
    const logger = log.logger('network');
    const search = (folders: readonly string[]) => ({
      pathEnv: env['PATH'],
      extraFolders: folders,
      refusedFolders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    });
    const service = this.store.add(
      new NetworkService({
        locator: new NmapLocator({
          runner: processes,
          search: () => search(nmapFolders(platform, env)),
          configuredPath: () => settings.current.nmapPath,
        }),
        supervisor: tasks,
        processes,
        history,
        resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
        // On Windows the packet driver decides, of which nmap knows alone.
        privileged: process.geteuid === undefined || process.geteuid() === 0,
        clock,
        logger,
        titleOf: ({ target }) => t('Scanning {0}', plainText(target)),
      }),
    );
    const toolFolders = eventToolFolders(platform, env);
    const tools = new ExecutableFinder(() =>
      search(platform === 'darwin' ? [...toolFolders, '/usr/sbin'] : toolFolders),
    );
    const listening = new ListeningPorts({
      platform,
      runner: processes,
      findTool: (name) => tools.find(name),
      clock,
    });
    const dates = new DateTexts(vscode.env.language);
    const model = this.store.add(new NetworkModel({ service, listening, clock, logger, platform, t, dates }));
    const comparisons = this.store.add(new ComparisonDocuments(dates));
    const view = this.store.add(new NetworkView(model));
    const commands = new NetworkCommands({
      service,
      model,
      view,
      comparisons,
      history,
      openReport: (record) => {
        reports.open(record);
      },
      notifications,
      platform,
    });
    rescanners.add('network', (target) => commands.again(target));
    this.commands = commands.handlers;
  }

  /** The tasks and programs end with those who run them. */
  stop(): Promise<void> {
    this.store.dispose();
    return Promise.resolve();
  }
}
