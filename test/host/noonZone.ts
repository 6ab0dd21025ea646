/**
 * Name of a time zone in which it is between noon and one o'clock: whoever tests what is of today and of yesterday in it
 * sees no day end meanwhile.
 */
export function noonZone(now: Date): string {
  const aheadHours = 12 - now.getUTCHours();
  // By its sign, the name tells how much later it is in Greenwich.
  return `Etc/GMT${aheadHours < 0 ? '+' : '-'}${Math.abs(aheadHours)}`;
}
