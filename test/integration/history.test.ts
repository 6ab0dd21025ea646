import assert from 'node:assert/strict';
import { activateSentinel } from './support/sentinel';

describe('the history in the extension host', () => {
  it('answers other extensions, also where nothing was ever scanned', async () => {
    const { history } = await activateSentinel();
    const { records, next } = await history.page({ filter: { text: 'no such record' }, limit: 10 });
    assert.deepEqual([records, next], [[], undefined]);
    assert.equal(await history.get('no such record'), undefined);
    await assert.rejects(history.page({ filter: {}, limit: 0 }), { code: 'api.badQuery' });
  });
});
