import assert from 'node:assert/strict';
import { virusTotalNotice } from '../../../../src/ui/scan/engineNotices';
import { english } from '../../support/translate';

describe('what stands above the history about engines', () => {
  const notice = (state: Parameters<typeof virusTotalNotice>[0]): string | undefined =>
    virusTotalNotice(state, (epochMs) => new Date(epochMs).toISOString(), english);

  it('names what a person can do about a key, and until when a quota is used up', () => {
    assert.match(notice({ type: 'badKey' }) ?? '', /refuses the API key.*Set API Key/);
    assert.equal(
      notice({ type: 'quotaExceeded', untilMs: 0 }),
      'The quota of VirusTotal is used up; it is asked again from 1970-01-01T00:00:00.000Z on.',
    );
  });

  it('is nothing while all is well, or may be in a moment', () => {
    assert.equal(notice({ type: 'ready' }), undefined);
    assert.equal(notice({ type: 'unreachable', untilMs: 0 }), undefined);
  });
});
