import type { HistoryCursor } from '../../shared/history/query';
import type { RecordHead } from '../../shared/scan/record';
import type { History } from '../history/history';
import { isNetworkRecord, type NetworkRecord } from './networkRecord';

type KeptScans = Pick<History, 'page' | 'get'>;

const pageLimit = 200;
/** How many records are looked at: whoever scans one network every minute shall not wait for a year of them. */
const mostPages = 25;

/** The newest scan before this one that looked at the same target in the same way and came to its end. */
export async function previousScan(
  history: KeptScans,
  { target, startedAt, id, details }: NetworkRecord,
): Promise<NetworkRecord | undefined> {
  for await (const head of scansOf(history, target, startedAt)) {
    if (head.status !== 'finished' || head.id === id) continue;
    const found = await history.get(head.id);
    if (!isNetworkRecord(found)) continue;
    const { profile, ports, complete } = found.details;
    if (complete && profile === details.profile && ports === details.ports) return found;
  }
  return undefined;
}

/** The newest scan of a target, whatever it came to. */
export async function lastScan(history: KeptScans, target: string): Promise<NetworkRecord | undefined> {
  for await (const { id } of scansOf(history, target)) {
    const found = await history.get(id);
    if (isNetworkRecord(found)) return found;
  }
  return undefined;
}

/** Of this very target, the newest first. @param before epoch ms */
async function* scansOf(history: KeptScans, target: string, before?: number): AsyncGenerator<RecordHead> {
  let after: HistoryCursor | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { records, next } = await history.page({
      // Targets that contain this one are found, too.
      filter: { kinds: ['network'], text: target, ...(before === undefined ? {} : { before }) },
      limit: pageLimit,
      ...(after === undefined ? {} : { after }),
    });
    yield* records.filter((head) => head.target === target);
    if (next === undefined) return;
    after = next;
  }
}
