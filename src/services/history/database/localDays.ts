/** A day of the local calendar, as the moments from its beginning up to, but without, the next one's. */
export interface LocalDay {
  /** Such as `2026-11-23`. */
  readonly key: string;
  readonly from: number;
  readonly before: number;
}

/** The last moment that a `Date` can hold, and the first day whose beginning history counts from. */
const lastMoment = 8.64e15;

/**
 * The day that holds a moment. Days have 23 or 25 hours when clocks change, and some begin at one o'clock. Where clocks
 * go back over midnight, the hour that comes twice belongs to the later day: days are without gaps and do not overlap.
 * @param moment ms since 1970
 */
export function localDayOf(moment: number): LocalDay {
  const date = new Date(Math.min(moment, lastMoment));
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  const next = dayAt(year, month, day + 1);
  return moment < next.from ? dayAt(year, month, day) : next;
}

function dayAt(year: number, month: number, day: number): LocalDay {
  const begin = new Date(year, month, day);
  const end = new Date(year, month, day + 1).getTime();
  // The calendar's last day has no end that a `Date` could hold.
  if (Number.isNaN(begin.getTime())) return { key: '', from: Infinity, before: Infinity };
  return {
    key: [
      String(begin.getFullYear()).padStart(4, '0'),
      String(begin.getMonth() + 1).padStart(2, '0'),
      String(begin.getDate()).padStart(2, '0'),
    ].join('-'),
    from: begin.getTime(),
    before: Number.isNaN(end) ? Infinity : end,
  };
}
