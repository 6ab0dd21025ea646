import assert from 'node:assert/strict';
import { noonZone } from '../../host/noonZone';

describe('the zone in which it is noon', () => {
  it('is one at each hour of the day', () => {
    for (let hour = 0; hour < 24; hour++) {
      const now = new Date(Date.UTC(2026, 0, 1, hour, 59));
      const zone = noonZone(now);
      const format = new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' });
      assert.equal(format.format(now), '12', `${zone} at ${hour}:59 in Greenwich`);
    }
  });
});
