/** Figures that a template of the status bar can show. */
export const templateFigures = [
  'cpu',
  'memory',
  'disk',
  'gpu',
  'gpuMemory',
  'down',
  'up',
  'load',
  'temperature',
] as const;
export type TemplateFigure = (typeof templateFigures)[number];

/** Texts by figure; one that cannot be had is missing. */
export type FigureTexts = Readonly<Partial<Record<TemplateFigure, string>>>;

export const defaultTemplate = '$(pulse) {cpu}[  $(circuit-board) {gpu}]';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'figure'; readonly figure: TemplateFigure }
  | { readonly kind: 'group'; readonly parts: readonly Part[] };

/**
 * The text of the status bar as a person wrote it in the settings: `{name}` stands for a figure, and a part in
 * brackets is left out where one of its figures cannot be had.
 */
export interface Template {
  readonly figures: ReadonlySet<TemplateFigure>;
  render(texts: FigureTexts): string;
}

/** @returns the template, or what is wrong with it in words for the log */
export function parseTemplate(source: string): { template: Template } | { problem: string } {
  const figures = new Set<TemplateFigure>();
  const outer: Part[] = [];
  let group: Part[] | undefined;
  for (const [token] of source.matchAll(/\{[^{}]*\}|\[|\]|[^{}[\]]+|[{}]/g)) {
    if (token === '[') {
      if (group !== undefined) return { problem: 'brackets cannot stand in brackets' };
      group = [];
    } else if (token === ']') {
      if (group === undefined) return { problem: '"]" has no "[" before it' };
      outer.push({ kind: 'group', parts: group });
      group = undefined;
    } else {
      const part = parsePart(token);
      if ('problem' in part) return part;
      if (part.kind === 'figure') figures.add(part.figure);
      (group ?? outer).push(part);
    }
  }
  if (group !== undefined) return { problem: '"[" has no "]" after it' };
  return { template: { figures, render: (texts) => render(outer, texts).trim() } };
}

function parsePart(token: string): Part | { problem: string } {
  if (!/^[{}]/.test(token)) return { kind: 'text', text: token };
  const name = token.slice(1, -1).trim();
  const figure = templateFigures.find((known) => known === name);
  if (figure === undefined) {
    return { problem: `"${token}" is no figure; there are ${templateFigures.join(', ')}` };
  }
  return { kind: 'figure', figure };
}

function render(parts: readonly Part[], texts: FigureTexts): string {
  return parts
    .map((part) => {
      switch (part.kind) {
        case 'text':
          return part.text;
        case 'figure':
          return texts[part.figure] ?? '–';
        case 'group':
          return part.parts.some((inner) => inner.kind === 'figure' && texts[inner.figure] === undefined)
            ? ''
            : render(part.parts, texts);
      }
    })
    .join('');
}
