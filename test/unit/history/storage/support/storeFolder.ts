import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HistorySetAside } from '../../../../../src/services/history/history';
import type { HistoryOperation } from '../../../../../src/services/history/operation';
import { HistoryStore } from '../../../../../src/services/history/storage/historyStore';
import type { HistoryStoreOptions } from '../../../../../src/services/history/storage/storeOptions';
import type { StoreState } from '../../../../../src/services/history/storage/storeState';
import { systemClock } from '../../../../../src/shared/clock';
import { RecordingLogger } from '../../../support/recordingLogger';
import { madeRecord } from '../../../support/scanRecords';
import { type JsonDatabase, openJsonDatabase } from './jsonDatabase';

export type Options = HistoryStoreOptions<JsonDatabase>;

/** A store with what it told. */
export interface Window {
  readonly store: HistoryStore<JsonDatabase>;
  readonly states: StoreState[];
  readonly asides: HistorySetAside[];
  changes: number;
  readonly logger: RecordingLogger;
}

/** A temporary folder that stores are opened on, as windows do. */
export class StoreFolder {
  readonly root = mkdtempSync(path.join(tmpdir(), 'sentinel-history-'));
  readonly path = path.join(this.root, 'history');
  private readonly windows: Window[] = [];

  async window(options: Partial<Options> = {}): Promise<Window> {
    const logger = new RecordingLogger();
    const states: StoreState[] = [];
    const asides: HistorySetAside[] = [];
    const told = { changes: 0 };
    const store = await HistoryStore.open({
      folder: this.path,
      openDatabase: openJsonDatabase,
      clock: systemClock,
      logger,
      onStateChanged: (state) => states.push(state),
      onSetAside: (aside) => asides.push(aside),
      onChanged: () => (told.changes += 1),
      ...options,
    });
    const window = Object.assign(told, { store, states, asides, logger });
    this.windows.push(window);
    return window;
  }

  async open(options: Partial<Options> = {}): Promise<HistoryStore<JsonDatabase>> {
    return (await this.window(options)).store;
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  async remove(): Promise<void> {
    for (const { store } of this.windows.splice(0)) await store.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function put(id: string): HistoryOperation {
  return { type: 'put', record: madeRecord({ id }) };
}
