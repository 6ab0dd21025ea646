import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/shared/event';
import type { NetworkRecord } from '../../../../src/services/network/networkRecord';
import type { NetworkScanEvent } from '../../../../src/services/network/networkService';
import type { NetworkScanRequest } from '../../../../src/services/network/scanRequest';
import type { ListeningReading } from '../../../../src/shared/network/listeningPort';
import type { NetworkHost, NetworkPort } from '../../../../src/shared/network/networkDetails';
import { DateTexts } from '../../../../src/ui/dateTexts';
import { comparisonDocument } from '../../../../src/ui/network/comparisonDocument';
import { NetworkModel } from '../../../../src/ui/network/networkModel';
import type { NetworkNode } from '../../../../src/ui/network/networkNodes';
import { rowText } from '../../../../src/ui/network/rowText';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLogger } from '../../support/recordingLogger';
import { networkScan } from '../../support/reportRecords';
import { english } from '../../support/translate';

const request: NetworkScanRequest = {
  target: '10.0.0.0/24',
  address: '10.0.0.0/24',
  family: 'ipv4',
  addressCount: 256,
  profile: 'quick',
  needs: [],
};

function host(
  address: string,
  ports: readonly NetworkPort[] = [],
  names: readonly string[] = [],
): NetworkHost {
  return { address, family: 'ipv4', names: [...names], state: 'up', ports: [...ports], otherPorts: [] };
}

function open(port: number, service?: string): NetworkPort {
  return { port, protocol: 'tcp', state: 'open', ...(service === undefined ? {} : { service }) };
}

function recordOf(hosts: readonly NetworkHost[], more: Partial<NetworkRecord> = {}): NetworkRecord {
  const clock = new FakeClock();
  return {
    ...networkScan(),
    id: `record${hosts.length}`,
    target: request.target,
    startedAt: clock.now(),
    finishedAt: clock.now(),
    details: {
      type: 'network',
      profile: 'quick',
      hosts: [...hosts],
      hostsUp: hosts.length,
      hostsTotal: 256,
      openPorts: hosts.flatMap(({ ports }) => ports).filter(({ state }) => state === 'open').length,
      complete: true,
      leftOut: [],
      scannerVersion: '7.93',
    },
    ...more,
  };
}

function setUp(previous?: NetworkRecord, reading?: Partial<ListeningReading>) {
  const clock = new FakeClock();
  const events = new Emitter<NetworkScanEvent>();
  const messages: string[] = [];
  let changes = 0;
  let reads = 0;
  const model = new NetworkModel({
    service: { onEvent: events.event, previous: () => Promise.resolve(previous) },
    listening: {
      read: () => {
        reads += 1;
        return Promise.resolve({ ports: [], problems: [], readAt: 0, ...reading });
      },
    },
    clock,
    logger: new RecordingLogger(),
    platform: 'linux',
    t: english,
    dates: new DateTexts('en'),
  });
  model.onChanged(() => (changes += 1));
  model.onMessage((message) => messages.push(message));
  /** Rows as a person reads them, those below indented. */
  const rows = async (parent?: NetworkNode, indent = ''): Promise<string[]> => {
    const lines: string[] = [];
    for (const node of await model.children(parent)) {
      if (node.type === 'listening') continue;
      const { label, description = '', icon } = model.item(node);
      lines.push(`${indent}${icon?.id ?? ''} ${label} ${description}`.trimEnd());
      lines.push(...(await rows(node, `${indent}  `)));
    }
    return lines;
  };
  return { clock, events, messages, model, rows, changes: () => changes, reads: () => reads };
}

describe('the tree of networks', () => {
  it('offers a scan where there is none', async () => {
    const { model, rows, reads } = setUp();
    assert.deepEqual(await rows(), ['radio-tower Scan Network…']);
    assert.equal(reads(), 0);
    model.dispose();
  });

  it('shows hosts as they come, in the order of their addresses, and tells of bursts once', async () => {
    const { clock, events, model, rows, changes } = setUp();
    events.fire({ type: 'started', id: 1, request });
    const before = changes();
    events.fire({ type: 'hostUp', id: 1, address: '10.0.0.20' });
    events.fire({ type: 'hostUp', id: 1, address: '10.0.0.3' });
    events.fire({
      type: 'host',
      id: 1,
      host: host('10.0.0.3', [open(80, 'http'), open(22, 'ssh')], ['web.lan']),
    });
    events.fire({ type: 'host', id: 2, host: host('10.9.9.9') });
    assert.equal(changes(), before);
    await clock.advance(250);
    assert.equal(changes(), before + 1);
    assert.deepEqual(await rows(), [
      'loading~spin 10.0.0.0/24 scanning… · 2 hosts · Quick',
      '  vm 10.0.0.3 web.lan · 2 open ports',
      '    plug 22/tcp ssh',
      '    globe 80/tcp http',
      '  loading~spin 10.0.0.20 being looked at…',
    ]);
    model.dispose();
  });

  it('marks what is new, gone and changed since the scan before', async () => {
    const before = recordOf([host('10.0.0.1', [open(22), open(53, 'domain')]), host('10.0.0.9')], {
      id: 'before',
    });
    const { clock, events, model, rows } = setUp(before);
    const after = recordOf([host('10.0.0.1', [open(22, 'ssh'), open(80)]), host('10.0.0.2')]);
    events.fire({ type: 'started', id: 1, request });
    events.fire({ type: 'ended', id: 1, result: { request, record: after } });
    await clock.advance(0);
    assert.deepEqual(await rows(), [
      'radio-tower 10.0.0.0/24 2 hosts · 2 open ports · 1 new, 1 gone, 1 changed · Quick · just now',
      '  diff-modified 10.0.0.1 changed · 2 open ports',
      '    diff-modified 22/tcp changed · ssh',
      '    diff-added 80/tcp new',
      '    diff-removed 53/tcp gone · domain',
      '  diff-added 10.0.0.2 new',
      '  diff-removed 10.0.0.9 gone',
    ]);
    const text = comparisonDocument(before, after, english, new DateTexts('en'));
    for (const line of [
      '  10.0.0.1',
      '    + 80/tcp open',
      '    - 53/tcp open: domain',
      '    ~ 22/tcp open: ssh (before: not known)',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line} in\n${text}`);
    }
    model.dispose();
  });

  it('says what went wrong, and keeps what was found', async () => {
    const { clock, events, messages, model, rows } = setUp();
    events.fire({ type: 'started', id: 1, request });
    const record = recordOf([host('10.0.0.1')], { status: 'failed' });
    events.fire({
      type: 'ended',
      id: 1,
      result: { request, record, problem: { type: 'killed', signal: 'SIGKILL' } },
    });
    await clock.advance(0);
    assert.deepEqual(await rows(), [
      'warning 10.0.0.0/24 not complete · 1 host · no open port · Quick · just now',
      '  vm 10.0.0.1',
      '  info nmap was ended from outside (SIGKILL). What it had found until then is shown.',
    ]);
    events.fire({ type: 'started', id: 2, request });
    events.fire({ type: 'ended', id: 2, result: { request, problem: { type: 'notFound' } } });
    assert.deepEqual(await rows(), ['radio-tower Scan Network…']);
    assert.match(messages.at(-1) ?? '', /not installed.*apt install nmap/);
    model.dispose();
  });

  it('makes what hosts say of themselves harmless', async () => {
    const { clock, events, model, rows } = setUp();
    const evil = host('10.0.0.1', [open(80, 'http\u202e\n$(x)')], ['a\nb\u202e']);
    events.fire({ type: 'started', id: 1, request });
    events.fire({ type: 'ended', id: 1, result: { request, record: recordOf([evil]) } });
    await clock.advance(0);
    for (const row of await rows()) assert.doesNotMatch(row, /[\n\u202e]/);
    model.dispose();
  });

  it('scans one host by its address, or by the name or zone by which it alone was scanned', () => {
    const { events, model } = setUp();
    events.fire({ type: 'started', id: 1, request });
    const link: NetworkScanRequest = {
      ...request,
      target: 'fe80::1%eth0',
      address: 'fe80::1%eth0',
      family: 'ipv6',
      addressCount: 1,
    };
    events.fire({ type: 'started', id: 2, request: link });
    assert.equal(model.find('10.0.0.0/24 quick ')?.targetOf(host('10.0.0.1')), '10.0.0.1');
    assert.equal(model.find('fe80::1%eth0 quick ')?.targetOf(host('fe80::1')), 'fe80::1%eth0');
    model.dispose();
  });

  it('shows large networks in pages', async () => {
    const { clock, events, model } = setUp();
    const hosts = Array.from({ length: 600 }, (_, index) => host(`10.0.${index >> 8}.${index & 255}`));
    events.fire({ type: 'started', id: 1, request });
    events.fire({ type: 'ended', id: 1, result: { request, record: recordOf(hosts) } });
    await clock.advance(0);
    const [root] = await model.children();
    const page = await model.children(root);
    assert.equal(page.length, 251);
    const more = page.at(-1);
    assert.ok(more?.type === 'more' && more.remaining === 350);
    model.showMore(more);
    assert.equal((await model.children(root)).length, 501);
    model.dispose();
  });

  it('lists the ports of this machine when they are opened, with their processes', async () => {
    const { model, reads } = setUp(undefined, {
      ports: [
        {
          protocol: 'tcp',
          family: 'ipv4',
          address: '0.0.0.0',
          port: 22,
          process: { pid: 7, name: 'sshd' },
          user: 'root',
        },
        { protocol: 'udp', family: 'ipv6', address: '::1', port: 53 },
      ],
      problems: [{ type: 'hiddenProcesses', count: 1 }],
    });
    const root = (await model.children()).find(({ type }) => type === 'listening');
    assert.ok(root);
    assert.equal(model.item(root).description, 'this machine');
    const nodes = await model.children(root);
    assert.equal(reads(), 1);
    assert.equal(model.item(root).description, 'this machine · 2');
    assert.equal(model.item(root).accessibleLabel, 'Listening Ports of This Machine, 2');
    assert.deepEqual(
      nodes.map((node) => [model.item(node).label, model.item(node).description, rowText(node)]),
      [
        ['22/tcp', 'sshd (7) · all addresses · root', '0.0.0.0:22/tcp sshd (7)'],
        ['53/udp', 'process not told · ::1', '[::1]:53/udp'],
        [
          'Ports whose process is not told to you, as it is another user’s: 1.',
          undefined,
          'Ports whose process is not told to you, as it is another user’s: 1.',
        ],
      ],
    );
    await model.refreshListening();
    assert.equal(reads(), 2);
    model.dispose();
  });
});
