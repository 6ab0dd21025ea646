import * as vscode from 'vscode';
import type { SentinelApi } from '../../../src/api';
import type { Event } from '../../../src/shared/event';

export function sentinelExtension(): vscode.Extension<SentinelApi> {
  const extension = vscode.extensions.getExtension<SentinelApi>('sentinel-suite.sentinel');
  if (!extension) throw new Error('The extension host does not know Sentinel.');
  return extension;
}

export async function activateSentinel(): Promise<SentinelApi> {
  return sentinelExtension().activate();
}

/** The first occurrence of an event that is accepted; the test's own time limit ends the waiting. */
export function nextEvent<T>(event: Event<T>, accept: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const subscription = event((value) => {
      if (!accept(value)) return;
      subscription.dispose();
      resolve(value);
    });
  });
}
