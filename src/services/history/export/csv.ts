/**
 * A row of RFC 4180. Cells are as `textCell` makes them, or numbers and times that need none of it.
 */
export function csvRow(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

/** Some languages' spreadsheets separate cells by semicolons or tabs, whatever the file says. */
const needsQuotes = /[",;\t\r\n]|^\s|\s$/;

/** The cheap question, which nearly every name, path and hash answers with yes: there is nothing to be done. */
const isPlain = /^[A-Za-z0-9/\\.](?:[^",;\t\r\n]*[^",;\s])?$/;

/**
 * Where a formula would begin: at the start of the cell, and of what a spreadsheet that splits by semicolons, tabs or
 * lines takes for a cell; behind blanks, quotes and invisible characters, too. The full-width signs count as well, as some
 * spreadsheets make ordinary ones of them. What may stand before it is one class: the byte order mark is a blank and
 * an invisible character, and two ways to match it would be two more with each.
 */
const formulaStart = /(^|[;\t\r\n])(?=(?:(?![\t\r\n])['"\s\p{Cf}\p{Cc}])*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;

/** A spreadsheet may drop what such a cell begins with, and look at the rest anew. */
const blankStart = /^(?='*[\t\r\n])/;

/**
 * Text from outside as a cell that no spreadsheet computes: an apostrophe is put before what would begin a formula,
 * and before a tab or the end of a line at the start. It is put there, too, where apostrophes stand already, so that
 * whoever wants the original takes one apostrophe away from each such place, and nothing else.
 */
export function textCell(text: string): string {
  if (isPlain.test(text)) return text;
  const harmless = text.replace(formulaStart, "$1'").replace(blankStart, "'");
  return needsQuotes.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
