import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { analyseUrl } from '../../src/services/scan/url/analysis/analyseUrl';
import type { HostList } from '../../src/services/scan/url/lists/hostList';
import { readListFile } from '../../src/services/scan/url/lists/listFile';
import { createUrlThread } from '../../src/services/scan/url/urlThreads';
import { systemClock } from '../../src/shared/clock';
import { nullLogger } from '../../src/shared/logger';
import { bytesPerMB } from '../../src/shared/units';
import { FixtureBundle } from '../unit/support/fixtureBundle';
import { Random } from '../unit/support/random';
import { median } from './statistics';

const rounds = 5;
const entries = 1_000_000;

/**
 * `perUrlUs`: the analysis of one of the innocent links of the tests; `listLoadMs`, `lookupUs` and `listMB`: a list of a
 * million domains from a file, the time to ask it about one link, half of them listed, and what it takes of memory;
 * `hostDelayMs`: the longest that this thread was held while another one loaded the list.
 */
export async function run(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sentinel-bench-url-'));
  try {
    const file = path.join(folder, 'list');
    writeFileSync(file, Array.from({ length: entries }, (_, index) => domain(index)).join('\n'));
    const perUrlUs = analysis();
    const loads: number[] = [];
    let list: HostList | undefined;
    for (let round = 0; round < rounds; round++) {
      const startedMs = performance.now();
      const read = await readListFile(file);
      if (read.status !== 'read') throw new Error(`The list cannot be read: ${read.problem}`);
      loads.push(performance.now() - startedMs);
      list = read.list;
    }
    if (list?.size !== entries) throw new Error('The list is not whole.');
    return {
      perUrlUs,
      urlsPerSec: 1_000_000 / perUrlUs,
      listLoadMs: median(loads),
      lookupUs: lookups(list),
      listMB: list.byteLength / bytesPerMB,
      hostDelayMs: await hostDelay(file),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function domain(index: number): string {
  // Of the lengths that lists of such domains have.
  return `${((index * 2_654_435_761) >>> 0).toString(36)}-${index.toString(36)}.example-host.net`;
}

function analysis(): number {
  const links = readFileSync('test/fixtures/urls/innocent.txt', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '));
  const times: number[] = [];
  for (let round = 0; round < rounds * 4; round++) {
    const startedMs = performance.now();
    for (const link of links) analyseUrl(link);
    times.push(((performance.now() - startedMs) * 1_000) / links.length);
  }
  return median(times.slice(rounds));
}

function lookups(list: HostList): number {
  const random = new Random(1);
  const urls = Array.from({ length: 20_000 }, (_, index) => {
    const name = domain(random.below(entries));
    return new URL(`https://www.${index % 2 === 0 ? name : `not-${name}`}/path`);
  });
  const times: number[] = [];
  for (let round = 0; round < rounds * 2; round++) {
    let found = 0;
    const startedMs = performance.now();
    for (const url of urls) if (list.find(url, url.hostname, false) !== undefined) found += 1;
    times.push(((performance.now() - startedMs) * 1_000) / urls.length);
    if (found !== urls.length / 2) throw new Error(`${found} of ${urls.length} were found.`);
  }
  return median(times);
}

/** On the real thread, as the extension host sees it. */
async function hostDelay(file: string): Promise<number> {
  const bundle = new FixtureBundle();
  try {
    await bundle.build('src/workers/urlScan.worker.ts');
    const thread = createUrlThread(bundle.file('urlScan.worker'), systemClock, nullLogger);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    try {
      delay.enable();
      const { lists } = await thread.request('analyse', {
        texts: ['https://example.com/'],
        lists: { block: [file], allow: [] },
      });
      delay.disable();
      if (lists[0]?.entries !== entries) throw new Error('The thread has not read the list.');
      return delay.max / 1e6;
    } finally {
      await thread.stop();
    }
  } finally {
    bundle.remove();
  }
}
