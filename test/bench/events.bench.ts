import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { JournaldProvider } from '../../src/services/events/journald/journaldProvider';
import { EventsService } from '../../src/services/events/eventsService';
import { ProcessRunner } from '../../src/services/process/processRunner';
import { TaskSupervisor } from '../../src/services/tasks/taskSupervisor';
import { systemClock as clock } from '../../src/shared/clock';
import { nullLogger as logger } from '../../src/shared/logger';
import { EventsModel } from '../../src/ui/events/eventsModel';
import { DateTexts } from '../../src/ui/dateTexts';
import { FixtureBundle } from '../unit/support/fixtureBundle';
import { MemoryChoices } from '../unit/support/memoryChoices';
import { english } from '../unit/support/translate';
import { journalToolsMissing, ordinaryEntries, TestJournal } from '../unit/events/support/journal';
import { median } from './statistics';

const rounds = 5;

/**
 * From the first look at the view to its rows, on a real journal read by the real journalctl: `load300Ms` and
 * `load10000Ms` of that many records, and `hostDelayMaxMs`, the longest that the event loop was held meanwhile.
 */
export async function run(): Promise<Record<string, unknown>> {
  const missing = journalToolsMissing();
  if (missing !== undefined) {
    console.error(missing);
    return { load300Ms: null, load10000Ms: null, hostDelayMaxMs: null };
  }
  const bundle = new FixtureBundle();
  const journal = new TestJournal();
  try {
    await bundle.build('src/services/process/guardian.process.ts');
    journal.write(ordinaryEntries(10_000), (index) => 1_700_000_000_000_000 + index * 1_000_000);
    const small = await measure(journal, bundle.file('guardian.process'), 300);
    const large = await measure(journal, bundle.file('guardian.process'), 10_000);
    return { load300Ms: small.loadMs, load10000Ms: large.loadMs, hostDelayMaxMs: large.delayMs };
  } finally {
    journal.remove();
    bundle.remove();
  }
}

async function measure(journal: TestJournal, guardianFile: string, maxCount: number) {
  const loads: number[] = [];
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const processes = new ProcessRunner({ clock, logger, guardianFile });
    const supervisor = new TaskSupervisor({ clock, logger });
    const service = new EventsService({
      provider: new JournaldProvider(() => Promise.resolve(journal.journalctl), Date.now),
      platform: 'linux',
      supervisor,
      processes,
      clock,
      logger,
      maxCount: () => maxCount,
    });
    const model = new EventsModel({
      service,
      clock,
      maxCount: () => maxCount,
      choices: new MemoryChoices(),
      t: english,
      dates: new DateTexts('en'),
    });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startedMs = performance.now();
    model.setVisible(true);
    const groups = await model.children();
    const rows = (await Promise.all(groups.map((group) => model.children(group)))).flat();
    for (const row of rows) model.item(row);
    loads.push(performance.now() - startedMs);
    delay.disable();
    delays.push(delay.max / 1e6);
    if (model.shownEvents.length !== maxCount)
      throw new Error(`${model.shownEvents.length} events: ${model.message}`);
    model.dispose();
    await supervisor.stop();
    await processes.stop();
  }
  return { loadMs: median(loads), delayMs: median(delays) };
}
