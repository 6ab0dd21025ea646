import type { KeyCheck } from '../../secrets/keyChecks';
import { formatInteger } from '../../../shared/presentation/format';
import { engineReasonClause } from '../../../shared/presentation/engineReasons';
import type { ServiceState } from './serviceState';
import type { Quotas } from './virusTotalAnswers';
import type { VirusTotalClient } from './virusTotalClient';

/** Asks VirusTotal how much of its quota the stored key has used up. What was remembered of the key is forgotten. */
export function virusTotalKeyCheck(
  client: Pick<VirusTotalClient, 'quotas'>,
  state: Pick<ServiceState, 'forget'>,
): KeyCheck {
  return async (key, signal) => {
    state.forget();
    const answer = await client.quotas(key, { signal, tell: () => undefined, isAllowed: () => true });
    switch (answer.type) {
      case 'answer':
        return { type: 'valid', detail: quotasText(answer.value) };
      case 'notKnown':
      case 'notYet':
        return { type: 'unknown', detail: 'it does not tell' };
      case 'refused':
        if (answer.reason === 'badKey') return { type: 'refused' };
        if (answer.reason === 'quotaExceeded') return { type: 'valid', detail: 'its quota is used up' };
        return { type: 'unknown', detail: answer.detail ?? engineReasonClause(answer.reason) };
    }
  };
}

function quotasText({ daily, monthly }: Quotas): string {
  const parts = [
    ...(daily === undefined ? [] : [`${used(daily)} requests of today`]),
    ...(monthly === undefined ? [] : [`${used(monthly)} of this month`]),
  ];
  return parts.length === 0 ? 'it tells nothing about its quota' : `${parts.join(', ')} are used up`;
}

function used({ allowed, used: count }: { readonly allowed: number; readonly used: number }): string {
  return `${formatInteger(count)} of ${formatInteger(allowed)}`;
}
