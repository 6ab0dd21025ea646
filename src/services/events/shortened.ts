/** The beginning of a text that is too long, without half of a character at its end. */
function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, Math.max(0, length)).replace(/[\ud800-\udbff]$/, '');
}

/** Shares out how much text of one event is kept: first to what is asked for first. */
export class TextBudget {
  private cut = false;

  /** So that a long message leaves room for what names it. */
  private readonly longest: number;

  constructor(private left: number) {
    this.longest = Math.ceil((3 / 4) * left);
  }

  /** Something was left out. */
  get isExceeded(): boolean {
    return this.cut;
  }

  take(text: string): string {
    const kept = cutText(text, Math.min(this.left, this.longest));
    if (kept.length < text.length) this.cut = true;
    this.left -= kept.length;
    return kept;
  }
}
