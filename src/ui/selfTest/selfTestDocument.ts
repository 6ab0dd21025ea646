import type { SelfTestLine, SelfTestResult } from '../../services/selfTest/selfTest';
import { engineReasonClause } from '../../shared/presentation/engineReasons';
import { oneLine } from '../../shared/presentation/plainText';
import { databaseText } from '../../shared/presentation/reportTexts';
import type { DateTexts } from '../history/dateTexts';
import type { Translate } from '../translate';

/** What came of a self-test, as Markdown with one line for each engine. Nothing from outside becomes markup in it. */
export function selfTestDocument(
  result: SelfTestResult,
  dates: Pick<DateTexts, 'exact'>,
  t: Translate,
): string {
  const { lines, finishedAt, problem } = result;
  const caught = lines.filter(({ outcome }) => outcome === 'caught').length;
  const missed = lines.filter(({ outcome }) => outcome === 'missed').length;
  return `${[
    `# ${t('Sentinel Self-Test')}`,
    headline(caught, missed, lines.length, t),
    ...(problem === undefined ? [] : [problemText(problem, t)]),
    [
      `| ${t('Engine')} | ${t('Result')} | ${t('Why')} |`,
      '| --- | --- | --- |',
      ...lines.map((line) => row(line, finishedAt, t)),
    ].join('\n'),
    t(
      'The EICAR test file is harmless, and every anti-virus program is agreed to report it. It was written into a private temporary folder, shown to each engine and removed. Nothing of this is in the history.',
    ),
    dates.exact(finishedAt),
  ].join('\n\n')}\n`;
}

function headline(caught: number, missed: number, all: number, t: Translate): string {
  if (missed > 0)
    return t('{0} of {1} caught the test file. {2} saw it and said nothing.', caught, all, missed);
  if (caught === all) return t('All {0} caught the test file.', all);
  return t('{0} of {1} caught the test file; the others were not asked or gave no answer.', caught, all);
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

function row({ name, outcome, found, report }: SelfTestLine, now: number, t: Translate): string {
  const version = report?.version === undefined ? name : `${name} ${report.version}`;
  return `| ${cell(version)} | ${outcomeText(outcome, report?.sendsAway === true, t)} | ${why()} |`;

  function why(): string {
    if (outcome === 'caught') return cell(found ?? report?.detail ?? '');
    const database = report === undefined ? undefined : databaseText(report, now);
    const reason = report?.reason === undefined ? '' : engineReasonClause(report.reason);
    return cell(
      [reason, report?.detail, outcome === 'missed' ? database : undefined].filter(Boolean).join('; '),
    );
  }
}

function outcomeText(outcome: SelfTestLine['outcome'], sendsAway: boolean, t: Translate): string {
  switch (outcome) {
    case 'caught':
      return sendsAway ? t('✅ caught, by its hash or content sent away') : t('✅ caught');
    case 'missed':
      return t('❌ missed');
    case 'notRun':
      return t('➖ not asked, or no answer');
  }
}

function problemText({ type, message }: NonNullable<SelfTestResult['problem']>, t: Translate): string {
  return type === 'taken'
    ? t(
        'The test file could not be read after it was written: another anti-virus program on this machine has probably taken it away.',
      )
    : t('The scan did not come to its end: {0}', cell(message));
}

/** One line, in which no sign means anything to Markdown. */
function cell(text: string): string {
  return oneLine(text.trim(), 300).replace(/[\\`*_{}[\]<>()#+!|~&$-]/g, '\\$&');
}
