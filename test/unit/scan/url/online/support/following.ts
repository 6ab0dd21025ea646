import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import {
  type FollowedLink,
  followLimits,
  type FollowLimits,
  followLink,
  type FollowOptions,
} from '../../../../../../src/services/scan/url/online/follow/followLink';
import type { HostResolver } from '../../../../../../src/services/scan/url/online/follow/hostResolver';
import {
  type AddressScope,
  addressScope,
} from '../../../../../../src/services/scan/url/online/address/addressScope';
import { FakeClock } from '../../../../support/fakeClock';

/** Where tests have their servers. The Internet that they stand for is as public to them as any. */
export const publicAddress = '127.0.0.1';

/** As it really is, but for the one address that stands for the Internet. */
export function testScope(address: string): AddressScope {
  return address === publicAddress ? 'public' : addressScope(address);
}

/** Name servers whose answers a test has at hand. */
export class FakeResolver implements HostResolver {
  readonly asked: string[] = [];

  /** @param answers by host: always the same, or one after the other, the last for ever */
  constructor(private readonly answers: Readonly<Record<string, readonly (readonly string[])[]>>) {}

  resolve(host: string): Promise<readonly string[]> {
    const times = this.asked.filter((other) => other === host).length;
    this.asked.push(host);
    const answers = this.answers[host];
    const answer = answers?.[Math.min(times, answers.length - 1)];
    if (answer === undefined) {
      return Promise.reject(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));
    }
    return Promise.resolve(answer);
  }
}

/** Every host has the address of the test's servers. */
export const everywhere: HostResolver = { resolve: () => Promise.resolve([publicAddress]) };

export interface FollowTestOptions extends Partial<Omit<FollowOptions, 'limits'>> {
  readonly limits?: Partial<FollowLimits>;
}

/** Follows a link in the Internet of the test. */
export async function follow(url: string, options: FollowTestOptions = {}): Promise<FollowedLink> {
  return await followLink(url, {
    resolver: everywhere,
    scopeOf: testScope,
    clock: new FakeClock(Date.now()),
    localOnPurpose: false,
    signal: new AbortController().signal,
    onStep: () => undefined,
    ...options,
    limits: { ...followLimits, ...options.limits },
  });
}

export interface RawServer {
  readonly port: number;
  /** How many connections were made to it. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

/** A server that says what HTTP servers do not. */
export async function listenRaw(
  onConnection: (socket: Socket) => void,
  address = publicAddress,
  port = 0,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** @returns a promise that a test settles, to know when something has happened elsewhere */
export function signalled(): { readonly promise: Promise<void>; readonly fire: () => void } {
  let fire: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { promise, fire };
}
