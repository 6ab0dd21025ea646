import path from 'node:path';
import { openStore } from '../../../src/services/history/openStore';
import { systemClock } from '../../../src/shared/clock';
import type { ScanRecord } from '../../../src/shared/scan/record';
import { inRepository } from '../../host/paths';
import type { HostServer } from '../../host/server';
import { RecordingLogger } from '../../unit/support/recordingLogger';

type Store = Awaited<ReturnType<typeof openStore>>;

/** Where the extension keeps the history of a server's user. */
export function historyFolder(server: HostServer): string {
  return path.join(server.userDataFolder, 'User', 'globalStorage', 'sentinel-suite.sentinel', 'history');
}

/** The profile's history, written by this process as a further window would. */
export class SeededHistory {
  private constructor(private readonly store: Store) {}

  static async open(server: HostServer): Promise<SeededHistory> {
    const data = { folder: historyFolder(server), wasmFile: inRepository('dist', 'wasm', 'sql-wasm.wasm') };
    return new SeededHistory(await openStore(data, { clock: systemClock, logger: new RecordingLogger() }));
  }

  async put(...records: readonly ScanRecord[]): Promise<void> {
    await this.store.write(records.map((record) => ({ type: 'put', record })));
  }

  async clear(): Promise<void> {
    await this.store.write([{ type: 'clear' }]);
  }

  /** How many records there are, those of other windows included. */
  async count(): Promise<number> {
    await this.store.refresh();
    return this.store.database.queries.count({});
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}
