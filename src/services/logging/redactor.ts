import { type Disposable, toDisposable } from '../../shared/disposable';

/** Shorter values are part of ordinary words: taking them out would ruin the log and tell the secret. */
const shortestSecretLength = 4;

const replacement = '‹redacted›';

/** Takes registered secrets out of text, also in the forms in which URLs and JSON carry them. */
export class Redactor {
  /** How often each form was registered: two owners may share a key. */
  private readonly forms = new Map<string, number>();

  /** @param secret ignored below `shortestSecretLength` characters */
  register(secret: string): Disposable {
    if (secret.length < shortestSecretLength) return toDisposable(() => undefined);
    const forms = formsOf(secret);
    for (const form of forms) this.forms.set(form, (this.forms.get(form) ?? 0) + 1);
    return toDisposable(() => {
      for (const form of forms) {
        const count = (this.forms.get(form) ?? 0) - 1;
        if (count > 0) this.forms.set(form, count);
        else this.forms.delete(form);
      }
    });
  }

  redact(text: string): string {
    const spans = [...this.forms.keys()].flatMap((form) => spansOf(text, form));
    if (spans.length === 0) return text;
    spans.sort((a, b) => a.start - b.start);
    let result = '';
    let end = 0;
    for (const span of spans) {
      // Secrets that overlap are one gap, so that no tail of the longer one remains.
      if (span.start >= end) result += text.slice(end, span.start) + replacement;
      end = Math.max(end, span.end);
    }
    return result + text.slice(end);
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function spansOf(text: string, form: string): Span[] {
  const spans: Span[] = [];
  for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
    spans.push({ start, end: start + form.length });
  }
  return spans;
}

function formsOf(secret: string): ReadonlySet<string> {
  const forms = new Set([secret, JSON.stringify(secret).slice(1, -1)]);
  try {
    forms.add(encodeURIComponent(secret)).add(encodeURI(secret));
  } catch {
    // A lone surrogate has no URL form.
  }
  return forms;
}
