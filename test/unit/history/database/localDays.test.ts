import assert from 'node:assert/strict';
import { localDayOf } from '../../../../src/services/history/database/localDays';
import { applyAll, loadDatabase, opened } from '../support/openDatabase';
import { Random } from '../../support/random';
import { randomRecord } from '../support/randomRecords';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Zones whose clocks do everything that clocks have done: halves of hours, midnights that are left out or come twice. */
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  // Until 2018 its clocks went forward at midnight.
  'America/Sao_Paulo',
  // In November 2010 clocks went back from one minute past midnight into the day before.
  'America/St_Johns',
  'America/Havana',
  // It had no 30 December 2011.
  'Pacific/Apia',
  'Pacific/Kiritimati',
];

describe('days of the local calendar', () => {
  const before = process.env['TZ'];
  const inZone = (zone: string): void => {
    process.env['TZ'] = zone;
  };
  afterEach(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  for (const zone of zones) {
    it(`follow each other without gaps and hold their moments: ${zone}`, () => {
      inZone(zone);
      const dates = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
      for (const year of [2010, 2011, 2024]) {
        const end = Date.UTC(year + 1, 0, 3);
        let named = 0;
        let day = localDayOf(Date.UTC(year, 0, 1));
        for (let moment = Date.UTC(year, 0, 1); moment < end; moment += hourMs / 2) {
          const found = localDayOf(moment);
          assert.ok(moment >= found.from && moment < found.before, `${moment} in ${JSON.stringify(found)}`);
          if (found.key !== day.key) assert.equal(found.from, day.before, `${day.key}, then ${found.key}`);
          else assert.deepEqual(found, day);
          if (dates.format(moment) === found.key) named += 1;
          day = found;
        }
        const halfHours = ((end - Date.UTC(year, 0, 1)) / hourMs) * 2;
        const twice = zone === 'America/St_Johns' && year === 2010 ? 1 : 0;
        assert.equal(
          named,
          halfHours - twice,
          'named as the calendar says, but for the half hour that comes twice',
        );
      }
    });
  }

  it('have 23 and 25 hours when clocks change', () => {
    inZone('Europe/Berlin');
    const hours = (date: string): number => {
      const { key, from, before: end } = localDayOf(Date.parse(`${date}T12:00:00Z`));
      assert.equal(key, date);
      return (end - from) / hourMs;
    };
    assert.deepEqual(['2024-03-31', '2024-06-15', '2024-10-27'].map(hours), [23, 24, 25]);
  });

  it('begin and end with what a Date can hold', () => {
    for (const zone of zones) {
      inZone(zone);
      assert.match(localDayOf(0).key, /^(1969-12-31|1970-01-01)$/);
      for (const moment of [8.64e15, 8.64e15 + 1, 1e300, Number.MAX_VALUE]) {
        const { key, from, before: end } = localDayOf(moment);
        assert.match(key, /^275760-09-1[23]$/);
        assert.ok(from <= 8.64e15 && end > moment);
      }
    }
  });

  it('are the groups of the history, cut to the time that is asked for', async () => {
    const open = await loadDatabase();
    const random = new Random(1);
    inZone('Europe/Berlin');
    const database = opened(open);
    // The last half hours of 30 March, all of the short 31st, and the first ones of 1 April.
    const begin = Date.parse('2024-03-31T00:00:00+01:00');
    for (let half = -2; half < 48; half += 1) {
      const record = { ...randomRecord(random, `id-${half}`), startedAt: begin + (half * hourMs) / 2 };
      applyAll(database, { type: 'put', record });
    }
    const { queries } = database;
    assert.deepEqual(queries.groups('day', {}), [
      { key: '2024-04-01', count: 2, from: begin + 23 * hourMs, before: begin + 47 * hourMs },
      { key: '2024-03-31', count: 46, from: begin, before: begin + 23 * hourMs },
      { key: '2024-03-30', count: 2, from: begin - dayMs, before: begin },
    ]);
    const part = { from: begin + 30 * 60_000, before: begin + hourMs };
    assert.deepEqual(queries.groups('day', part), [{ key: '2024-03-31', count: 1, ...part }]);
    inZone('America/New_York');
    assert.deepEqual(
      queries.groups('day', {}).map(({ key, count }) => [key, count]),
      [
        ['2024-03-31', 38],
        ['2024-03-30', 12],
      ],
    );
    database.close();
  });

  it('before 1970 begin with it, as filters do', async () => {
    inZone('Europe/Berlin');
    const database = opened(await loadDatabase());
    applyAll(database, { type: 'put', record: { ...randomRecord(new Random(1)), startedAt: 0 } });
    const [day] = database.queries.groups('day', {});
    assert.deepEqual(day, { key: '1970-01-01', count: 1, from: 0, before: 23 * hourMs });
    database.close();
  });
});
