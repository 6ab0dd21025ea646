import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/shared/event';
import { type FilterBox, FilterInput } from '../../../../src/ui/history/filterInput';
import { everything, type FilterChoice } from '../../../../src/ui/history/historyFilter';
import { FakeClock } from '../../support/fakeClock';
import { english } from '../../support/translate';

class FakeBox implements FilterBox {
  title: string | undefined;
  placeholder: string | undefined;
  validationMessage: FilterBox['validationMessage'];
  ignoreFocusOut = false;
  value = '';
  shown = 0;
  disposed = false;
  readonly values = new Emitter<string>();
  readonly accepts = new Emitter<void>();
  readonly hides = new Emitter<void>();
  readonly onDidChangeValue = this.values.event;
  readonly onDidAccept = this.accepts.event;
  readonly onDidHide = this.hides.event;

  type(value: string): void {
    this.value = value;
    this.values.fire(value);
  }

  show(): void {
    this.shown++;
  }

  dispose(): void {
    this.disposed = true;
  }
}

function setUp() {
  const clock = new FakeClock();
  const boxes: FakeBox[] = [];
  const applied: string[] = [];
  const model = {
    filterChoice: { ...everything, kinds: ['file'] } as FilterChoice,
    setFilter(choice: FilterChoice) {
      model.filterChoice = choice;
      applied.push(choice.text);
    },
  };
  const input = new FilterInput(
    model,
    clock,
    () => {
      const box = new FakeBox();
      boxes.push(box);
      return box;
    },
    (text) => text,
    english,
  );
  return { clock, boxes, applied, model, input, box: () => boxes.at(-1)! };
}

describe('the filter’s box', () => {
  it('filters when a person stops typing, with what was typed last', async () => {
    const { clock, input, box, applied, model } = setUp();
    input.show();
    for (const text of ['s', 'se', 'set']) {
      box().type(text);
      await clock.advance(100);
    }
    assert.deepEqual(applied, []);
    await clock.advance(200);
    assert.deepEqual(applied, ['set']);
    assert.deepEqual(model.filterChoice.kinds, ['file']);
  });

  it('leaves the filter as it was typed, however it is left', async () => {
    for (const leave of ['accepts', 'hides'] as const) {
      const { clock, input, box, applied } = setUp();
      input.show();
      box().type('abc');
      box()[leave].fire();
      assert.deepEqual(applied, ['abc']);
      assert.equal(box().disposed, true);
      await clock.advance(1_000);
      assert.deepEqual(applied, ['abc']);
      assert.equal(clock.pendingTimers, 0);
    }
  });

  it('begins with the words of now, and opens once', () => {
    const { input, boxes, box, model, applied } = setUp();
    model.filterChoice = { ...everything, text: 'abc' };
    input.show();
    input.show();
    assert.deepEqual([boxes.length, box().shown, box().value], [1, 2, 'abc']);
    assert.equal(box().ignoreFocusOut, true, 'nothing but a person closes it');
    box().hides.fire();
    input.show();
    assert.equal(boxes.length, 2);
    assert.deepEqual(applied, []);
  });

  it('clears the filter when it is emptied', async () => {
    const { clock, input, box, model } = setUp();
    model.filterChoice = { ...everything, text: 'abc' };
    input.show();
    box().type('');
    await clock.advance(200);
    assert.equal(model.filterChoice.text, '');
  });
});
