import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { defined } from '../../../../../shared/defined';
import type { UrlDetails } from '../../../../../shared/url/urlDetails';

/** What a host's certificate says, and whether it holds. */
export interface CertificateFacts {
  readonly details: NonNullable<UrlDetails['certificate']>;
  /** Issued for this host. */
  readonly isForHost: boolean;
  /** Signed by its own key: nobody else vouches for it. */
  readonly isSelfSigned: boolean;
  /** Why nobody whom this machine trusts vouches for it, such as `UNABLE_TO_GET_ISSUER_CERT`, where that is so. */
  readonly trustProblem?: string;
}

/** Names are as long as whoever made the certificate likes. */
const longestName = 200;

/** Reasons that the other facts tell better: a certificate out of its time may be trusted otherwise. */
const toldElsewhere: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** @param problem the code of what the handshake made of it, undefined where it holds */
export function certificateFacts(
  certificate: X509Certificate,
  host: string,
  problem: string | undefined,
): CertificateFacts {
  const isForHost =
    isIP(host) === 0 ? certificate.checkHost(host) !== undefined : certificate.checkIP(host) !== undefined;
  return {
    details: defined({
      subject: nameOf(certificate.subject, 'CN') ?? firstAlternative(certificate.subjectAltName),
      issuer: nameOf(certificate.issuer, 'O') ?? nameOf(certificate.issuer, 'CN'),
      validFrom: timeOf(certificate.validFrom),
      validTo: timeOf(certificate.validTo),
    }),
    isForHost,
    isSelfSigned: isSelfSigned(certificate),
    ...(problem === undefined || toldElsewhere.has(problem) ? {} : { trustProblem: problem }),
  };
}

function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
  } catch {
    // A key of a kind that cannot be checked here: who signed it is not known.
    return false;
  }
}

/** Of a name that has an attribute a line, such as `CN=example.org`. */
function nameOf(name: string, attribute: string): string | undefined {
  const line = name.split('\n').find((part) => part.startsWith(`${attribute}=`));
  return line === undefined ? undefined : line.slice(attribute.length + 1, longestName);
}

/** Of a list such as `DNS:example.org, DNS:www.example.org`. */
function firstAlternative(alternatives: string | undefined): string | undefined {
  const [first = ''] = (alternatives ?? '').split(', ', 1);
  return first === '' ? undefined : first.replace(/^[A-Za-z ]+:/, '').slice(0, longestName);
}

/** @param text such as `Jan 15 10:30:45 2024 GMT` */
function timeOf(text: string): number | undefined {
  const time = Date.parse(text);
  // Details hold no moments before 1970, which no certificate of a host has.
  return Number.isNaN(time) || time < 0 ? undefined : time;
}
