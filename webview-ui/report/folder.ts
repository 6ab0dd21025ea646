import { problemFileText } from '../../src/shared/presentation/engineReasons';
import { formatBytes, formatCount, formatInteger } from '../../src/shared/presentation/format';
import { verdictLabel } from '../../src/shared/presentation/verdictTexts';
import type { FolderDetails, ProblemFile, ScanRecord } from '../../src/shared/scan/record';
import { type Verdict, verdicts } from '../../src/shared/scan/verdict';
import { element } from '../dom';
import { icon } from '../icons';
import { fillBounded } from './boundedList';
import { outsideText } from './outsideText';
import { relativePath } from './paths';
import type { ReportContext } from './reportContext';
import { Section } from './section';
import { toneIcons } from './tones';

const problemsAtFirst = 20;
const problemsStep = 200;

/** What the files of a folder got, and which of them have no full answer. */
export class FolderSections {
  private readonly files = new Section('files', 'The files');
  private readonly problems = new Section('problems', 'Files without a full answer');
  readonly filesElement = this.files.element;
  readonly problemsElement = this.problems.element;

  constructor(private readonly context: ReportContext) {}

  update({ details, target }: ScanRecord): void {
    const folder = details?.type === 'folder' ? details : undefined;
    this.files.update(folder && { ...folder, problems: [] }, (content) => [
      ...verdictShares(content.verdicts),
      counts(content),
    ]);
    this.problems.update(
      folder && folder.problems.length > 0 ? { target, problems: folder.problems } : undefined,
      (content) => this.buildProblems(content.target, content.problems),
    );
  }

  private buildProblems(target: string, problems: readonly ProblemFile[]): Node[] {
    const list = element('ul', { class: 'problem-files' });
    const more = fillBounded({
      key: 'problems',
      memory: this.context.memory,
      items: problems.map((problem, index) => ({ problem, index })),
      atFirst: problemsAtFirst,
      step: problemsStep,
      holder: list,
      row: ({ problem, index }) => this.problem(target, problem, index),
      noun: 'files',
    });
    return [list, ...(more ? [more] : [])];
  }

  private problem(target: string, problem: ProblemFile, index: number): HTMLElement {
    const name = outsideText(relativePath(target, problem.path), {
      class: 'code',
      longest: 200,
      expands: false,
    });
    const link = element(
      'button',
      {
        class: 'link',
        title: 'Open this file',
        attributes: { type: 'button', 'data-key': `problem-${index}` },
      },
      name,
    );
    link.addEventListener('click', () => {
      this.context.send({ type: 'openProblem', revision: this.context.revision(), problem: index });
    });
    return element(
      'li',
      {},
      element('div', {}, link),
      element('div', { class: 'quiet' }, outsideText(problemFileText(problem), { longest: 300 })),
    );
  }
}

/** A bar by share, and the same in words: the bar alone tells nothing to who cannot see it. */
function verdictShares(counted: FolderDetails['verdicts']): Node[] {
  const shares = verdicts.flatMap((verdict) => {
    const count = counted[verdict] ?? 0;
    return count > 0 ? [{ verdict, count }] : [];
  });
  if (shares.length === 0) return [];
  const bar = element('div', { class: 'shares', attributes: { 'aria-hidden': 'true' } });
  const legend = element('ul', { class: 'share-legend' });
  for (const { verdict, count } of shares) {
    const part = element('span', { class: 'share' });
    part.dataset['tone'] = verdict;
    part.style.setProperty('flex-grow', count.toString());
    bar.append(part);
    legend.append(legendEntry(verdict, count));
  }
  return [bar, legend];
}

function legendEntry(verdict: Verdict, count: number): HTMLElement {
  const entry = element(
    'li',
    {},
    icon(toneIcons[verdict]),
    element('strong', { text: formatInteger(count) }),
    element('span', { text: verdictLabel(verdict).toLowerCase() }),
  );
  entry.dataset['tone'] = verdict;
  return entry;
}

function counts({ files, bytes, unchanged, excluded, special, links }: FolderDetails): HTMLElement {
  const sentences = [
    `${formatCount(files, 'file')}, ${formatBytes(bytes)}.`,
    unchanged > 0
      ? `${formatInteger(unchanged)} had not changed since an earlier scan, whose verdict was taken over.`
      : '',
    excluded > 0 ? `${formatInteger(excluded)} left out by exclusions.` : '',
    special > 0
      ? `${formatCount(special, 'pipe, socket or device', 'pipes, sockets or devices')} not read.`
      : '',
    links !== undefined && links > 0 ? `${formatCount(links, 'symbolic link')} not followed.` : '',
  ];
  return element('p', { class: 'note', text: sentences.filter(Boolean).join(' ') });
}
