import assert from 'node:assert/strict';
import type { HostToReport } from '../../../src/shared/protocol/report';
import { parseHostMessage } from '../../../webview-ui/report/hostMessages';
import { reportScenes } from '../../e2e/support/reportScenes';
import { hostileRecord, largeFolder, maliciousFile } from '../support/reportRecords';

/** As VS Code hands it over. */
function sent(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message));
}

describe('what a report’s page understands', () => {
  for (const [name, scene] of Object.entries(reportScenes)) {
    it(`a record of ${name}, with nothing lost`, () => {
      const message: HostToReport = {
        type: 'hydrate',
        revision: 3,
        record: scene(),
        actions: ['copyReport'],
      };
      assert.deepEqual(parseHostMessage(sent(message)), { message: sent(message) });
    });
  }

  it('a record with 10,000 findings, and one with halves of characters', () => {
    const large = sent({ type: 'hydrate', revision: 0, record: largeFolder(10_000), actions: [] });
    assert.ok('message' in parseHostMessage(large));
    const parsed = parseHostMessage(
      sent({ type: 'hydrate', revision: 0, record: hostileRecord(), actions: [] }),
    );
    assert.ok('message' in parsed && parsed.message.type === 'hydrate');
    assert.ok(parsed.message.record.target.includes('\ud83d\u200b'));
  });

  it('that a record is gone, and that something was copied', () => {
    for (const message of [
      { type: 'missing', reason: 'gone' },
      { type: 'copied', what: 'sha256' },
    ]) {
      assert.deepEqual(parseHostMessage(message), { message });
    }
  });

  it('nothing else', () => {
    const record = maliciousFile();
    const malformed: unknown[] = [
      undefined,
      'hydrate',
      { type: 'missing' },
      { type: 'copied', what: 'password' },
      { type: 'hydrate', revision: 0, actions: [] },
      { type: 'hydrate', revision: 0, record, actions: ['format'] },
      { type: 'hydrate', revision: 0, record: { ...record, verdict: 'clean' }, actions: [] },
      { type: 'hydrate', revision: 0, record: { ...record, sha256: 'x"><b>' }, actions: [] },
    ];
    for (const raw of malformed) assert.ok('problem' in parseHostMessage(raw), JSON.stringify(raw));
  });
});
