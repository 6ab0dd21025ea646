import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NetworkProblem } from '../../../src/services/network/networkProblem';
import { leftOutBy, nmapArguments } from '../../../src/services/network/nmap/nmapArguments';
import { HostScans } from '../../../src/services/network/hostScans';
import { NmapLocator } from '../../../src/services/network/nmap/nmapLocator';
import { NmapProgress } from '../../../src/services/network/nmap/nmapProgress';
import { prepareScan } from '../../../src/services/network/scanRequest';
import { ProcessRunner } from '../../../src/services/process/processRunner';
import { systemClock } from '../../../src/shared/clock';
import { until } from '../process/support/processes';
import { FakeClock } from '../support/fakeClock';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { head, hostXml, portXml, tail } from './support/reader';
import { StandIns, TestService, type TestServiceOptions } from './support/service';

const whole = head + hostXml('10.0.0.1', portXml(22)) + tail;

describe('what a scan can come to', function () {
  this.timeout(20_000);
  const bundle = new FixtureBundle();
  const standIns = new StandIns();
  let running: TestService | undefined;

  before(async () => {
    await bundle.build('src/services/process/guardian.process.ts');
  });
  after(() => {
    bundle.remove();
    standIns.remove();
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  function start(options: TestServiceOptions): TestService {
    running = new TestService(bundle.file('guardian.process'), options);
    return running;
  }

  /** A program that prints a file, and then does what `rest` says. */
  function printing(output: string | Uint8Array, rest = ''): string {
    const file = path.join(standIns.folder, `output${Math.random()}`);
    writeFileSync(file, output);
    return standIns.write(`cat '${file}'\n${rest}`);
  }

  async function scan(nmap: string, options: TestServiceOptions = {}) {
    const test = start({ nmap, ...options });
    const result = await test.service.scan(await test.ready('10.0.0.1', 'quick'), []);
    return { test, ...result };
  }

  it('is all that nmap found', async () => {
    const { record, problem } = await scan(printing(whole));
    assert.equal(problem, undefined);
    assert.equal(record?.status, 'finished');
    assert.equal(record.details.openPorts, 1);
    assert.equal(record.engines[0]?.version, '7.93');
  });

  it('is a problem of the setup, which leaves no record', async () => {
    const expectations: readonly [nmap: string, problem: Partial<NetworkProblem>][] = [
      ['/nowhere/nmap', { type: 'badPath' }],
      ['nmap', { type: 'badPath' }],
      [standIns.folder, { type: 'badPath' }],
      [standIns.write('exit 0', 'Nmap version 6.47 ( http://nmap.org )'), { type: 'tooOld' }],
      [standIns.write('exit 0', 'cat 9.1'), { type: 'notNmap' }],
      ['', { type: 'notFound' }],
    ];
    for (const [nmap, expected] of expectations) {
      const { test, record, problem } = await scan(nmap);
      assert.equal(problem?.type, expected.type, nmap);
      assert.equal(record, undefined);
      assert.equal(test.history.records.size, 0);
      await test.stop();
    }
  });

  it('is a failure in nmap’s own words, of which nothing is remembered', async () => {
    const error = `${head}<runstats><finished exit="error" errormsg="No route"/><hosts up="0" down="0" total="0"/></runstats></nmaprun>`;
    const expectations: readonly [nmap: string, message: string][] = [
      [printing(error, 'exit 1'), 'No route'],
      [printing('', 'echo "something is wrong" >&2; echo QUITTING! >&2; exit 1'), 'something is wrong'],
      [printing('', 'exit 3'), 'nmap ended with exit code 3'],
      [
        printing(head + tail.replaceAll('="1"', '="0"'), 'echo "Failed to resolve x" >&2'),
        'Failed to resolve x',
      ],
    ];
    for (const [nmap, message] of expectations) {
      const { test, record, problem } = await scan(nmap);
      assert.deepEqual(problem, { type: 'failed', message });
      assert.equal(record?.status, 'failed');
      assert.equal(record.details.complete, false);
      assert.equal(record.engines[0]?.state, 'failed');
      assert.match(record.summary, /^Failed: /);
      assert.equal(test.service.peek(await test.ready('10.0.0.1', 'quick')), undefined);
      await test.stop();
    }
  });

  it('is what was read until nmap was killed, or its output broke off or went wrong', async () => {
    const part = head + hostXml('10.0.0.1', portXml(22));
    const expectations: readonly [nmap: string, problem: NetworkProblem][] = [
      [printing(part, 'kill -KILL $$'), { type: 'killed', signal: 'SIGKILL' }],
      [printing(`${part}<host><sta`), { type: 'interrupted' }],
      [printing(`${part}</wrong>\n`, 'sleep 30'), { type: 'unreadable', fault: 'malformed' }],
      [printing(`${part}${'<a>\n'.repeat(60)}`, 'sleep 30'), { type: 'unreadable', fault: 'tooDeep' }],
      [
        printing(Buffer.concat([Buffer.from(part), Buffer.from([0xff, 0x0a]), Buffer.from(tail)])),
        { type: 'unreadable', fault: 'encoding' },
      ],
    ];
    for (const [nmap, expected] of expectations) {
      const { test, record, problem } = await scan(nmap);
      assert.deepEqual(problem, expected);
      assert.equal(record?.status, 'failed');
      assert.equal(record.details.hosts.length, 1);
      assert.equal(record.details.complete, false);
      await test.stop();
    }
  });

  it('is what was read until its time was over, which grows with the network', async () => {
    const taskClock = new FakeClock();
    const part = head + hostXml('10.0.0.1', portXml(22));
    const test = start({ nmap: printing(part, 'exec sleep 30'), taskClock });
    const scanning = test.service.scan(await test.ready('10.0.0.0/23', 'quick'), []);
    await taskClock.advance(0);
    await until(() => test.events.some(({ type }) => type === 'host'));
    await taskClock.advance(3 * 60_000);
    assert.equal(test.supervisor.tasks.length, 1);
    await taskClock.advance(60_000);
    const { record, problem } = await scanning;
    assert.deepEqual(problem, { type: 'timedOut' });
    assert.equal(record?.status, 'timedOut');
    assert.equal(record.details.hosts.length, 1);
    assert.equal(record.details.complete, false);
  });

  it('is tried once more without raw sockets, where these are forbidden', async () => {
    const error = `${head}${hostXml('10.0.0.9')}<runstats><finished exit="error" errormsg="Couldn&apos;t open a raw socket. Error: Operation not permitted (1)"/><hosts up="1" down="0" total="1"/></runstats></nmaprun>`;
    const failing = path.join(standIns.folder, 'error.xml');
    const good = path.join(standIns.folder, 'good.xml');
    writeFileSync(failing, error);
    writeFileSync(good, whole);
    const nmap = standIns.write(
      `case "$*" in *--unprivileged*-sT*) cat '${good}' ;; *) cat '${failing}'; exit 1 ;; esac`,
    );
    const { record, problem } = await scan(nmap, { privileged: true });
    assert.equal(problem, undefined);
    assert.deepEqual(
      record?.details.hosts.map(({ address }) => address),
      ['10.0.0.1'],
    );
    assert.ok(record.details.leftOut.length > 0);
  });

  it('is shared by those who ask for the same at the same time', async () => {
    const count = path.join(standIns.folder, 'count');
    const test = start({ nmap: printing(whole, `echo x >> '${count}'`) });
    const request = await test.ready('10.0.0.1', 'quick');
    const [one, other] = await Promise.all([test.service.scan(request, []), test.service.scan(request, [])]);
    assert.equal(one.record, other.record);
    assert.equal(test.history.records.size, 1);
  });

  it('is refused without the consent that it needs', async () => {
    const test = start({ nmap: printing(whole), resolve: () => Promise.resolve(['93.184.215.14']) });
    const refusals: readonly [target: string, needs: readonly string[]][] = [
      ['8.8.8.8', ['public']],
      ['8.8.0.0/16', ['public', 'large']],
      ['10.0.0.0/8', ['large']],
      ['10.0.0.0/21', ['large']],
      ['example.org', ['public']],
    ];
    for (const [target, needs] of refusals) {
      const request = await test.ready(target, 'quick');
      assert.deepEqual(request.needs, needs, target);
      for (const consents of [[], needs.slice(1) as 'large'[]]) {
        await assert.rejects(test.service.scan(request, consents), { code: 'network.unconfirmed' });
      }
    }
    assert.equal(test.history.records.size, 0);
    assert.equal(test.events.length, 0);
    const request = await test.ready('8.8.8.8', 'quick');
    assert.equal((await test.service.scan(request, ['public'])).record?.status, 'finished');
  });

  it('is given to other extensions after a person was asked what they would be asked', async () => {
    const test = start({ nmap: printing(whole) });
    const asked: string[] = [];
    let answer = false;
    const hosts = new HostScans(test.service, ({ target }) => {
      asked.push(target);
      return Promise.resolve(answer);
    });
    for (const target of ['-iL x', '', 'a b', '$(id)', '10.0.0.0/33', '224.0.0.1']) {
      await assert.rejects(hosts.scanHost(target), { code: 'api.badTarget' });
    }
    assert.equal(await hosts.scanHost('nowhere.example'), undefined);
    assert.equal(await hosts.scanHost('8.8.8.8'), undefined);
    assert.deepEqual([asked, test.events], [['8.8.8.8'], []]);
    answer = true;
    const record = await hosts.scanHost('8.8.8.8');
    assert.deepEqual([record?.target, record?.details.profile], ['8.8.8.8', 'quick']);
    assert.equal(await hosts.scanHost('8.8.8.8'), record);
    assert.deepEqual(asked, ['8.8.8.8', '8.8.8.8']);
    assert.equal((await hosts.scanHost('10.0.0.1'))?.status, 'finished');
    assert.equal(asked.length, 2);
  });

  it('is no answer for other extensions where it failed', async () => {
    const test = start({ nmap: printing(`${head}${hostXml('10.0.0.1')}`) });
    const hosts = new HostScans(test.service, () => Promise.resolve(true));
    assert.equal(await hosts.scanHost('10.0.0.1'), undefined);
  });

  it('does not come from memory where a name leads elsewhere by now', async () => {
    let address = '10.0.0.1';
    const test = start({ nmap: printing(whole), resolve: () => Promise.resolve([address]) });
    await test.service.scan(await test.ready('host.example', 'quick'), []);
    assert.ok(test.service.peek(await test.ready('host.example', 'quick')));
    address = '10.0.0.2';
    assert.equal(test.service.peek(await test.ready('host.example', 'quick')), undefined);
  });

  it('stays what it is when it cannot be kept', async () => {
    const test = start({ nmap: printing(whole) });
    test.history.put = () => Promise.reject(new Error('no disk'));
    const { record } = await test.service.scan(await test.ready('10.0.0.1', 'quick'), []);
    assert.equal(record?.status, 'finished');
  });

  it('does not come from a program in a folder that is open', async () => {
    const open = path.join(standIns.folder, 'workspace');
    mkdirSync(open, { recursive: true });
    const file = printing(whole);
    const runner = new ProcessRunner({
      clock: systemClock,
      logger: new RecordingLogger(),
      guardianFile: bundle.file('guardian.process'),
    });
    const locate = (configured: string) =>
      new NmapLocator({
        runner,
        search: () => ({ pathEnv: standIns.folder, refusedFolders: [standIns.folder] }),
        configuredPath: () => configured,
      }).locate();
    assert.deepEqual(await locate(''), { type: 'notFound' });
    assert.deepEqual(await locate(file), { type: 'badPath', path: file });
    await runner.stop();
  });
});

describe('preparing a scan', () => {
  const prepare = (target: string, addresses: readonly string[] | Error) =>
    prepareScan({ target, profile: 'quick' }, () =>
      addresses instanceof Error ? Promise.reject(addresses) : Promise.resolve(addresses),
    );

  it('resolves a name once, and judges where it leads', async () => {
    const local = await prepare('printer.lan', ['fd00::7', '192.168.1.9', '8.8.8.8']);
    assert.ok(local.type === 'ready');
    assert.deepEqual(
      [local.request.target, local.request.address, local.request.family, local.request.needs],
      ['printer.lan', '192.168.1.9', 'ipv4', []],
    );
    const six = await prepare('printer.lan', ['2606:4700::1']);
    assert.ok(six.type === 'ready');
    assert.deepEqual([six.request.family, six.request.needs], ['ipv6', ['public']]);
    assert.deepEqual(await prepare('nowhere.lan', []), { type: 'unresolved', name: 'nowhere.lan' });
    assert.deepEqual(await prepare('nowhere.lan', new Error('ENOTFOUND')), {
      type: 'unresolved',
      name: 'nowhere.lan',
    });
    assert.deepEqual(await prepare('odd.lan', ['-iL x', '0.0.0.0']), {
      type: 'refused',
      reason: 'notScannable',
    });
  });

  it('asks for ports where they are to be chosen, and for no others', async () => {
    const resolve = () => Promise.resolve([]);
    const custom = (ports: string) => prepareScan({ target: '10.0.0.1', profile: 'custom', ports }, resolve);
    assert.deepEqual(await custom('x'), { type: 'portsRefused', reason: 'malformed' });
    const ready = await custom('443,80');
    assert.equal(ready.type === 'ready' && ready.request.ports, '80,443');
    const quick = await prepareScan({ target: '10.0.0.1', profile: 'quick', ports: 'x' }, resolve);
    assert.equal(quick.type === 'ready' && quick.request.ports, undefined);
  });
});

describe('nmap’s arguments', () => {
  const common = { target: '10.0.0.0/24', family: 'ipv4', privileged: false } as const;
  const rest = ['-v', '--stats-every', '1s', '-oX', '-', '--', '10.0.0.0/24'];

  it('are those of the profile, with the target behind all options', () => {
    assert.deepEqual(nmapArguments({ ...common, profile: 'quick' }), [
      '--unprivileged',
      '-sT',
      '-F',
      '-T4',
      ...rest,
    ]);
    assert.deepEqual(nmapArguments({ ...common, profile: 'full' }), [
      '--unprivileged',
      '-sT',
      '-sV',
      '-T3',
      ...rest,
    ]);
    assert.deepEqual(nmapArguments({ ...common, profile: 'full', privileged: true }), [
      '-sS',
      '-sV',
      '-T3',
      '-O',
      ...rest,
    ]);
    assert.deepEqual(nmapArguments({ ...common, profile: 'discovery' }), ['--unprivileged', '-sn', ...rest]);
    assert.deepEqual(nmapArguments({ ...common, profile: 'custom', ports: '80', family: 'ipv6' }), [
      '--unprivileged',
      '-sT',
      '-p',
      '80',
      '-T4',
      '-6',
      ...rest,
    ]);
  });

  it('without privileges leave something out, which is said', () => {
    assert.equal(leftOutBy({ profile: 'full', privileged: false }).length, 3);
    assert.equal(leftOutBy({ profile: 'quick', privileged: false }).length, 2);
    assert.deepEqual(leftOutBy({ profile: 'full', privileged: true }), []);
  });
});

describe('progress of a scan', () => {
  it('never goes back, never promises the end, and knows groups of a large network', () => {
    const progress = new NmapProgress(8);
    const percents = [
      progress.onTask({ name: 'Ping Scan', percent: 50 }),
      ...[1, 2].map(() => progress.onHostUp()),
      progress.onTask({ name: 'Ping Scan', percent: 100 }),
      ...[1, 2].map(() => progress.onHostDone()),
      progress.onTask({ name: 'Connect Scan', percent: 50 }),
      progress.onTask({ name: 'Service scan', percent: 50 }),
      ...[1, 2].map(() => progress.onHostDone()),
      progress.onTask({ name: 'Ping Scan', percent: 0 }),
      ...[1, 2, 3, 4].map(() => progress.onHostDone()),
    ];
    assert.deepEqual(
      percents,
      percents.toSorted((one, other) => one - other),
    );
    assert.equal(percents.at(-1), 99);
    assert.equal(percents[0], 5);
    assert.ok((percents[9] ?? 0) >= 50);
  });
});
