import type { HistoryGroup } from '../../shared/history/query';
import type { RecordHead } from '../../shared/scan/record';

/** The same object for as long as the group is shown: VS Code knows nodes by it. */
export interface GroupNode {
  readonly type: 'group';
  readonly id: string;
  /** As it was counted last. */
  group: HistoryGroup;
  /** Whether it is open before a person opens or closes it. */
  readonly openAtFirst: boolean;
}

export interface RecordNode {
  readonly type: 'record';
  readonly id: string;
  readonly record: RecordHead;
}

/** Stands for what is not loaded yet. */
export interface MoreNode {
  readonly type: 'more';
  readonly id: string;
  readonly group: GroupNode;
  readonly remaining: number;
}

export type HistoryNode = GroupNode | RecordNode | MoreNode;

/** Nodes come back from VS Code as the objects that it was given. */
export function isRecord(node: unknown): node is RecordNode {
  return typeOf(node) === 'record';
}

export function isMore(node: unknown): node is MoreNode {
  return typeOf(node) === 'more';
}

function typeOf(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'type' in node ? node.type : undefined;
}
