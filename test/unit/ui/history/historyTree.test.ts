import assert from 'node:assert/strict';
import type { GroupNode, HistoryNode, MoreNode, RecordNode } from '../../../../src/ui/history/historyNodes';
import { HistoryTree } from '../../../../src/ui/history/historyTree';
import { defined } from '../../../../src/shared/defined';
import { FakeHistory } from '../../support/fakeHistory';
import { madeRecord } from '../../support/scanRecords';

const noonMs = new Date('2024-01-15T12:00:00').getTime();
const dayMs = 86_400_000;

async function setUp(count: number, grouping: 'day' | 'kind' | 'verdict' = 'day') {
  const history = new FakeHistory();
  for (let index = 0; index < count; index += 1)
    await history.put(madeRecord({ startedAt: noonMs - index * 1_000 }));
  const tree = new HistoryTree(history, grouping);
  const changes: (readonly HistoryNode[] | undefined)[] = [];
  tree.onChanged((nodes) => changes.push(nodes));
  const groups = async (): Promise<readonly GroupNode[]> => (await tree.children()) as readonly GroupNode[];
  const group = async (index = 0): Promise<GroupNode> => (await groups())[index]!;
  return { history, tree, changes, groups, group };
}

const keysOf = (nodes: readonly GroupNode[]): string[] =>
  nodes.map(({ group }) => `${group.key} ${group.count}`);

describe('the history’s tree', () => {
  it('has the days, newest first and the newest open', async () => {
    const { history, groups } = await setUp(3);
    await history.put(madeRecord({ startedAt: noonMs - dayMs }));
    const nodes = await groups();
    assert.deepEqual(keysOf(nodes), ['2024-01-15 3', '2024-01-14 1']);
    assert.deepEqual(
      nodes.map(({ openAtFirst }) => openAtFirst),
      [true, false],
    );
  });

  it('has kinds and verdicts in the order of their gravity, and what belongs to each', async () => {
    const { history, tree, groups } = await setUp(1);
    await history.put(
      defined({ ...madeRecord({ kind: 'network', target: '10.0.0.1' }), verdict: undefined }),
    );
    await history.put(madeRecord({ kind: 'url', verdict: 'malicious' }));
    tree.show('verdict');
    assert.deepEqual(keysOf(await groups()), ['malicious 1', 'noThreatFound 1', 'none 1']);
    for (const node of await groups()) assert.equal((await tree.children(node)).length, 1);
    tree.show('kind');
    assert.deepEqual(keysOf(await groups()), ['file 1', 'url 1', 'network 1']);
    for (const node of await groups()) assert.equal((await tree.children(node)).length, 1);
  });

  it('loads a page, and the next when it is asked for, without loading the first again', async () => {
    const { history, tree, changes, group } = await setUp(250);
    const today = await group();
    const first = await tree.children(today);
    assert.equal(first.length, 101);
    const more = first.at(-1) as MoreNode;
    assert.deepEqual([more.type, more.remaining], ['more', 150]);
    history.asked.length = 0;
    tree.more(more);
    assert.deepEqual(changes, [[today]]);
    const second = await tree.children(today);
    assert.equal(second.length, 201);
    assert.equal(second[0], first[0], 'the same nodes');
    assert.deepEqual(history.asked, ['page']);
    tree.more(second.at(-1) as MoreNode);
    const all = await tree.children(today);
    assert.equal(all.length, 250);
    assert.equal(new Set(all.map(({ id }) => id)).size, 250);
  });

  it('keeps as many records after a change as were loaded before, in few questions', async () => {
    const { history, tree, group } = await setUp(1_500);
    for (let pages = 1; pages < 12; pages += 1)
      tree.more((await tree.children(await group())).at(-1) as MoreNode);
    assert.equal((await tree.children(await group())).length, 1_201);
    history.asked.length = 0;
    await tree.refresh();
    assert.equal((await tree.children(await group())).length, 1_201);
    assert.deepEqual(history.asked, ['groups', 'page', 'page']);
  });

  it('tells of no change where nothing has changed, and keeps its nodes', async () => {
    const { tree, changes, group } = await setUp(3);
    const today = await group();
    const before = await tree.children(today);
    await tree.refresh();
    assert.deepEqual(changes, []);
    assert.equal(await group(), today);
    assert.deepEqual(await tree.children(today), before);
  });

  it('tells of the group that has changed, and no other', async () => {
    const { history, tree, changes, groups } = await setUp(3);
    await history.put(madeRecord({ startedAt: noonMs - dayMs }));
    const [today, yesterday] = await groups();
    const before = await tree.children(today);
    await tree.children(yesterday);
    await history.put(madeRecord({ startedAt: noonMs + 1_000 }));
    await tree.refresh();
    assert.deepEqual(changes, [[today]]);
    assert.deepEqual(keysOf(await groups()), ['2024-01-15 4', '2024-01-14 1']);
    const after = await tree.children(today);
    assert.deepEqual(after.slice(1), before);
    assert.ok(after.slice(1).every((node, at) => node === before[at]));
  });

  it('shows a record anew that has changed', async () => {
    const { history, tree, changes, group } = await setUp(1);
    const [before] = (await tree.children(await group())) as RecordNode[];
    await history.put({ ...history.records.get(before!.record.id)!, verdict: 'malicious' });
    await tree.refresh();
    assert.deepEqual(changes, [[await group()]]);
    const [after] = (await tree.children(await group())) as RecordNode[];
    assert.deepEqual([after?.id, after?.record.verdict], [before?.id, 'malicious']);
  });

  it('begins anew where groups come, go or change places', async () => {
    const { history, tree, changes, groups } = await setUp(1);
    const [today] = await groups();
    await history.put(madeRecord({ startedAt: noonMs + dayMs }));
    await tree.refresh();
    assert.deepEqual(changes, [undefined]);
    assert.deepEqual(
      (await groups()).map((node) => [node.group.key, node.openAtFirst, node === today]),
      [
        ['2024-01-16', true, false],
        ['2024-01-15', true, true],
      ],
    );
    await history.clear();
    await tree.refresh();
    assert.deepEqual([changes.length, (await groups()).length], [2, 0]);
  });

  it('loses neither a change nor a page that is asked for while it refreshes', async () => {
    const { history, tree, group } = await setUp(250);
    const today = await group();
    const more = (await tree.children(today)).at(-1) as MoreNode;
    await history.put(madeRecord({ startedAt: noonMs + 1_000, target: '/a/new' }));
    const refreshing = tree.refresh();
    tree.more(more);
    await refreshing;
    const nodes = await tree.children(today);
    assert.equal(nodes.length, 201);
    assert.equal((nodes[0] as RecordNode).record.target, '/a/new');
  });

  it('asks nothing before anybody has asked', async () => {
    const { history, tree, changes } = await setUp(3);
    await tree.refresh();
    assert.deepEqual([history.asked, changes], [[], []]);
  });

  it('asks once, however often it is asked', async () => {
    const { history, tree, group } = await setUp(5);
    for (let time = 0; time < 3; time += 1) await tree.children(await group());
    assert.deepEqual(history.asked, ['groups', 'page']);
  });

  it('gives a record the same id after a change, so that selection and expansion stay', async () => {
    const { history, tree, group } = await setUp(2);
    const idsBefore = (await tree.children(await group())).map(({ id }) => id);
    await history.put(madeRecord({ startedAt: noonMs + 1 }));
    await tree.refresh();
    const idsAfter = (await tree.children(await group())).map(({ id }) => id);
    assert.deepEqual(idsAfter.slice(1), idsBefore);
  });

  it('shows what matches alone, opened as far as one page goes', async () => {
    const { history, tree, groups } = await setUp(30);
    for (let days = 1; days < 5; days += 1) {
      for (let count = 0; count < 40; count += 1)
        await history.put(madeRecord({ startedAt: noonMs - days * dayMs }));
    }
    await history.put(madeRecord({ startedAt: noonMs - dayMs, target: '/a/needle.txt' }));
    tree.setFilter({ kinds: ['file'] });
    assert.deepEqual(
      (await groups()).map(({ openAtFirst }) => openAtFirst),
      [true, true, false, false, false],
    );
    tree.setFilter({ text: 'needle' });
    const nodes = await groups();
    assert.deepEqual(keysOf(nodes), ['2024-01-14 1']);
    assert.equal(tree.matching, 1);
    assert.equal((await tree.children(nodes[0])).length, 1);
  });

  it('drops an answer that comes after the question has changed', async () => {
    const { tree, group, groups } = await setUp(3);
    const late = tree.children(await group());
    tree.setFilter({ text: 'nothing at all' });
    await late;
    assert.deepEqual(await groups(), []);
    assert.equal(tree.matching, 0);
    assert.deepEqual(tree.shownRecords, []);
  });

  it('rejects as the history does, and asks again after a refresh', async () => {
    const { history, tree, changes, groups } = await setUp(1);
    history.become({ type: 'failed', message: 'x' });
    await assert.rejects(tree.children(), { code: 'history.failed' });
    await tree.refresh();
    assert.deepEqual(changes, [undefined]);
    history.become({ type: 'ready' });
    const [today] = await groups();
    history.become({ type: 'failed', message: 'x' });
    await assert.rejects(tree.children(today), { code: 'history.failed' });
    history.become({ type: 'ready' });
    await tree.refresh();
    assert.equal((await tree.children(today)).length, 1);
    tree.reload();
    assert.equal((await groups()).length, 1);
  });

  it('never shows a record twice, also where it moved between two questions', async () => {
    const { history, tree, group } = await setUp(150);
    const today = await group();
    const first = await tree.children(today);
    const moved = [...history.records.values()][0]!;
    history.records.set(moved.id, { ...moved, startedAt: noonMs - 140_500 });
    tree.more(first.at(-1) as MoreNode);
    const ids = (await tree.children(today)).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
