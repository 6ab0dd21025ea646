import { SentinelError } from '../../shared/errors';
import type { NetworkRecord } from './networkRecord';
import type { NetworkService } from './networkService';
import type { NetworkScanRequest } from './scanRequest';

/** Scans of hosts that somebody else than a person names. What a person has to say yes to is asked all the same. */
export class HostScans {
  /** @param isAgreed whether a person says yes to what the request needs */
  constructor(
    private readonly service: Pick<NetworkService, 'prepare' | 'peek' | 'scan'>,
    private readonly isAgreed: (request: NetworkScanRequest) => Promise<boolean>,
  ) {}

  /**
   * Looks at the most common ports.
   * @returns undefined where it came to no end, leads nowhere, or nobody said yes
   * @throws SentinelError `api.badTarget` for what may not be scanned
   */
  async scanHost(target: string): Promise<NetworkRecord | undefined> {
    const { service } = this;
    const prepared = await service.prepare({ target, profile: 'quick' });
    if (prepared.type === 'unresolved') return undefined;
    if (prepared.type !== 'ready') {
      throw new SentinelError('api.badTarget', `This is no target of a scan: ${prepared.reason}.`);
    }
    const { request } = prepared;
    const known = service.peek(request);
    if (known !== undefined) return known.record;
    if (request.needs.length > 0 && !(await this.isAgreed(request))) return undefined;
    const { record, problem } = await service.scan(request, request.needs);
    return problem === undefined ? record : undefined;
  }
}
