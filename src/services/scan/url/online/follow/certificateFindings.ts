import type { Finding } from '../../../../../shared/scan/record';
import { linkFollowing } from '../onlineEngines';
import type { ShownCertificate } from './followLink';

type CertificateFinding = Pick<Finding, 'rule' | 'title' | 'description'>;

const dayMs = 86_400_000;
/** Certificates are renewed every few weeks, so that a young one alone says little. */
const youngMs = 7 * dayMs;

/**
 * What speaks against a certificate. On this machine and in the networks around it, where people make their own
 * certificates, nothing of it decides anything.
 */
export function certificateFindings(certificate: ShownCertificate, nowMs: number): readonly Finding[] {
  const { isLocal } = certificate;
  const against = problemsOf(certificate, nowMs).map((problem): Finding => ({
    engine: linkFollowing.id,
    ...problem,
    severity: isLocal ? 'info' : 'medium',
    weight: isLocal ? 'informational' : 'suspicious',
  }));
  return [...against, ...remarksOn(certificate, nowMs)];
}

function problemsOf(certificate: ShownCertificate, nowMs: number): readonly CertificateFinding[] {
  const { host, details, isForHost, isSelfSigned } = certificate;
  const problems: CertificateFinding[] = [];
  if (!isForHost) {
    problems.push({
      rule: 'certificate-of-another-host',
      title: `The certificate of ${host} was issued for another host`,
      ...(details.subject === undefined ? {} : { description: `It was issued for ${details.subject}.` }),
    });
  }
  if (isSelfSigned) {
    problems.push({
      rule: 'certificate-self-signed',
      title: `The certificate of ${host} was signed by nobody but its owner`,
    });
  }
  if (details.validTo !== undefined && details.validTo < nowMs) {
    problems.push({
      rule: 'certificate-expired',
      title: `The certificate of ${host} has expired`,
      description: `It was valid until ${day(details.validTo)}.`,
    });
  }
  if (details.validFrom !== undefined && details.validFrom > nowMs) {
    problems.push({
      rule: 'certificate-not-yet-valid',
      title: `The certificate of ${host} is not valid yet`,
      description: `It is valid from ${day(details.validFrom)} on.`,
    });
  }
  return problems;
}

function remarksOn(certificate: ShownCertificate, nowMs: number): readonly Finding[] {
  const { host, details, isSelfSigned, trustProblem } = certificate;
  const remarks: CertificateFinding[] = [];
  // Companies look into their own traffic with certificates of an issuer that only their systems know.
  if (trustProblem !== undefined && !isSelfSigned) {
    remarks.push({
      rule: 'certificate-of-unknown-issuer',
      title: `Nobody known here vouches for the certificate of ${host}`,
      description: `${trustProblem}${details.issuer === undefined ? '' : `; its issuer calls itself ${details.issuer}`}.`,
    });
  }
  const ageMs = nowMs - (details.validFrom ?? -Infinity);
  if (ageMs >= 0 && ageMs < youngMs) {
    const days = Math.floor(ageMs / dayMs);
    remarks.push({
      rule: 'certificate-young',
      title: `The certificate of ${host} is ${days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`} old`,
      description:
        'Hosts that are made for an attack have young ones, and so has every host after a renewal.',
    });
  }
  return remarks.map((remark) => ({
    engine: linkFollowing.id,
    ...remark,
    severity: 'info',
    weight: 'informational',
  }));
}

function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
