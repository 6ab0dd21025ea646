import assert from 'node:assert/strict';
import type { NetworkRecord } from '../../../../src/services/network/networkRecord';
import { DateTexts } from '../../../../src/ui/dateTexts';
import { comparisonDocument } from '../../../../src/ui/network/comparisonDocument';
import { networkScan } from '../../support/reportRecords';
import { english } from '../../support/translate';

function scan(given: Partial<NetworkRecord['details']>): NetworkRecord {
  const record = networkScan();
  assert.ok(record.details?.type === 'network');
  return { ...record, details: { ...record.details, hosts: [], complete: true, ...given } };
}

function text(given: Partial<NetworkRecord['details']>): string {
  return comparisonDocument(scan(given), scan(given), english, new DateTexts('en'));
}

describe('the comparison of two network scans', () => {
  it('counts one host and one port as one', () => {
    const compared = text({ profile: 'quick', hostsUp: 1, openPorts: 1 });
    assert.match(compared, /· 1 host · 1 open port\n/);
    assert.match(
      text({ profile: 'quick', hostsUp: 3, openPorts: 1_200 }),
      /· 3 hosts · 1\u202f200 open ports\n/,
    );
    assert.match(text({ profile: 'quick', hostsUp: 2, openPorts: 0 }), /· 2 hosts · no open port\n/);
  });

  it('says nothing of ports where none were looked at', () => {
    assert.doesNotMatch(text({ profile: 'discovery', hostsUp: 1, openPorts: 0 }), /open port/);
  });
});
