import assert from 'node:assert/strict';
import { HistoryActions } from '../../../../src/ui/history/historyActions';
import type { RecordNode } from '../../../../src/ui/history/historyNodes';
import { Rescanners } from '../../../../src/ui/history/rescanners';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { FakeHistory } from '../../support/fakeHistory';
import { madeRecord } from '../../support/scanRecords';
import { english } from '../../support/translate';

function setUp() {
  const history = new FakeHistory();
  const rescanners = new Rescanners();
  const opened: ScanRecord[] = [];
  const said: string[] = [];
  const copied: string[] = [];
  const questions: string[] = [];
  const answers = { yes: true };
  const actions = new HistoryActions({
    history,
    rescanners,
    openReport: (record) => opened.push(record),
    notifications: { info: (message) => said.push(message) },
    t: english,
    writeClipboard: (text) => {
      copied.push(text);
      return Promise.resolve();
    },
    mention: (text) => said.push(text),
    confirm: (question) => {
      questions.push(question);
      return Promise.resolve(answers.yes);
    },
  });
  const put = async (given: Partial<ScanRecord> = {}): Promise<RecordNode> => {
    const record = madeRecord(given);
    await history.put(record);
    return { type: 'record', id: record.id, record };
  };
  return { history, rescanners, opened, said, copied, questions, answers, actions, put };
}

describe('what can be done with a record', () => {
  it('opens the whole of it, or says that it has gone', async () => {
    const { actions, put, opened, history, said } = setUp();
    const node = await put({ target: '/a/x$(alert).txt' });
    await actions.open([node]);
    assert.equal(opened[0]?.engines.length, 1);
    await history.clear();
    await actions.open([node]);
    assert.equal(opened.length, 1);
    assert.match(said[0] ?? '', /^x\$\u200b\(alert\)\.txt is not in the history/);
  });

  it('opens a handful of reports, and not a page of them', async () => {
    const { actions, put, opened, said } = setUp();
    const nodes: RecordNode[] = [];
    for (let count = 0; count < 11; count += 1) nodes.push(await put());
    await actions.open(nodes.slice(0, 10));
    assert.equal(opened.length, 10);
    await actions.open(nodes);
    assert.deepEqual([opened.length, said.length], [10, 1]);
  });

  it('scans each target once more, by the kind’s own way', async () => {
    const { actions, put, rescanners, said } = setUp();
    const scanned: string[] = [];
    rescanners.add('file', (target) => scanned.push(target));
    const nodes = [
      await put({ target: '/a' }),
      await put({ target: '/a' }),
      await put({ kind: 'url', target: 'x' }),
    ];
    await actions.rescan(nodes);
    assert.deepEqual(scanned, ['/a']);
    assert.deepEqual(said, ['x cannot be scanned again from here.']);
    assert.throws(() => {
      rescanners.add('file', () => undefined);
    });
  });

  it('copies targets and hashes as they are', async () => {
    const { actions, put, copied } = setUp();
    const nodes = [await put({ target: '/a\n"=x', sha256: 'a'.repeat(64) }), await put({ target: '/b' })];
    await actions.copyTargets(nodes);
    await actions.copyHashes(nodes);
    await actions.copyHashes([nodes[1]!]);
    assert.deepEqual(copied, ['/a\n"=x\n/b', 'a'.repeat(64)]);
  });

  it('deletes one at once, and several when that is meant', async () => {
    const { actions, put, history, questions, answers } = setUp();
    const nodes = [await put(), await put(), await put()];
    await actions.remove(nodes.slice(0, 1));
    assert.deepEqual([questions.length, history.records.size], [0, 2]);
    answers.yes = false;
    await actions.remove(nodes.slice(1));
    assert.deepEqual([questions.length, history.records.size], [1, 2]);
    answers.yes = true;
    await actions.remove(nodes.slice(1));
    assert.equal(history.records.size, 0);
    assert.match(questions[0] ?? '', /2 records/);
  });

  it('clears everything after a question that says how much it is', async () => {
    const { actions, put, history, questions, answers, said } = setUp();
    for (let count = 0; count < 3; count += 1) await put();
    answers.yes = false;
    await actions.clear();
    assert.equal(history.records.size, 3);
    answers.yes = true;
    await actions.clear();
    assert.equal(history.records.size, 0);
    assert.match(questions[0] ?? '', /3 records/);
    await actions.clear();
    assert.deepEqual([questions.length, said], [2, ['The scan history is empty.']]);
  });
});
