import assert from 'node:assert/strict';
import { compareScans, isUnchanged } from '../../../src/services/network/compareScans';
import { leftOutBy } from '../../../src/services/network/nmap/nmapArguments';
import { isNetworkRecord, type NetworkRecord } from '../../../src/services/network/networkRecord';
import { lastScan, previousScan } from '../../../src/services/network/previousScan';
import type { NetworkDetails, NetworkHost, NetworkPort } from '../../../src/shared/network/networkDetails';
import { FakeHistory } from '../support/fakeHistory';
import { networkScan } from '../support/reportRecords';

function port(number: number, more: Partial<NetworkPort> = {}): NetworkPort {
  return { port: number, protocol: 'tcp', state: 'open', ...more };
}

function host(address: string, ...ports: NetworkPort[]): NetworkHost {
  return { address, family: 'ipv4', names: [], state: 'up', ports, otherPorts: [] };
}

function details(hosts: readonly NetworkHost[], more: Partial<NetworkDetails> = {}): NetworkDetails {
  const open = hosts.flatMap(({ ports }) => ports).filter(({ state }) => state === 'open').length;
  return {
    type: 'network',
    profile: 'quick',
    hosts: [...hosts],
    hostsUp: hosts.length,
    hostsTotal: 256,
    openPorts: open,
    complete: true,
    leftOut: [],
    ...more,
  };
}

describe('two scans of the same target', () => {
  it('tell hosts and ports that appeared, went and changed', () => {
    const before = details([
      host('10.0.0.1', port(22, { service: 'ssh', version: '8' }), port(53), port(80)),
      host('10.0.0.2', port(22)),
      host('10.0.0.3', port(1)),
    ]);
    const after = details([
      host('10.0.0.1', port(22, { service: 'ssh', version: '9' }), port(53, { state: 'closed' }), port(443)),
      host('10.0.0.3', port(1), port(2, { state: 'filtered' })),
      host('10.0.0.4'),
    ]);
    const { appeared, gone, changed, knowsGone } = compareScans(before, after);
    assert.deepEqual(
      appeared.map(({ address }) => address),
      ['10.0.0.4'],
    );
    assert.deepEqual(
      gone.map(({ address }) => address),
      ['10.0.0.2'],
    );
    assert.equal(changed.length, 1);
    const [change] = changed;
    assert.equal(change?.host.address, '10.0.0.1');
    assert.deepEqual(
      change.opened.map((each) => each.port),
      [443],
    );
    assert.deepEqual(
      change.closed.map((each) => each.port),
      [53, 80],
    );
    assert.deepEqual(
      change.changed.map((each) => [each.before.version, each.after.version]),
      [['8', '9']],
    );
    assert.ok(knowsGone);
    assert.ok(isUnchanged(compareScans(before, before)));
  });

  it('of which one did not see everything tell no host as gone or new for that', () => {
    const whole = details([host('10.0.0.1'), host('10.0.0.2')]);
    const part = details([host('10.0.0.1')], { complete: false });
    const later = compareScans(whole, part);
    assert.deepEqual([later.gone, later.knowsGone], [[], false]);
    assert.deepEqual(compareScans(part, whole).appeared, []);
    const cut = details([host('10.0.0.1')], { omittedHosts: 1 });
    assert.deepEqual(compareScans(cut, whole).appeared, []);
    assert.deepEqual(compareScans(whole, cut).gone, []);
  });

  it('of which one had fewer rights tell no host as gone or new for that', () => {
    const leftOut = leftOutBy({ profile: 'quick', privileged: false });
    const all = details([host('10.0.0.1', port(22)), host('10.0.0.2')]);
    const some = details([host('10.0.0.1', port(22), port(80))], { leftOut });
    const later = compareScans(all, some);
    assert.deepEqual([later.gone, later.knowsGone], [[], false]);
    assert.deepEqual(
      later.changed.map(({ opened }) => opened.map((each) => each.port)),
      [[80]],
    );
    const withRights = compareScans(some, all);
    assert.deepEqual([withRights.appeared, withRights.knowsGone], [[], true]);
    const other = details([host('10.0.0.3')], { leftOut });
    assert.deepEqual(
      compareScans(some, other).gone.map(({ address }) => address),
      ['10.0.0.1'],
    );
  });
});

describe('the scan before', () => {
  function record(id: string, startedAt: number, more: Partial<NetworkRecord> = {}): NetworkRecord {
    const made = { ...networkScan(), id, startedAt, target: '10.0.0.0/24', details: details([]), ...more };
    assert.ok(isNetworkRecord(made));
    return made;
  }

  it('is the newest of the same target and way that came to its end', async () => {
    const history = new FakeHistory();
    const all = [
      record('a', 1),
      record('b', 2),
      record('other target', 3, { target: '10.0.0.0/2' }),
      record('other way', 4, { details: details([], { profile: 'full' }) }),
      record('other ports', 5, { details: details([], { profile: 'custom', ports: '80' }) }),
      record('cancelled', 6, { status: 'cancelled', details: details([], { complete: false }) }),
      record('later', 9),
    ];
    for (const each of all) await history.put(each);
    const now = record('now', 8);
    await history.put(now);
    assert.equal((await previousScan(history, now))?.id, 'b');
    assert.equal((await previousScan(history, record('a', 1)))?.id, undefined);
  });

  it('of a target is found behind those of others whose names contain it', async () => {
    const history = new FakeHistory();
    const target = '10.0.0.1';
    await history.put(record('older', 1, { target }));
    const failed = details([], { profile: 'full', complete: false });
    await history.put(record('wanted', 2, { target, status: 'failed', details: failed }));
    for (let index = 0; index < 250; index++) {
      await history.put(record(`other${index}`, 10 + index, { target: `10.0.0.1${index}` }));
    }
    assert.equal((await lastScan(history, target))?.id, 'wanted');
    assert.equal(await lastScan(history, '10.0.0'), undefined);
  });

  it('is found behind many others', async () => {
    const history = new FakeHistory();
    await history.put(record('wanted', 1));
    for (let index = 0; index < 450; index++) {
      await history.put(record(`other${index}`, 10 + index, { details: details([], { profile: 'full' }) }));
    }
    assert.equal((await previousScan(history, record('now', 1_000)))?.id, 'wanted');
  });
});
