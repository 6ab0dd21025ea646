import type { PortChange } from '../../services/network/compareScans';
import type { ListeningPort } from '../../shared/network/listeningPort';
import type { NetworkHost, NetworkPort } from '../../shared/network/networkDetails';

/** How something stands against the scan before. */
export type ChangeMark = 'new' | 'gone' | 'changed';

/** What can be done where no scan is shown. */
export interface StartNode {
  readonly type: 'start';
  readonly id: string;
}

export interface ScanNode {
  readonly type: 'scan';
  readonly id: string;
  /** By `scanKey`. */
  readonly key: string;
}

export interface HostNode {
  readonly type: 'host';
  readonly id: string;
  readonly key: string;
  readonly host: NetworkHost;
  /** It answers, and its ports are still being looked at. */
  readonly isPending: boolean;
  readonly mark?: ChangeMark;
}

export interface PortNode {
  readonly type: 'port';
  readonly id: string;
  readonly host: NetworkHost;
  readonly port: NetworkPort;
  readonly mark?: ChangeMark;
  /** Where something else was behind it before. */
  readonly change?: PortChange;
}

/** Stands for rows that are not shown yet. */
export interface MoreHostsNode {
  readonly type: 'more';
  readonly id: string;
  readonly key: string;
  readonly remaining: number;
}

/** A sentence of its own. */
export interface NoteNode {
  readonly type: 'note';
  readonly id: string;
  readonly text: string;
}

/** The head of this machine's own ports. */
export interface ListeningNode {
  readonly type: 'listening';
  readonly id: string;
}

export interface ListeningPortNode {
  readonly type: 'listeningPort';
  readonly id: string;
  readonly port: ListeningPort;
}

export type NetworkNode =
  StartNode | ScanNode | HostNode | PortNode | MoreHostsNode | NoteNode | ListeningNode | ListeningPortNode;

const types: readonly string[] = [
  'start',
  'scan',
  'host',
  'port',
  'more',
  'note',
  'listening',
  'listeningPort',
] satisfies readonly NetworkNode['type'][];

/** Nodes come back from VS Code as the objects that it was given. */
export function isNetworkNode(value: unknown): value is NetworkNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    types.includes(value.type)
  );
}
