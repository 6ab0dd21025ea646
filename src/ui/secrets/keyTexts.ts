import type { KeyedService } from '../../services/secrets/apiKeys';
import type { KeyCheckResult } from '../../services/secrets/keyChecks';
import type { KeyProblem } from '../../services/secrets/keyFormats';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';

export const serviceNames: Readonly<Record<KeyedService, string>> = {
  virustotal: 'VirusTotal',
  urlhaus: 'URLhaus',
  safeBrowsing: 'Google Safe Browsing',
};

/** Where people get a key from. */
export function keySourceText(service: KeyedService, t: Translate): string {
  switch (service) {
    case 'virustotal':
      return t('Your key stands at virustotal.com, in the menu of your account under “API key”.');
    case 'urlhaus':
      return t('Your key stands at auth.abuse.ch, as “Auth-Key”.');
    case 'safeBrowsing':
      return t('Keys are made at console.cloud.google.com, for a project with the Safe Browsing API.');
  }
}

export function keyProblemText(problem: KeyProblem, service: KeyedService, t: Translate): string {
  if (problem === 'empty') return t('Paste the key.');
  return service === 'virustotal'
    ? t('A key of VirusTotal has 64 hexadecimal digits.')
    : t('That has not the form of a key of {0}.', serviceNames[service]);
}

export function keyCheckText(service: KeyedService, result: KeyCheckResult, t: Translate): string {
  const name = serviceNames[service];
  switch (result.type) {
    case 'valid':
      return result.detail === undefined
        ? t('{0} takes the API key.', name)
        : t('{0} takes the API key: {1}.', name, plainText(result.detail));
    case 'refused':
      return t('{0} refuses the API key.', name);
    case 'unknown':
      return t('Whether {0} takes the API key is not known: {1}.', name, plainText(result.detail));
  }
}
