import type { HostScans } from '../services/network/hostScans';
import { DisposableStore } from '../shared/disposable';
import type { CommandHandlers } from '../ui/commands';
import { networkCommandIds } from '../ui/network/networkCommandIds';
import { NetworkView } from '../ui/network/networkView';
import type { Feature, FeatureHost } from './feature';
import type * as Later from './networkScans.later';
import type { ScanHistory } from './scanHistory';

/** What is on the network: scans by nmap, and the ports of this machine. */
export class NetworkScans implements Feature {
  readonly commands: CommandHandlers;
  /** For other extensions. */
  readonly hosts: Pick<HostScans, 'scanHost'>;
  private readonly store = new DisposableStore();
  private loaded: Later.NetworkPart | undefined;

  constructor(host: FeatureHost, history: ScanHistory) {
    // Most windows never scan a network: what does is loaded when somebody looks, or asks for it.
    const part = (): Later.NetworkPart => {
      this.loaded ??= this.store.add(new (later().NetworkPart)(host, history, () => view));
      return this.loaded;
    };
    const view = this.store.add(new NetworkView(() => part().model));
    history.rescanners.add('network', (target) => part().commands.again(target));
    this.hosts = { scanHost: (target) => part().hosts.scanHost(target) };
    this.commands = Object.fromEntries(
      networkCommandIds.map((id) => [id, (...args) => part().commands.handlers[id](...args)]),
    );
  }

  /** The tasks and programs end with those who run them. */
  stop(): Promise<void> {
    this.store.dispose();
    return Promise.resolve();
  }
}

function later(): typeof Later {
  // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./networkScans.later') as typeof Later;
}
