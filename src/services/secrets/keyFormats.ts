import type { KeyedService } from './apiKeys';

/** What is wrong with what somebody typed, before anybody is asked about it. */
export type KeyProblem = 'empty' | 'wrongForm';

/** Nothing else fits into a header or an address; services issue keys of letters, digits and a few signs. */
const forms: Readonly<Record<KeyedService, RegExp>> = {
  virustotal: /^[0-9a-f]{64}$/i,
  urlhaus: /^[0-9a-z_-]{20,128}$/i,
  safeBrowsing: /^[0-9a-z._-]{30,128}$/i,
};

/** @param key without the blanks that copying leaves around it */
export function keyProblem(service: KeyedService, key: string): KeyProblem | undefined {
  if (key === '') return 'empty';
  return forms[service].test(key) ? undefined : 'wrongForm';
}
