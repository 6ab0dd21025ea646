import { lookup } from 'node:dns/promises';
import * as vscode from 'vscode';
import { ListeningPorts } from '../services/network/listening/listeningPorts';
import { HostScans } from '../services/network/hostScans';
import { NetworkService } from '../services/network/networkService';
import { nmapFolders, NmapLocator } from '../services/network/nmap/nmapLocator';
import { ExecutableFinder } from '../services/process/findExecutable';
import { systemToolFolders } from '../services/process/systemToolFolders';
import { DisposableStore } from '../shared/disposable';
import { plainText } from '../shared/presentation/plainText';
import { DateTexts } from '../ui/dateTexts';
import { ComparisonDocuments } from '../ui/network/comparisonDocuments';
import { isAgreed, NetworkCommands } from '../ui/network/networkCommands';
import { NetworkModel } from '../ui/network/networkModel';
import type { NetworkView } from '../ui/network/networkView';
import type { FeatureHost } from './feature';
import type { ScanHistory } from './scanHistory';

/** What network scans consist of, once somebody looks at them or asks for one. */
export class NetworkPart extends DisposableStore {
  readonly model: NetworkModel;
  readonly commands: NetworkCommands;
  /** For other extensions. */
  readonly hosts: HostScans;

  constructor(host: FeatureHost, { history, reports }: ScanHistory, view: () => NetworkView) {
    super();
    const { clock, log, settings, notifications, processes, tasks } = host;
    const { platform, env } = process;
    const { t } = vscode.l10n;
    const logger = log.logger('network');
    const isRoot = process.geteuid?.() === 0;
    const search = (folders: readonly string[]) => ({
      pathEnv: env['PATH'],
      extraFolders: folders,
      refusedFolders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    });
    const service = this.add(
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
        privileged: process.geteuid === undefined || isRoot,
        clock,
        logger,
        titleOf: ({ target }) => t('Scanning {0}', plainText(target)),
      }),
    );
    this.hosts = new HostScans(service, isAgreed);
    const toolFolders = systemToolFolders(platform, env);
    const tools = new ExecutableFinder(() =>
      search(platform === 'darwin' ? [...toolFolders, '/usr/sbin'] : toolFolders),
    );
    const listening = new ListeningPorts({
      platform,
      seesAll: isRoot,
      runner: processes,
      findTool: (name) => tools.find(name),
      clock,
    });
    const dates = new DateTexts(vscode.env.language);
    this.model = this.add(new NetworkModel({ service, listening, clock, logger, platform, t, dates }));
    this.commands = new NetworkCommands({
      service,
      model: this.model,
      view,
      comparisons: this.add(new ComparisonDocuments(dates)),
      history,
      openReport: (record) => {
        reports.open(record);
      },
      notifications,
      platform,
    });
  }
}
