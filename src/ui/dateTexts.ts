/** Moments in a person's language, in the local time of the machine that Sentinel runs on. */
export class DateTexts {
  private readonly formats = new Map<string, Intl.DateTimeFormat>();

  /** @param locale a BCP 47 tag, such as `vscode.env.language` */
  constructor(private readonly locale: string) {}

  /** `14:32`, `02:32 PM`. */
  time(epochMs: number): string {
    return this.format(epochMs, { hour: '2-digit', minute: '2-digit' });
  }

  /** `Sat, November 21`. */
  day(epochMs: number): string {
    return this.format(epochMs, { weekday: 'short', day: 'numeric', month: 'long' });
  }

  /** `Fri, November 21, 2025`. */
  dayOfYear(epochMs: number): string {
    return this.format(epochMs, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' });
  }

  /** `Nov 21, 2025`. */
  date(epochMs: number): string {
    return this.format(epochMs, { day: 'numeric', month: 'short', year: 'numeric' });
  }

  /** `Nov 21`. */
  shortDate(epochMs: number): string {
    return this.format(epochMs, { day: 'numeric', month: 'short' });
  }

  /** To the second: `Nov 21, 2026, 2:32:05 PM`. */
  exact(epochMs: number): string {
    return this.format(epochMs, { dateStyle: 'medium', timeStyle: 'medium' });
  }

  private format(epochMs: number, options: Intl.DateTimeFormatOptions): string {
    const key = JSON.stringify(options);
    // Making one takes a hundred times longer than using it.
    const format = this.formats.get(key) ?? new Intl.DateTimeFormat(this.locale, options);
    this.formats.set(key, format);
    // What a record says may lie beyond what dates can express.
    return Number.isNaN(new Date(epochMs).getTime()) ? '?' : format.format(epochMs);
  }
}
