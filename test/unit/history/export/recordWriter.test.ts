import assert from 'node:assert/strict';
import { UtcTimes, utcTime } from '../../../../src/services/history/export/recordWriter';
import { Random, testSeed } from '../../support/random';

describe('times in exports', () => {
  it('are in UTC, and absent beyond the year 9999', () => {
    const last = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
    assert.equal(utcTime(0), '1970-01-01T00:00:00.000Z');
    assert.equal(utcTime(last), '9999-12-31T23:59:59.999Z');
    for (const beyond of [last + 1, 1e300, -1, NaN]) {
      assert.equal(utcTime(beyond), undefined);
      assert.equal(new UtcTimes().text(beyond), undefined);
    }
  });

  it('are the same where many are asked for', () => {
    const random = new Random(testSeed());
    const times = new UtcTimes();
    let moment = 0;
    for (let round = 0; round < 20_000; round++) {
      moment = random.chance(0.9) ? moment + random.next() * 1e6 : random.next() * Date.UTC(9999, 0);
      assert.equal(times.text(moment), utcTime(moment), `${moment}`);
    }
  });
});
