/**
 * How long a service wants to be left alone, from its header `Retry-After`: seconds, or the date until which.
 * @param nowMs epoch ms
 * @returns ms; undefined for what is neither
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Anything with a digit passes for a date; those of HTTP begin with the day of the week.
  const dateMs = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/** When quotas of a day are renewed: at midnight in UTC. @returns epoch ms */
export function nextMidnightUtc(nowMs: number): number {
  const day = 86_400_000;
  return (Math.floor(nowMs / day) + 1) * day;
}
