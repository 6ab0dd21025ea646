import type { HistoryCursor } from '../../shared/history/query';
import type { History } from '../history/history';
import { isNetworkRecord, type NetworkRecord } from './networkRecord';

const pageLimit = 200;
/** How many records are looked at: whoever scans one network every minute shall not wait for a year of them. */
const mostPages = 25;

/** The newest scan before this one that looked at the same target in the same way and came to its end. */
export async function previousScan(
  history: Pick<History, 'page' | 'get'>,
  { target, startedAt, id, details }: NetworkRecord,
): Promise<NetworkRecord | undefined> {
  let after: HistoryCursor | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { records, next } = await history.page({
      filter: { kinds: ['network'], text: target, before: startedAt },
      limit: pageLimit,
      ...(after === undefined ? {} : { after }),
    });
    const candidates = records.filter(
      (head) => head.target === target && head.status === 'finished' && head.id !== id,
    );
    for (const head of candidates) {
      const found = await history.get(head.id);
      if (!isNetworkRecord(found)) continue;
      const { profile, ports, complete } = found.details;
      if (complete && profile === details.profile && ports === details.ports) return found;
    }
    if (next === undefined) return undefined;
    after = next;
  }
  return undefined;
}
