import { formatDuration } from '../../src/shared/presentation/moments';
import {
  databaseText,
  engineAnswer,
  engineSummary,
  findingsByEngine,
  judges,
  nothingLeftMachine,
} from '../../src/shared/presentation/reportTexts';
import type { EngineReport, ScanRecord } from '../../src/shared/scan/record';
import { element } from '../dom';
import { icon } from '../icons';
import { outsideText } from './outsideText';
import { Section } from './section';
import { Table } from './table';
import { engineIcons } from './tones';

/** Who was asked, what each answered, who was not asked and why, and who is still at it. */
export class EnginesSection {
  private readonly section = new Section('engines', 'Who was asked');
  readonly element = this.section.element;

  update({ engines, findings, finishedAt, kind }: ScanRecord): void {
    const counts = findingsByEngine(findings);
    const grave = new Set(findings.flatMap(({ weight, engine }) => (weight === 'malicious' ? [engine] : [])));
    const answers = engines.map((engine) => ({
      engine,
      findings: counts.get(engine.id) ?? 0,
      isGrave: grave.has(engine.id),
    }));
    this.section.update({ answers, finishedAt, isJudged: judges({ kind }) }, (content) => build(content));
  }
}

interface EnginesContent {
  readonly answers: readonly {
    readonly engine: EngineReport;
    readonly findings: number;
    /** It says that the target does harm. */
    readonly isGrave: boolean;
  }[];
  readonly finishedAt: number;
  readonly isJudged: boolean;
}

function build({ answers, finishedAt, isJudged }: EnginesContent): Node[] {
  const engines = answers.map(({ engine }) => engine);
  const summary = element('p', { class: 'note', text: engineSummary(engines) });
  if (nothingLeftMachine(engines))
    summary.append(' ', element('strong', { text: 'Nothing left this machine.' }));
  if (engines.length === 0) return [summary];
  const table = new Table('Engines', 'engine-answers', ['Engine', 'Answer', 'Version']);
  for (const { engine, findings, isGrave } of answers) {
    const row = table.row(
      [outsideText(engine.name, { longest: 100 })],
      answerOf(engine, engineAnswer(engine, findings, isJudged), isGrave),
      versionOf(engine, finishedAt),
    );
    row.dataset['state'] = isGrave ? 'grave' : engine.state;
    table.rows.append(row);
  }
  return [summary, table.element];
}

function answerOf(engine: EngineReport, answer: string, isGrave: boolean): Node[] {
  const { state, detail, elapsedMs } = engine;
  const took = elapsedMs === undefined || state === 'notAsked' ? '' : ` · ${formatDuration(elapsedMs)}`;
  return [
    element(
      'div',
      { class: 'answer' },
      icon(isGrave ? 'error' : engineIcons[state]),
      element('span', { text: answer }, element('span', { class: 'quiet took', text: took })),
    ),
    ...(detail === undefined || detail.trim() === ''
      ? []
      : [element('div', { class: 'answer-detail quiet' }, outsideText(detail.trim(), { longest: 300 }))]),
  ];
}

function versionOf(engine: EngineReport, finishedAt: number): Node[] {
  const database = databaseText(engine, finishedAt);
  const nodes: Node[] = [];
  if (engine.version !== undefined)
    nodes.push(element('div', {}, outsideText(engine.version, { longest: 80 })));
  if (database !== undefined) {
    nodes.push(element('div', { class: 'quiet' }, outsideText(database, { longest: 120 })));
  }
  return nodes;
}
