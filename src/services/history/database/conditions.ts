import type { SqlValue } from 'sql.js';
import type { HistoryCursor, HistoryFilter, VerdictFilter } from '../../../shared/history/query';
import { scanKinds } from '../../../shared/scan/record';
import { verdicts } from '../../../shared/scan/verdict';
import { searchWords } from './searchText';
import { storedId } from './storedRecord';

/** Every verdict that a record can be listed under, in the order of lists. */
export const verdictFilters: readonly VerdictFilter[] = [...verdicts, 'none'];

/** A part of a statement, with the values of its parameters in their order. */
export interface Sql {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/**
 * Which entries are looked through, and by which conditions: where there are words to find, the entries themselves;
 * otherwise the index, which is a tenth of their size.
 * @returns what follows `FROM`
 */
export function matching(filter: HistoryFilter): Sql {
  const words = textConditions(filter);
  if (words.length === 0) {
    return after('entries INDEXED BY classes', [...placeConditions(filter), ...classConditions(filter, '')]);
  }
  return after('entries', [...placeConditions(filter), ...classConditions(filter, '+'), ...words]);
}

/**
 * The places that a page shows, in its order: columns started_at, id, kind, verdict and row.
 * @returns a statement
 */
export function pageOf(filter: HistoryFilter, place: HistoryCursor | undefined, limit: number): Sql {
  const columns = 'SELECT started_at, id, kind, verdict, row FROM';
  const newestFirst = 'ORDER BY started_at DESC, id DESC LIMIT ?';
  const time = placeConditions(filter, place);
  const words = textConditions(filter);
  const { kinds, verdicts: wanted } = filter;
  if (words.length > 0 || (kinds === undefined && wanted === undefined)) {
    const from = after('entries', [...time, ...classConditions(filter, '+'), ...words]);
    return { sql: `${columns} ${from.sql} ${newestFirst}`, values: [...from.values, limit] };
  }
  // The index knows the next of each class: a few of each are merged, however rare they are.
  const classes = (kinds ?? scanKinds).flatMap((kind) =>
    (wanted ?? verdictFilters).map((verdict) => [kind, verdict]),
  );
  if (classes.length === 0) return { sql: `${columns} entries WHERE 0`, values: [] };
  const parts = classes.map((values) => {
    const from = after('entries INDEXED BY classes', [{ sql: 'kind = ? AND verdict = ?', values }, ...time]);
    return { sql: `SELECT * FROM (${columns} ${from.sql} ${newestFirst})`, values: [...from.values, limit] };
  });
  return {
    sql: `${parts.map(({ sql }) => sql).join(' UNION ')} ${newestFirst}`,
    values: [...parts.flatMap(({ values }) => values), limit],
  };
}

function placeConditions({ id, from, before, finishedFrom }: HistoryFilter, place?: HistoryCursor): Sql[] {
  return [
    ...(id === undefined ? [] : [{ sql: 'id = ?', values: [storedId(id)] }]),
    ...(from === undefined ? [] : [{ sql: 'started_at >= ?', values: [from] }]),
    ...(before === undefined ? [] : [{ sql: 'started_at < ?', values: [before] }]),
    ...(finishedFrom === undefined ? [] : [{ sql: 'finished_at >= ?', values: [finishedFrom] }]),
    ...(place === undefined
      ? []
      : [{ sql: '(started_at, id) < (?, ?)', values: [place.startedAt, storedId(place.id)] }]),
  ];
}

/** @param plus keeps SQLite from taking the index of classes, after which it would have to sort */
function classConditions({ kinds, verdicts: wanted }: HistoryFilter, plus: '+' | ''): Sql[] {
  return [
    ...(kinds === undefined ? [] : [{ sql: `${plus}kind IN (${marks(kinds)})`, values: kinds }]),
    ...(wanted === undefined ? [] : [{ sql: `${plus}verdict IN (${marks(wanted)})`, values: wanted }]),
  ];
}

function textConditions({ text = '' }: HistoryFilter): Sql[] {
  return searchWords(text).map((word) => ({ sql: 'instr(search, ?)', values: [word] }));
}

function after(source: string, conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return { sql: source, values: [] };
  const { sql, values } = conjunction(conditions);
  return { sql: `${source} WHERE ${sql}`, values };
}

/** Balanced, as SQLite limits how deep conditions nest: a text pasted by mistake has thousands of words. */
function conjunction(conditions: readonly Sql[]): Sql {
  const [only] = conditions;
  if (only !== undefined && conditions.length === 1) return only;
  const middle = Math.ceil(conditions.length / 2);
  const [left, right] = [conjunction(conditions.slice(0, middle)), conjunction(conditions.slice(middle))];
  return { sql: `(${left.sql} AND ${right.sql})`, values: [...left.values, ...right.values] };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join();
}
