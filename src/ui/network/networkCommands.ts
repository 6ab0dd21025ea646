import * as vscode from 'vscode';
import { compareScans, isUnchanged } from '../../services/network/compareScans';
import type { NetworkRecord } from '../../services/network/networkRecord';
import type { NetworkScanResult, NetworkService } from '../../services/network/networkService';
import { lastScan } from '../../services/network/previousScan';
import type { NetworkScanRequest } from '../../services/network/scanRequest';
import type { History } from '../../services/history/history';
import { webAddressOf } from '../../shared/presentation/networkTexts';
import { oneLine, plainText } from '../../shared/presentation/plainText';
import type { ScanRecord } from '../../shared/scan/record';
import type { NotificationAction, Notifications } from '../notifications';
import type { ComparisonDocuments } from './comparisonDocuments';
import type { NetworkCommandId } from './networkCommandIds';
import { isAnyAddress } from './networkItem';
import { askForProfile, askForTarget, type ChosenProfile } from './networkInput';
import type { NetworkModel } from './networkModel';
import type { HostNode, NetworkNode } from './networkNodes';
import { consentQuestion, portsRefusalText, problemText, refusalText, unresolvedText } from './networkTexts';
import type { NetworkView } from './networkView';
import { rowText } from './rowText';

export interface NetworkCommandsOptions {
  readonly service: Pick<NetworkService, 'prepare' | 'scan' | 'peek' | 'previous'>;
  readonly model: NetworkModel;
  readonly view: () => NetworkView;
  readonly comparisons: ComparisonDocuments;
  readonly history: Pick<History, 'page' | 'get'>;
  readonly openReport: (record: ScanRecord) => unknown;
  readonly notifications: Pick<Notifications, 'info' | 'success' | 'warning' | 'showLogAction'>;
  readonly platform: NodeJS.Platform;
}

const nmapPage = 'https://nmap.org/download';
const mostPages = 10;
const quick: ChosenProfile = { profile: 'quick' };

/** What can be done in "Network". Scans return their record, for tests and other extensions. */
export class NetworkCommands {
  readonly handlers: Readonly<Record<NetworkCommandId, (...args: readonly unknown[]) => unknown>>;

  constructor(private readonly options: NetworkCommandsOptions) {
    const { model } = options;
    const nodesOf = (args: readonly unknown[]): readonly NetworkNode[] => options.view().nodesOf(args);
    this.handlers = {
      'sentinel.scanNetwork': (target) => this.scanNew(typeof target === 'string' ? target : undefined),
      'sentinel.showNetwork': () => vscode.commands.executeCommand('sentinel.network.focus'),
      'sentinel.showListeningPorts': () => options.view().showListening(),
      'sentinel.refreshListeningPorts': () => model.refreshListening(),
      'sentinel.rescanNetwork': (...args) => this.rescan(nodesOf(args)),
      'sentinel.scanHost': (...args) => this.scanHosts(nodesOf(args)),
      'sentinel.compareNetworkScans': (...args) => this.compare(nodesOf(args)),
      'sentinel.openNetworkReport': (...args) => {
        for (const record of this.recordsOf(nodesOf(args))) options.openReport(record);
      },
      'sentinel.copyNetworkRows': (...args) => copy(nodesOf(args)),
      'sentinel.openPortInBrowser': (...args) => openInBrowser(nodesOf(args)),
      // Of the rows that stand for more, and not in the palette.
      'sentinel.loadMoreHosts': (node) => {
        model.showMore(node);
      },
    };
  }

  /** Scans a target once more, in the way in which it was scanned last. */
  async again(target: string): Promise<NetworkRecord | undefined> {
    const { profile, ports } = (await lastScan(this.options.history, target))?.details ?? quick;
    return this.scan(target, { profile, ...(ports === undefined ? {} : { ports }) }, true);
  }

  private async scanNew(named: string | undefined): Promise<NetworkRecord | undefined> {
    const target = named ?? (await askForTarget());
    const chosen = target === undefined ? undefined : await askForProfile(target);
    if (target === undefined || chosen === undefined) return undefined;
    return this.scan(target, chosen, false);
  }

  private async scan(
    target: string,
    chosen: ChosenProfile,
    refresh: boolean,
  ): Promise<NetworkRecord | undefined> {
    const { t } = vscode.l10n;
    const { service, notifications } = this.options;
    const prepared = await vscode.window.withProgress({ location: { viewId: 'sentinel.network' } }, () =>
      service.prepare({ target, ...chosen }),
    );
    switch (prepared.type) {
      case 'refused':
        notifications.warning(`${plainText(target)}: ${refusalText(prepared.reason, t)}`);
        return undefined;
      case 'portsRefused':
        notifications.warning(portsRefusalText(prepared.reason, t));
        return undefined;
      case 'unresolved':
        notifications.warning(unresolvedText(prepared.name, t));
        return undefined;
      case 'ready':
        return this.run(prepared.request, refresh);
    }
  }

  private async run(request: NetworkScanRequest, refresh: boolean): Promise<NetworkRecord | undefined> {
    const { service, model } = this.options;
    void vscode.commands.executeCommand('sentinel.network.focus');
    const cached = refresh ? undefined : service.peek(request);
    if (cached?.record !== undefined) {
      model.show(cached);
      this.tellCached(cached.record, cached.ageMs ?? 0, request);
      return cached.record;
    }
    if (!(await isAgreed(request))) return undefined;
    const result = await service.scan(request, request.needs, { refresh });
    model.show(result);
    await this.tell(result);
    return result.record;
  }

  private tellCached(record: NetworkRecord, ageMs: number, request: NetworkScanRequest): void {
    const { t } = vscode.l10n;
    const minutes = Math.floor(ageMs / 60_000);
    const age = minutes < 1 ? t('less than a minute') : t('{0} min', minutes);
    const again = { label: t('Scan Again'), run: () => this.run(request, true) };
    this.options.notifications.info(
      t('{0} was scanned {1} ago: {2}.', plainText(record.target), age, plainText(record.summary)),
      again,
      this.reportAction(record),
    );
  }

  private async tell({ record, problem, request }: NetworkScanResult): Promise<void> {
    const { t } = vscode.l10n;
    const { notifications, platform, service } = this.options;
    // A person knows what they cancelled, and the surface of tasks tells of a time limit.
    if (problem?.type === 'cancelled' || problem?.type === 'timedOut') return;
    if (problem !== undefined) {
      const text = problemText(problem, t, platform);
      const actions = record === undefined ? setupActions() : [this.reportAction(record)];
      notifications.warning(`${plainText(request.target)}: ${text}`, ...actions, notifications.showLogAction);
      return;
    }
    if (record === undefined) return;
    const previous = await service.previous(record).catch(() => undefined);
    const hasChanged = previous !== undefined && !isUnchanged(compareScans(previous.details, record.details));
    const compare = (): unknown => previous && this.options.comparisons.show(previous, record);
    notifications.success(
      t('{0}: {1}.', plainText(record.target), plainText(record.summary)),
      this.reportAction(record),
      ...(hasChanged ? [{ label: t('Compare'), run: compare }] : []),
    );
  }

  private reportAction(record: NetworkRecord): NotificationAction {
    return { label: vscode.l10n.t('Open Report'), run: () => this.options.openReport(record) };
  }

  private async rescan(nodes: readonly NetworkNode[]): Promise<void> {
    for (const node of nodes) {
      const request = node.type === 'scan' ? this.options.model.find(node.key)?.request : undefined;
      if (request !== undefined) await this.scan(request.target, profileOf(request), true);
    }
  }

  /** Each alone, in the way in which it was found. */
  private async scanHosts(nodes: readonly NetworkNode[]): Promise<void> {
    for (const node of nodes.filter((each): each is HostNode => each.type === 'host')) {
      const scan = this.options.model.find(node.key);
      if (scan === undefined) continue;
      const { request } = scan;
      // Whether it is there is known; what it offers is the question.
      const chosen: ChosenProfile =
        request.profile === 'discovery' ? { profile: 'quick' } : profileOf(request);
      await this.scan(scan.targetOf(node.host), chosen, true);
    }
  }

  private async compare(nodes: readonly NetworkNode[]): Promise<void> {
    const { t } = vscode.l10n;
    const { service, comparisons, notifications } = this.options;
    for (const record of this.recordsOf(nodes)) {
      const previous = await service.previous(record);
      if (previous === undefined) {
        notifications.info(t('There is no earlier scan of {0} in the same way.', plainText(record.target)));
      } else await comparisons.show(previous, record);
    }
  }

  private recordsOf(nodes: readonly NetworkNode[]): readonly NetworkRecord[] {
    return nodes.flatMap((node) => {
      const record = node.type === 'scan' ? this.options.model.find(node.key)?.record : undefined;
      return record === undefined ? [] : [record];
    });
  }
}

function profileOf({ profile, ports }: NetworkScanRequest): ChosenProfile {
  return { profile, ...(ports === undefined ? {} : { ports }) };
}

/** Asks a person what has to be asked before a scan. */
export async function isAgreed(request: NetworkScanRequest): Promise<boolean> {
  const { t } = vscode.l10n;
  const asked = consentQuestion(request, t);
  if (asked === undefined) return true;
  const { question, detail } = asked;
  const yes = t('Scan');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

function setupActions(): readonly NotificationAction[] {
  const { t } = vscode.l10n;
  return [
    { label: t('How to Install'), run: () => vscode.env.openExternal(vscode.Uri.parse(nmapPage)) },
    {
      label: t('Set Path'),
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'sentinel.network.nmapPath'),
    },
  ];
}

async function copy(nodes: readonly NetworkNode[]): Promise<void> {
  const lines = nodes.map((node) => rowText(node)).filter((line) => line !== '');
  if (lines.length === 0) return;
  await vscode.env.clipboard.writeText(lines.join('\n'));
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Copied')}`, 2_000);
}

async function openInBrowser(nodes: readonly NetworkNode[]): Promise<void> {
  for (const node of nodes.slice(0, mostPages)) {
    const address = addressOf(node);
    if (address !== undefined) await vscode.env.openExternal(vscode.Uri.parse(address));
  }
}

function addressOf(node: NetworkNode): string | undefined {
  if (node.type === 'port') return webAddressOf(node.host, node.port);
  if (node.type !== 'listeningPort' || node.port.protocol !== 'tcp') return undefined;
  const { address, family, port } = node.port;
  // VS Code leads `localhost` to the machine that the extension runs on.
  if (isAnyAddress(node.port) || address === '127.0.0.1' || address === '::1')
    return `http://localhost:${port}/`;
  return family === 'ipv6' ? `http://[${oneLine(address)}]:${port}/` : `http://${oneLine(address)}:${port}/`;
}
