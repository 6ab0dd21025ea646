/**
 * Text from outside as a message's string (SARIF 2.1.0, 3.11): braces, which would be placeholders, are doubled as
 * the standard wants it, and what would be a link is parted by a space.
 */
export function messageText(text: string): string {
  return text.replace(/[{}]/g, '$&$&').replaceAll('](', '] (');
}

/** Ended like a sentence, as the first part of a message should be. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** As JSON without halves of surrogate pairs, which not every reader takes: they become U+FFFD. */
export function sarifJson(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed() : part,
  );
}
