import type { ScanRecord } from '../../../shared/scan/record';

const surrogates = 0xd800;
/** Code points for private use at the end of Unicode, as many as there are surrogates. */
const standIns = 0x10f800;

/**
 * The form in which text is searched: without case and in one composition, so that `é` is found however a system wrote
 * it. Upper case, as lower case depends on a letter's place in its word (Σ, ς). Halves of surrogate pairs, which no
 * UTF-8 can hold, are replaced one for one.
 */
function foldText(text: string): string {
  const folded = text.toUpperCase().normalize('NFC');
  if (folded.isWellFormed()) return folded;
  return folded.replace(/\p{Surrogate}/gu, (half) =>
    String.fromCodePoint(standIns + half.charCodeAt(0) - surrogates),
  );
}

/** What a record is found by. Words hold no white space, so that none is found across the fields' borders. */
export function searchTextOf(record: Pick<ScanRecord, 'target' | 'summary' | 'sha256' | 'findings'>): string {
  const names = record.findings.flatMap(({ rule, title }) => [rule, title]);
  return foldText([record.target, record.summary, record.sha256 ?? '', ...new Set(names)].join('\n'));
}

/** The words of a search, folded, each once. */
export function searchWords(text: string): string[] {
  return [...new Set(foldText(text).split(/\s+/u))].filter((word) => word !== '');
}
