import { lookup } from 'node:dns/promises';

/** Finds the addresses of hosts. */
export interface HostResolver {
  /**
   * @returns addresses without brackets, in the order in which to try them
   * @throws Error with a `code` such as `ENOTFOUND`
   */
  resolve(host: string): Promise<readonly string[]>;
}

/** As the system does it for every program: by its own table of hosts, by name servers, by what else it is set up for. */
export const systemResolver: HostResolver = {
  async resolve(host) {
    const found = await lookup(host, { all: true, order: 'verbatim' });
    return found.map(({ address }) => address);
  },
};
