import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { parseIpAddress } from '../address/ipAddress';
import { type CertificateFacts, certificateFacts } from './certificate';
import { FollowError, networkCode } from './followError';

/** An open connection to one of the addresses that were checked. */
export interface Connection {
  readonly socket: Socket;
  /** The one that answered. */
  readonly address: string;
  /** Of secure connections. It is described, not judged: whether to go on is the caller's to say. */
  readonly certificate?: CertificateFacts;
}

export interface ConnectionOptions {
  /** Certificates in PEM that are trusted in place of those that Node brings along. */
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Connects to a host by its checked addresses alone: the name is not resolved again, so that a second answer of its name
 * server leads nowhere.
 *
 * @throws FollowError, also when the signal is aborted
 */
export async function openConnection(
  url: URL,
  addresses: readonly string[],
  options: ConnectionOptions,
): Promise<Connection> {
  const plain = await openPlain(url, addresses, options.signal);
  if (url.protocol !== 'https:') return plain;
  return await secure(plain, url, options);
}

async function openPlain(url: URL, addresses: readonly string[], signal: AbortSignal): Promise<Connection> {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_name, { all }, done) => {
    const [first] = pinned;
    if (all === true) done(null, pinned);
    else done(null, first?.address ?? '', first?.family);
  };
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port, lookup, autoSelectFamily: true });
  await opened(socket, 'connect', signal);
  const address = socket.remoteAddress;
  if (address === undefined || !addresses.some((checked) => isSame(checked, address))) {
    socket.destroy();
    throw new FollowError('failed', 'The connection led to another address than the one that was checked.');
  }
  return { socket, address };
}

async function secure(plain: Connection, url: URL, { ca, signal }: ConnectionOptions): Promise<Connection> {
  // A dot at the end belongs to names of DNS, and is in no certificate.
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
  const socket: TLSSocket = connectSecurely({
    socket: plain.socket,
    // Addresses are no names to ask for.
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    // One that does not hold is evidence, which a refused handshake would hide.
    rejectUnauthorized: false,
    ...(ca === undefined ? {} : { ca }),
  });
  try {
    await opened(socket, 'secureConnect', signal);
  } catch (error) {
    plain.socket.destroy();
    throw error;
  }
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    socket.destroy();
    throw new FollowError('failed', 'The host has shown no certificate.');
  }
  return {
    ...plain,
    socket,
    certificate: certificateFacts(certificate, host, trustProblem(socket)),
  };
}

/** Node's types promise an error; it is a code, or nothing. */
function trustProblem(socket: TLSSocket): string | undefined {
  const problem: unknown = socket.authorizationError;
  if (typeof problem === 'string') return problem;
  return networkCode(problem) ?? (socket.authorized ? undefined : 'unknown');
}

async function opened(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  const onLateError = (): void => undefined;
  // A socket that is given up may still report an error, which would end the process.
  socket.on('error', onLateError);
  try {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason as FollowError);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      socket.once(event, resolve);
      socket.once('error', reject);
      socket.once('close', () => {
        signal.removeEventListener('abort', onAbort);
        reject(new FollowError('unreachable', 'The connection was closed before it was open.'));
      });
    });
  } catch (error) {
    socket.destroy();
    if (error instanceof FollowError) throw error;
    const code = networkCode(error) ?? 'unknown error';
    throw new FollowError('unreachable', `The connection failed: ${code}`, { cause: error });
  }
}

/** The same address may be written in several ways. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [parseIpAddress(one), parseIpAddress(other)];
  return a !== undefined && a.family === b?.family && a.bits === b.bits;
}
