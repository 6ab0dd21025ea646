import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A key and a certificate, both in PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Names and IPv4 addresses that it is issued for. */
  readonly hosts: readonly string[];
  readonly name?: string;
  /** Of today, if nothing else is said. */
  readonly validFrom?: number;
  readonly validTo?: number;
  /** Who vouches for it; itself, if nobody else is named. */
  readonly issuer?: Issuer;
}

/** Whoever vouches for certificates of others. */
export interface Issuer extends SelfSigned {
  readonly name: string;
}

const oid = {
  commonName: '550403',
  ecdsaSha256: '2a8648ce3d040302',
  altName: '551d11',
  constraints: '551d13',
};
const day = 86_400_000;

/** Makes a certificate that nobody but itself vouches for, for a server on an IPv4 address. */
export function selfSigned(address: string): SelfSigned {
  return makeCertificate({ hosts: [address] });
}

/** Makes an authority of today. */
export function makeIssuer(name: string): Issuer {
  return { name, ...build({ hosts: [], name }, true) };
}

/** Makes a certificate (RFC 5280) for a server. */
export function makeCertificate(options: CertificateOptions): SelfSigned {
  return build(options, false);
}

function build(
  {
    hosts,
    name = 'test',
    validFrom = Date.now() - day,
    validTo = Date.now() + day,
    issuer,
  }: CertificateOptions,
  isIssuer: boolean,
): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, identifier(oid.ecdsaSha256));
  const extension = isIssuer
    ? der(0x30, identifier(oid.constraints), der(0x04, der(0x30, der(0x01, Buffer.from([0xff])))))
    : der(0x30, identifier(oid.altName), der(0x04, der(0x30, ...hosts.map(alternative))));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    distinguished(issuer?.name ?? name),
    der(0x30, time(validFrom), time(validTo)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extension)),
  );
  const signingKey: KeyObject | string = issuer?.key ?? privateKey;
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, signingKey)]);
  const certificate = der(0x30, body, algorithm, der(0x03, signature));
  // Without an empty line at the end, which PEM does not have.
  const lines = (certificate.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function distinguished(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, identifier(oid.commonName), der(0x0c, Buffer.from(name)))));
}

function alternative(host: string): Buffer {
  return isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}

function identifier(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice(2)));
}
