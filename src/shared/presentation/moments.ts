const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** In the words of Sentinel's own texts, whatever the system's language. */
const momentFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** `15 Jan 2024, 11:30:45 CET`, in the time zone of whoever reads. @param epochMs in UTC, however far off */
export function formatMoment(epochMs: number): string {
  // What a Date can hold.
  return Math.abs(epochMs) > 8.64e15 ? '–' : momentFormat.format(epochMs);
}

/** `0.4 ms`, `38 ms`, `1.2 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1) return durationMs > 0 ? '<1 ms' : '0 ms';
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 9.95 * secondMs) return `${(durationMs / secondMs).toFixed(1)} s`;
  const seconds = Math.round(durationMs / secondMs);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How old something was: `less than a day`, `1 day`, `12 days`, `4 months`, `2 years`; nothing for the future. */
export function formatAge(ageMs: number): string | undefined {
  if (ageMs < -dayMs) return undefined;
  const days = Math.floor(ageMs / dayMs);
  if (days < 1) return 'less than a day';
  if (days < 60) return counted(days, 'day');
  if (days < 730) return counted(Math.floor(days / 30.44), 'month');
  return counted(Math.floor(days / 365.25), 'year');
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
