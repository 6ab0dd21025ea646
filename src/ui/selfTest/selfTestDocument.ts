import type { SelfTestLine, SelfTestResult } from '../../services/selfTest/selfTest';
import { engineReasonClause } from '../../shared/presentation/engineReasons';
import { oneLine } from '../../shared/presentation/plainText';
import { databaseText } from '../../shared/presentation/reportTexts';
import type { DateTexts } from '../dateTexts';
import type { Translate } from '../translate';

/** What came of a self-test, as plain text with one line for each engine. */
export function selfTestDocument(
  result: SelfTestResult,
  dates: Pick<DateTexts, 'exact'>,
  t: Translate,
): string {
  const { lines, finishedAt, problem } = result;
  const caught = lines.filter(({ outcome }) => outcome === 'caught').length;
  const missed = lines.filter(({ outcome }) => outcome === 'missed').length;
  return `${[
    `${t('Sentinel Self-Test')} · ${dates.exact(finishedAt)}`,
    headline(caught, missed, lines.length, t),
    ...(problem === undefined ? [] : [problemText(problem, t)]),
    table(gravestFirst(lines).map((line) => cells(line, finishedAt, t))),
    [
      t('The EICAR test file is harmless; anti-virus programs agree to report it.'),
      t('It lay in a private temporary folder, and was removed.'),
      t('Nothing of this is in the history.'),
    ].join('\n'),
  ].join('\n\n')}\n`;
}

/** In a few words, for a toast. */
export function selfTestSummary({ lines }: SelfTestResult, t: Translate): string {
  const names = (outcome: SelfTestLine['outcome']): string =>
    lines
      .filter((line) => line.outcome === outcome)
      .map(({ name }) => name)
      .join(', ');
  const [caught, missed] = [names('caught'), names('missed')];
  if (missed !== '') return t('Self-test: the test file was missed by {0}.', oneLine(missed));
  if (caught === '') return t('Self-test: no engine saw the test file.');
  return t('Self-test: caught by {0}.', oneLine(caught));
}

function headline(caught: number, missed: number, all: number, t: Translate): string {
  if (missed > 0)
    return t('{0} of {1} caught the test file. {2} saw it and said nothing.', caught, all, missed);
  if (caught === all) return t('All {0} caught the test file.', all);
  return t('{0} of {1} caught the test file; the others were not asked or gave no answer.', caught, all);
}

const outcomes: readonly SelfTestLine['outcome'][] = ['missed', 'caught', 'notRun'];

/** Those that were not asked come last. */
function gravestFirst(lines: readonly SelfTestLine[]): readonly SelfTestLine[] {
  return lines.toSorted((one, other) => outcomes.indexOf(one.outcome) - outcomes.indexOf(other.outcome));
}

/** Columns of the width that they need. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('   '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function cells(line: SelfTestLine, now: number, t: Translate): readonly string[] {
  const { name, outcome, report } = line;
  const version = report?.version === undefined ? name : `${name} ${report.version}`;
  return [
    `${sign(outcome)} ${oneLine(version, 60)}`,
    outcomeText(line, t),
    oneLine(why(line, now).trim().replace(/\s+/g, ' ')),
  ];
}

function why({ outcome, found, report }: SelfTestLine, now: number): string {
  if (outcome === 'caught') return found ?? report?.detail ?? '';
  const database = outcome === 'missed' && report !== undefined ? databaseText(report, now) : undefined;
  const reason = report?.reason === undefined ? undefined : engineReasonClause(report.reason);
  return [reason, report?.detail, database].filter(Boolean).join('; ');
}

function sign(outcome: SelfTestLine['outcome']): string {
  switch (outcome) {
    case 'caught':
      return '✔';
    case 'missed':
      return '✘';
    case 'notRun':
      return '–';
  }
}

function outcomeText({ outcome, report }: SelfTestLine, t: Translate): string {
  switch (outcome) {
    case 'caught':
      return report?.sendsAway === true ? t('caught, by what was sent away') : t('caught');
    case 'missed':
      return t('missed');
    case 'notRun':
      return report?.state === 'notAsked' ? t('not asked') : t('no answer');
  }
}

function problemText({ type, message }: NonNullable<SelfTestResult['problem']>, t: Translate): string {
  return type === 'taken'
    ? [
        t('The test file could not be read after it was written:'),
        t('another anti-virus program on this machine has probably taken it away.'),
      ].join('\n')
    : t('The scan did not come to its end: {0}', oneLine(message));
}
