import assert from 'node:assert/strict';
import {
  defaultTemplate,
  type FigureTexts,
  parseTemplate,
  templateFigures,
} from '../../../../src/ui/statusBar/template';

function rendered(source: string, texts: FigureTexts): string {
  const parsed = parseTemplate(source);
  assert.ok('template' in parsed, `"${source}" was refused`);
  return parsed.template.render(texts);
}

function problemOf(source: string): string {
  const parsed = parseTemplate(source);
  assert.ok('problem' in parsed, `"${source}" was accepted`);
  return parsed.problem;
}

describe('status bar template', () => {
  it('puts figures in and leaves other text alone', () => {
    assert.equal(
      rendered('$(pulse) {cpu} | {down}', { cpu: '31%', down: '4 MB/s' }),
      '$(pulse) 31% | 4 MB/s',
    );
  });

  it('shows a dash for a figure that cannot be had', () => {
    assert.equal(rendered('{cpu} {temperature}', { cpu: '31%' }), '31% –');
  });

  it('drops a bracketed part that lacks a figure, and keeps one that has all', () => {
    assert.equal(rendered('{cpu}[ G {gpu}][ M {memory}]', { cpu: '1%', memory: '2%' }), '1% M 2%');
  });

  it('drops a bracketed part with two figures when one of them is missing', () => {
    assert.equal(rendered('{cpu}[ {gpu}/{gpuMemory}]', { cpu: '1%', gpu: '2%' }), '1%');
  });

  it('keeps a bracketed part without figures', () => {
    assert.equal(rendered('[a]{cpu}', { cpu: '1%' }), 'a1%');
  });

  it('tells which figures it shows', () => {
    const parsed = parseTemplate('{cpu}[ {gpu}]');
    assert.ok('template' in parsed);
    assert.deepEqual([...parsed.template.figures].sort(), ['cpu', 'gpu']);
  });

  it('accepts its own default and every figure', () => {
    rendered(defaultTemplate, {});
    for (const figure of templateFigures) assert.equal(rendered(`{${figure}}`, { [figure]: 'x' }), 'x');
  });

  for (const source of ['{cpus}', '{}', '{cpu', 'cpu}', '[{cpu}', '{cpu}]', '[a[b]]', '{constructor}']) {
    it(`refuses ${source}`, () => {
      assert.notEqual(problemOf(source), '');
    });
  }
});
