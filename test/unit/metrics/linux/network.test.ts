import assert from 'node:assert/strict';
import { Absences } from '../../../../src/services/metrics/absences';
import {
  type AddressesByName,
  establishedConnections,
  mainAddress,
  NetworkActivity,
  parseNetDev,
} from '../../../../src/services/metrics/linux/network';
import type { NetworkMetrics } from '../../../../src/shared/metrics/snapshot';
import { recordedFile } from '../support/recorded';
import { SystemTree } from '../support/systemTree';

const at = '2024-01-15T10:30:45.000Z';
const header = 'Inter-|   Receive  |  Transmit\n face |bytes packets|bytes packets\n';

function line(name: string, rx: number, tx: number): string {
  return `${name.padStart(6)}: ${rx} 1 0 0 0 0 0 0 ${tx} 1 0 0 0 0 0 0\n`;
}

describe('NetworkActivity', () => {
  let tree: SystemTree;
  let addresses: AddressesByName;
  let network: NetworkActivity;
  beforeEach(() => {
    tree = new SystemTree();
    addresses = {};
    network = new NetworkActivity(tree.roots.sysRoot, () => addresses);
  });
  afterEach(() => {
    tree.dispose();
  });

  function plug(name: string, { state = 'up', device = true, flags = '0x1003' } = {}): void {
    const folder = `sys/class/net/${name}`;
    tree.write(`${folder}/operstate`, `${state}\n`).write(`${folder}/flags`, `${flags}\n`);
    if (device) tree.write(`${folder}/device/vendor`, 'x');
  }

  function update(
    text: string,
    elapsedMs?: number,
  ): Omit<NetworkMetrics, 'connections'> & { absent: object } {
    const absences = new Absences();
    return { ...network.update({ text: header + text }, elapsedMs, absences), absent: absences.figures };
  }

  it('reads the recorded machine', () => {
    assert.deepEqual(
      parseNetDev(recordedFile('proc/net/dev')).map(({ name }) => name),
      ['lo', 'ifb0', 'ifb1', 'eth0'],
    );
    const eth0 = parseNetDev(recordedFile('proc/net/dev')).find(({ name }) => name === 'eth0');
    assert.ok(eth0 !== undefined && eth0.rxBytes > 700_000_000 && eth0.txBytes > 1_900_000);
  });

  it('gives rates over real time, of each interface and of the hardware together', () => {
    plug('lo', { state: 'unknown', device: false });
    plug('eth0');
    plug('wlan0');
    plug('docker0', { device: false });
    const text = (rx: number, tx: number): string =>
      ['lo', 'eth0', 'wlan0', 'docker0'].map((name) => line(name, rx, tx)).join('');
    const first = update(text(0, 0));
    assert.deepEqual(first.absent, {
      'network.rxBytesPerSec': 'notAvailableYet',
      'network.txBytesPerSec': 'notAvailableYet',
    });
    const second = update(text(300, 600), 3_000);
    assert.deepEqual([second.rxBytesPerSec, second.txBytesPerSec], [200, 400], 'two cards, each byte once');
    assert.deepEqual(
      second.interfaces.map(({ rxBytesPerSec, up }) => [rxBytesPerSec, up]),
      Array.from({ length: 4 }, () => [100, true]),
    );
    assert.equal(update(text(3_600_300, 600), 3_600_000).rxBytesPerSec, 2_000, 'an hour later, no spike');
  });

  it('counts the card of a bond or of a cloud once', () => {
    plug('eth0');
    plug('enP1s1');
    tree.link('sys/class/net/enP1s1/master', '../eth0');
    plug('bond0', { device: false });
    plug('eth1');
    tree.link('sys/class/net/eth1/master', '../bond0');
    const text = (bytes: number): string =>
      ['eth0', 'enP1s1', 'bond0', 'eth1'].map((name) => line(name, bytes, 0)).join('');
    update(text(0));
    assert.equal(update(text(100), 1_000).rxBytesPerSec, 200, 'eth0 with its function, and eth1 of the bond');
  });

  it('counts what there is inside a container, which has no hardware', () => {
    plug('lo', { device: false });
    plug('eth0', { device: false });
    update(line('lo', 0, 0) + line('eth0', 0, 0));
    assert.equal(update(line('lo', 9, 9) + line('eth0', 50, 50), 1_000).rxBytesPerSec, 50);
  });

  it('says so where there is only loopback', () => {
    const { absent } = update(line('lo', 1, 1), 1_000);
    assert.deepEqual(absent, {
      'network.rxBytesPerSec': 'unsupported',
      'network.txBytesPerSec': 'unsupported',
    });
  });

  it('knows an interface that comes up between two turns at once, and makes no spike of it', () => {
    plug('eth0');
    network.refreshInterfaces({ text: header + line('eth0', 0, 0) }, at);
    update(line('eth0', 0, 0));
    plug('usb0');
    addresses = { usb0: [{ address: '192.0.2.7', family: 'IPv4' }] };
    const came = update(line('eth0', 10, 0) + line('usb0', 5_000, 0), 1_000);
    assert.deepEqual(came.interfaces[1], { name: 'usb0', up: true, address: '192.0.2.7' });
    assert.equal(came.rxBytesPerSec, 10);
    assert.equal(came.interfacesAt, at);
    assert.equal(update(line('eth0', 20, 0) + line('usb0', 5_030, 0), 1_000).rxBytesPerSec, 40);
    assert.equal(update(line('eth0', 30, 0), 1_000).interfaces.length, 1, 'unplugged');
    assert.equal(
      update(line('eth0', 40, 0) + line('usb0', 3, 0), 1_000).rxBytesPerSec,
      10,
      'plugged in again',
    );
  });

  it('tells up from down as the driver or, where that is silent, the administrator says', () => {
    plug('up');
    plug('down', { state: 'down' });
    plug('tun-on', { state: 'unknown' });
    plug('tun-off', { state: 'unknown', flags: '0x1002' });
    const names = ['up', 'down', 'tun-on', 'tun-off', 'gone'];
    const { interfaces } = update(names.map((name) => line(name, 0, 0)).join(''));
    assert.deepEqual(
      interfaces.map(({ up }) => up),
      [true, false, true, false, false],
    );
  });

  it('shows the address that a person knows', () => {
    const link = { address: 'fe80::1', family: 'IPv6' };
    const global = { address: '2001:db8::1', family: 'IPv6' };
    const four = { address: '192.0.2.1', family: 'IPv4' };
    assert.equal(mainAddress([link, global, four]), '192.0.2.1');
    assert.equal(mainAddress([link, global]), '2001:db8::1');
    assert.equal(mainAddress([link]), 'fe80::1');
    assert.equal(mainAddress([]), undefined);
  });

  it('goes on without addresses where the question for them is forbidden', () => {
    network = new NetworkActivity(tree.roots.sysRoot, () => {
      throw new Error('not permitted');
    });
    plug('eth0');
    assert.deepEqual(update(line('eth0', 0, 0)).interfaces, [{ name: 'eth0', up: true }]);
  });

  it('reads names with colons, old lines without a space, CR LF, and no broken line', () => {
    assert.deepEqual(parseNetDev('eth0:1:100 0 0 0 0 0 0 0 200 0\r\n'), [
      { name: 'eth0:1', rxBytes: 100, txBytes: 200 },
    ]);
    for (const text of [
      '',
      '\0\u00ff:',
      'eth0: 1 2 3',
      'eth0: a b c d e f g h i\n',
      `eth0: ${'9'.repeat(400)} 0\n`,
    ]) {
      assert.deepEqual(parseNetDev(text), [], JSON.stringify(text));
    }
  });

  it('handles thousands of interfaces', () => {
    const text = Array.from({ length: 2_000 }, (_, index) => line(`veth${index}`, index, index)).join('');
    assert.equal(update(text).interfaces.length, 2_000);
  });
});

describe('establishedConnections', () => {
  function count(text: string): { count: number | undefined; absent: Record<string, string> } {
    const absences = new Absences();
    return { count: establishedConnections({ text }, absences), absent: absences.figures };
  }

  it('reads the recorded machine, and the column by its name', () => {
    const { count: connections } = count(recordedFile('proc/net/snmp'));
    assert.ok(connections !== undefined && connections > 0);
    assert.equal(count('Tcp: MaxConn CurrEstab New\nTcp: -1 3 9\n').count, 3);
    assert.equal(count('Tcp: MaxConn CurrEstab\r\nTcp: -1 0\r\n').count, 0, 'zero is a figure');
  });

  for (const text of ['', 'Tcp: CurrEstab\n', 'Tcp: A B\nTcp: 1 2\n', 'Tcp: A CurrEstab\nTcp: 1\n', '\0']) {
    it(`takes ${JSON.stringify(text)} for no figure`, () => {
      assert.deepEqual(count(text), { count: undefined, absent: { 'network.connections': 'failed' } });
    });
  }
});
