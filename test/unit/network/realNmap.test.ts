import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { compareScans } from '../../../src/services/network/compareScans';
import { skip, skipForWant } from '../../support/skip';
import { processesWith, until } from '../process/support/processes';
import { FakeClock } from '../support/fakeClock';
import { FixtureBundle } from '../support/fixtureBundle';
import {
  Listeners,
  nmapMissing,
  realNmap,
  StandIns,
  TestService,
  type TestServiceOptions,
} from './support/service';

const capsh = '/usr/sbin/capsh';

describe('real scans', function () {
  this.timeout(60_000);
  const bundle = new FixtureBundle();
  const listeners = new Listeners();
  const standIns = new StandIns();
  let running: TestService;

  before(async function () {
    const missing = nmapMissing();
    if (missing !== undefined) skipForWant(this, missing);
    await bundle.build('src/services/process/guardian.process.ts');
  });
  after(() => {
    bundle.remove();
    standIns.remove();
  });
  afterEach(async () => {
    await listeners.close();
    await running.stop();
  });

  function start(options: TestServiceOptions = {}): TestService {
    running = new TestService(bundle.file('guardian.process'), options);
    return running;
  }

  it('find the open ports of one host, and no others', async () => {
    const test = start();
    const ports = [await listeners.open('127.0.0.21'), await listeners.open('127.0.0.21')].sort(
      (a, b) => a - b,
    );
    const shut = await listeners.open('127.0.0.22');
    const request = await test.ready('127.0.0.21', 'custom', [...ports, shut].join(','));
    const { record, problem } = await test.service.scan(request, []);
    assert.equal(problem, undefined);
    assert.ok(record);
    assert.equal(record.status, 'finished');
    const { hosts, hostsUp, hostsTotal, openPorts, complete, scannerVersion } = record.details;
    assert.deepEqual([hostsUp, hostsTotal, openPorts, complete], [1, 1, 2, true]);
    assert.match(scannerVersion ?? '', /^\d+\.\d+/);
    assert.equal(hosts[0]?.address, '127.0.0.21');
    const states = Object.fromEntries(hosts[0].ports.map(({ port, state }) => [port, state]));
    assert.deepEqual(states, { [ports[0]!]: 'open', [ports[1]!]: 'open', [shut]: 'closed' });
    assert.equal(record.summary, 'The host answered, 2 open ports');
    assert.deepEqual([...test.history.records.values()], [record]);
  });

  it('find the hosts of a range with their own ports, and tell them as they come', async () => {
    const test = start();
    const port = await listeners.open('127.0.0.31');
    await listeners.open('127.0.0.33', port);
    const request = await test.ready('127.0.0.30-34', 'custom', String(port));
    const { record } = await test.service.scan(request, []);
    assert.ok(record);
    const open = record.details.hosts.filter(({ ports }) => ports.some(({ state }) => state === 'open'));
    assert.deepEqual(open.map(({ address }) => address).sort(), ['127.0.0.31', '127.0.0.33']);
    assert.deepEqual(
      [record.details.hostsUp, record.details.hostsTotal, record.details.openPorts],
      [5, 5, 2],
    );
    const told = test.events.filter(({ type }) => type === 'host');
    assert.equal(told.length, 5);
    assert.equal(test.events[0]?.type, 'started');
    assert.equal(test.events.at(-1)?.type, 'ended');
  });

  it('scan a network, and say which hosts are there', async () => {
    const test = start();
    const { record } = await test.service.scan(await test.ready('127.0.1.0/29', 'discovery'), []);
    assert.ok(record);
    assert.deepEqual([record.details.hostsUp, record.details.openPorts], [8, 0]);
    assert.equal(record.summary, '8 of 8 hosts answered');
  });

  it('find services and their versions', async () => {
    const test = start();
    // Of the common ports of the profile, one that a test may have.
    const port = await listeners.open(
      '127.0.0.41',
      2121,
      '220 ProFTPD 1.3.5 Server (Debian) [127.0.0.41]\r\n',
    );
    const request = await test.ready('127.0.0.41', 'full');
    const { record } = await test.service.scan(request, []);
    const found = record?.details.hosts[0]?.ports.find((each) => each.port === port);
    assert.equal(found?.state, 'open');
    assert.equal(found.service, 'ftp');
    assert.equal(found.product, 'ProFTPD');
    assert.equal(found.version, '1.3.5');
    assert.ok(record?.details.leftOut.some((what) => what.includes('operating system')));
  });

  it('reach IPv6, and hosts by the address that their name had when it was judged', async () => {
    const resolved: string[] = [];
    const test = start({
      resolve: (name) => {
        resolved.push(name);
        return Promise.resolve(['::1', '127.0.0.51']);
      },
    });
    const port = await listeners.open('127.0.0.51');
    const request = await test.ready('Test.Example', 'custom', String(port));
    assert.deepEqual(request.needs, []);
    const { record } = await test.service.scan(request, []);
    assert.equal(record?.target, 'test.example');
    assert.equal(record.details.hosts[0]?.address, '127.0.0.51');
    assert.ok(record.details.hosts[0].names.includes('test.example'));
    assert.equal(record.details.openPorts, 1);
    assert.deepEqual(resolved, ['test.example']);
    if (!existsSync('/proc/sys/net/ipv6')) return;
    const port6 = await listeners.open('::1');
    const six = await test.service.scan(await test.ready('::1', 'custom', String(port6)), []);
    assert.equal(six.record?.details.openPorts, 1);
    assert.equal(six.record.details.hosts[0]?.family, 'ipv6');
  });

  it('come from memory when they are asked for again, with their age, and compare with the one before', async () => {
    const clock = new FakeClock();
    const test = start({ clock });
    const kept = await listeners.open('127.0.0.61');
    const other = new Listeners();
    const gone = await other.open('127.0.0.61');
    const request = await test.ready('127.0.0.61', 'custom', `${kept},${gone}`);
    const first = await test.service.scan(request, []);
    assert.equal(first.record?.details.openPorts, 2);
    assert.equal(first.ageMs, undefined);
    await other.close();
    await clock.advance(12 * 60_000);
    const again = await test.service.scan(request, []);
    assert.equal(again.ageMs, 12 * 60_000);
    assert.equal(again.record, first.record);
    assert.equal(test.history.records.size, 1);
    const fresh = await test.service.scan(request, [], { refresh: true });
    assert.equal(fresh.ageMs, undefined);
    assert.equal(fresh.record?.details.openPorts, 1);
    const previous = await test.service.previous(fresh.record);
    assert.equal(previous?.id, first.record.id);
    const { appeared, gone: hostsGone, changed } = compareScans(previous.details, fresh.record.details);
    assert.deepEqual([appeared, hostsGone], [[], []]);
    assert.deepEqual(
      changed.map(({ host, closed, opened }) => [host.address, closed.map(({ port }) => port), opened]),
      [['127.0.0.61', [gone], []]],
    );
    await clock.advance(30 * 60_000);
    assert.equal(test.service.peek(request), undefined);
  });

  it('use raw sockets where they may, and do without them where even root may not', async function () {
    if (process.getuid?.() !== 0) skip(this, 'Only root may use raw sockets.');
    const port = await listeners.open('127.0.0.71');
    const raw = start({ privileged: true });
    const found = await raw.service.scan(await raw.ready('127.0.0.71', 'custom', String(port)), []);
    assert.equal(found.record?.details.openPorts, 1);
    assert.deepEqual(found.record.details.leftOut, []);
    await raw.stop();
    if (!existsSync(capsh)) skip(this, `${capsh} not found (Debian package libcap2-bin)`);
    const nmap = standIns.write(`exec ${capsh} --drop=cap_net_raw -- -c 'exec ${realNmap} "$@"' sh "$@"`);
    const bound = start({ privileged: true, nmap });
    const second = await bound.service.scan(await bound.ready('127.0.0.71', 'custom', String(port)), []);
    assert.equal(second.problem, undefined);
    assert.equal(second.record?.details.openPorts, 1);
    assert.ok(second.record.details.leftOut.length > 0);
  });

  it('end at once when they are cancelled, and keep what was found', async () => {
    const test = start();
    await listeners.open('127.0.0.81');
    // A service that says nothing is asked for many seconds.
    const port = await listeners.open('127.0.0.81', 5009);
    const scanning = test.service.scan(await test.ready('127.0.0.81', 'full'), []);
    await until(() => processesWith('127.0.0.81').length > 0);
    const cancelledMs = performance.now();
    for (const task of test.supervisor.tasks) task.cancel();
    const { record, problem } = await scanning;
    assert.ok(performance.now() - cancelledMs < 1_500);
    assert.deepEqual(processesWith('127.0.0.81'), []);
    assert.deepEqual(problem, { type: 'cancelled' });
    assert.equal(record?.status, 'cancelled');
    assert.equal(record.details.complete, false);
    assert.equal(test.service.peek(await test.ready('127.0.0.81', 'full')), undefined);
    assert.ok(port > 0);
  });
});
