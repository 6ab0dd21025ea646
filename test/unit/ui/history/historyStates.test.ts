import assert from 'node:assert/strict';
import { announceHistoryStates } from '../../../../src/ui/history/historyStates';
import { FakeHistory } from '../../support/fakeHistory';
import { english } from '../../support/translate';

function setUp() {
  const history = new FakeHistory();
  const said: string[] = [];
  const announcing = announceHistoryStates(
    history,
    {
      warning: (message, ...actions) => said.push(`${message} [${actions.map(({ label }) => label).join()}]`),
      showLogAction: { label: 'Show Log', run: () => undefined },
    },
    (file) => ({ label: `Reveal ${file}`, run: () => undefined }),
    english,
  );
  return { history, said, announcing };
}

const full = { type: 'unwritable', problem: 'full', systemCode: 'ENOSPC', waiting: 1, message: 'x' } as const;

describe('the state of the history', () => {
  it('is told once for as long as it lasts', () => {
    const { history, said } = setUp();
    history.become(full);
    history.become({ ...full, waiting: 2 });
    history.become({ type: 'closed' });
    history.become({ ...full, waiting: 3 });
    assert.deepEqual(said, [
      'The scan history cannot be saved: the disk is full. 1 change waits in memory until it can. [Show Log]',
    ]);
    history.become({ type: 'ready' });
    history.become(full);
    assert.equal(said.length, 2);
  });

  it('needs no words while all is well', () => {
    const { history, said } = setUp();
    history.become({ type: 'ready' });
    history.become({ type: 'closed' });
    assert.deepEqual(said, []);
  });

  it('has a sentence for each reason', () => {
    const reasons = [
      ...(['full', 'readOnly', 'forbidden', 'locked', 'failed'] as const).map((problem) => ({ problem })),
      { problem: 'failed', systemCode: 'EIO' } as const,
    ];
    const sentences = reasons.map((reason) => {
      const { history, said } = setUp();
      history.become({ type: 'unwritable', waiting: 0, message: 'x', ...reason });
      return said[0];
    });
    assert.equal(new Set(sentences).size, reasons.length);
    for (const type of ['newerVersion', 'failed'] as const) {
      const { history, said } = setUp();
      history.become({ type, message: 'secret' });
      assert.match(said[0] ?? '', /\. \[Show Log\]$/);
      assert.doesNotMatch(said[0] ?? '', /secret/);
    }
  });

  it('says what becomes of scans where it cannot be read', () => {
    const { history, said } = setUp();
    history.become({ type: 'failed', message: 'x' });
    assert.match(said[0] ?? '', /Scans of this window wait in memory/);
    history.become({ type: 'newerVersion' });
    assert.match(said[1] ?? '', /Scans of this window are not kept until .* the window reloaded/);
  });

  it('names a file that was set aside, each time, as it is seen', () => {
    const { history, said, announcing } = setUp();
    for (const problem of ['damaged', 'foreign'] as const) {
      history.setsAside.fire({ file: '/x/history $(alert) 2026.sqlite', problem });
    }
    assert.equal(said.length, 2);
    for (const text of said) {
      assert.match(text, /history \$\u200b\(alert\) 2026\.sqlite.*\[Reveal \/x\/history/);
    }
    history.setsAside.fire({ file: '/x/history-000001.journal', problem: 'missing' });
    assert.match(said[2] ?? '', /missing: history-000001\.journal\..*\[Show Log\]$/);
    announcing.dispose();
    history.setsAside.fire({ file: '/x/y', problem: 'damaged' });
    assert.equal(said.length, 3);
  });
});
