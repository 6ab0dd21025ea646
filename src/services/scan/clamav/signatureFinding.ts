import { defined } from '../../../shared/defined';
import type { Finding } from '../../../shared/scan/record';

/** Kinds of signatures by what their names begin with, and what they say by themselves; all others are of malware. */
const kinds: readonly {
  readonly prefix: RegExp;
  readonly description: string;
  readonly severity: Finding['severity'];
  readonly weight: Finding['weight'];
}[] = [
  {
    prefix: /^PUA\./,
    description: 'A program that is not harmful by itself and that many do not want.',
    severity: 'medium',
    weight: 'suspicious',
  },
  {
    prefix: /^(?:Heuristics|Broken)\./,
    description: 'What it looks like, by a rule of thumb of ClamAV.',
    severity: 'medium',
    weight: 'suspicious',
  },
  {
    prefix: /^YARA\./,
    description: 'A YARA rule that the person who runs ClamAV has added.',
    severity: 'medium',
    weight: 'suspicious',
  },
];

/** Not about what is in the file, but that ClamAV looked at a part of it only. */
export function isAboutLimits(signature: string): boolean {
  return /^Heuristics\.Limits\.Exceeded(?:\.|$)/.test(signature);
}

/** @param signature a name such as `Win.Trojan.Agent-1234` */
export function signatureFinding(signature: string): Finding {
  const kind = kinds.find(({ prefix }) => prefix.test(signature));
  return {
    engine: 'clamav',
    rule: signature,
    title: signature,
    severity: kind?.severity ?? 'critical',
    weight: kind?.weight ?? 'malicious',
    ...defined({ description: kind?.description }),
  };
}
