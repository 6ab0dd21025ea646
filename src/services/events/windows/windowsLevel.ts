import type { EventLevel } from '../../../shared/events/systemEvent';

/** Standard levels of Windows (winmeta.xml); 0 is "always", which the Security log uses for everything. */
const levels: readonly EventLevel[] = ['info', 'critical', 'error', 'warning', 'info', 'debug'];

/** Standard keyword "Audit Failure" (winmeta.xml). */
const auditFailure = 0x10_0000_0000_0000n;

/** @param keywords a number of 64 bits, decimal or as `0x8010000000000000` */
export function windowsLevel(level: string, keywords: string): EventLevel {
  const known = levels.find((_, number) => level === String(number)) ?? 'info';
  return known === 'info' && hasAuditFailure(keywords) ? 'warning' : known;
}

function hasAuditFailure(keywords: string): boolean {
  if (!/^(?:0x[\da-f]{1,16}|-?\d{1,20})$/i.test(keywords)) return false;
  return (BigInt.asUintN(64, BigInt(keywords)) & auditFailure) !== 0n;
}
