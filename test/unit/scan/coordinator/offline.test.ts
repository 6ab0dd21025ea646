import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ScanService } from '../../../../src/services/scan/scanService';
import { TaskSupervisor } from '../../../../src/services/tasks/taskSupervisor';
import { systemClock } from '../../../../src/shared/clock';
import { defaultScanSettings } from '../../../../src/shared/scan/settings';
import { readSettings } from '../../../../src/ui/settings/settings';
import { spawnThread } from '../../../../src/workers/thread';
import { ControlBlock } from '../../../../src/workers/controlBlock';
import { RecordingLogger } from '../../support/recordingLogger';
import { FakeClamd } from '../clamav/support/fakeClamd';
import { eicar } from '../support/eicar';
import { networkUses, spiedThread, spyOnNetwork, watchedThreads } from '../support/networkSpy';
import {
  buildScanThreads,
  makeRoot,
  ownRules,
  RealScans,
  removeRoot,
  scanBundle,
} from '../support/realScans';
import { tar } from '../support/tarBuilder';
import { flagOf, zip } from '../support/zipBuilder';
import { VirusTotalHarness } from '../virustotal/support/virusTotalHarness';

describe('scans send nothing away', function () {
  this.timeout(120_000);
  let root: string;
  let log: string;

  before(() => buildScanThreads());
  after(() => {
    scanBundle.remove();
  });
  beforeEach(() => {
    root = makeRoot();
    log = path.join(root, 'network.log');
  });
  afterEach(() => {
    removeRoot(root);
  });

  it('the spy sees a thread that does, however it does', async () => {
    const server = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const talker = path.join(root, 'talker.cjs');
    const send = `require('node:dgram').createSocket('udp4').send('x', ${port}, '127.0.0.1')`;
    const ask = `require('node:dns').lookup('localhost', () => process.exit())`;
    writeFileSync(
      talker,
      `fetch('http://127.0.0.1:${port}').then((r) => r.text()).then(() => { ${send}; ${ask}; });`,
    );
    const thread = spawnThread(spiedThread(talker, root, log), {
      name: 'talker',
      logger: new RecordingLogger(),
    });
    await new Promise((resolve) => {
      thread.onExit(resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    const uses = networkUses(log);
    for (const type of ['TCPWRAP', 'UDPWRAP', 'GETADDRINFOREQWRAP']) assert.ok(uses.includes(type), type);
  });

  it('on no way that a scan can take', async () => {
    const files = path.join(root, 'files');
    const write = (name: string, content: string | Uint8Array): string => {
      const file = path.join(files, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    };
    const bad = write('bad', eicar());
    write(
      'page.html',
      '<img src="http://198.51.100.1/x.png"><script src="https://example.org/a.js"></script>',
    );
    write('a.zip', zip([{ name: 'in/e', content: eicar() }]));
    write('a.tgz', gzipSync(tar([{ name: 'e', content: eicar() }])));
    write('locked.zip', zip([{ name: 'a', packed: Buffer.alloc(30, '!'), flags: flagOf.encrypted }]));
    write('large', Buffer.alloc(3_000_000, 'http://198.51.100.1/'));
    write('stuck', 'q'.repeat(300_000));
    const spy = spyOnNetwork(log);
    const scans = new RealScans(root, {
      stepLimits: { baseMs: 2_000, bytesPerMs: 10_000 },
      searchLimits: { baseMs: 1_000, bytesPerMs: 10_000 },
      coordinatorFile: spiedThread(scanBundle.file('scanCoordinator.worker'), root, log),
      threadFile: spiedThread(scanBundle.file('scanThread.worker'), root, log),
    });
    try {
      const own = ownRules(root, {
        'mine.yar': 'rule stuck { strings: $a = /q.{1,2000}w.{1,2000}z/s condition: $a }',
        'faulty.yar': 'rule faulty { condition: http }',
      });
      const settings = { ...own, maxFileBytes: 1_000_000 };
      const first = await scans.scan(files, settings);
      assert.equal(first.verdict, 'malicious');
      await scans.scan(files, settings);
      await scans.scan(files, { ...settings, joinSmallFiles: false });
      for (const file of [
        bad,
        path.join(files, 'a.zip'),
        path.join(files, 'large'),
        path.join(files, 'no'),
      ]) {
        await scans.scan(file, settings);
      }
      const block = new ControlBlock();
      block.pause();
      const paused = scans.scan(files, { ...settings, openArchives: false }, {}, block);
      setTimeout(() => {
        block.cancel();
      }, 200);
      assert.equal((await paused).complete, false);
    } finally {
      await scans.stop();
      spy.dispose();
    }
    const watched = watchedThreads(log);
    for (const name of ['scanCoordinator', 'scanThread']) {
      assert.ok(watched.includes(`${name}.worker.cjs`), `${name} was not watched`);
    }
    assert.deepEqual(networkUses(log), []);
  });

  it('with VirusTotal beside them, though it has a key, by the settings that everybody begins with', async () => {
    const { mode } = readSettings({ get: () => undefined }, new RecordingLogger()).virusTotal;
    const harness = new VirusTotalHarness();
    await harness.start();
    harness.mode = mode;
    const file = path.join(root, 'files', 'bad');
    writeFileSync(file, eicar());
    const spy = spyOnNetwork(log);
    const scans = new RealScans(root, {
      coordinatorFile: spiedThread(scanBundle.file('scanCoordinator.worker'), root, log),
      threadFile: spiedThread(scanBundle.file('scanThread.worker'), root, log),
    });
    const supervisor = new TaskSupervisor({ clock: systemClock, logger: new RecordingLogger() });
    try {
      const service = new ScanService({
        thread: scans.client,
        engines: [harness.virusTotal],
        supervisor,
        history: { put: () => Promise.resolve('stored') },
        markedSafe: { list: () => Promise.resolve([]) },
        clock: systemClock,
        logger: new RecordingLogger(),
        settings: defaultScanSettings,
        exclusionsOf: (base) => ({ base, globs: [] }),
        titleOf: () => 'Scan',
      });
      for (const scan of [() => service.scanFile(file), () => service.scanFolder(path.join(root, 'files'))]) {
        const outcome = await scan().outcome;
        assert.ok(outcome.status === 'finished');
        assert.equal(outcome.result.verdict, 'malicious');
        const asked = outcome.result.engines.find(({ id }) => id === 'virustotal');
        assert.deepEqual([asked?.state, asked?.reason], ['notAsked', 'switchedOff']);
      }
    } finally {
      await supervisor.stop();
      await scans.stop();
      spy.dispose();
    }
    assert.deepEqual(harness.server.received, []);
    await harness.stop();
    assert.deepEqual(networkUses(log), []);
  });

  it('but to a clamd on this machine, by the settings that everybody begins with', async () => {
    const clamd = new FakeClamd();
    await clamd.listen();
    const files = path.join(root, 'files');
    for (let index = 0; index < 10; index++) writeFileSync(path.join(files, `f${index}`), `text ${index}`);
    const bad = path.join(files, 'bad');
    writeFileSync(bad, 'BAD');
    const scans = new RealScans(root, {
      coordinatorFile: spiedThread(scanBundle.file('scanCoordinator.worker'), root, log),
      threadFile: spiedThread(scanBundle.file('scanThread.worker'), root, log),
      clamdPlaces: { confFiles: [], sockets: [clamd.socketPath] },
    });
    try {
      assert.equal((await scans.scan(files)).verdict, 'malicious');
      assert.equal((await scans.scan(bad)).verdict, 'malicious');
      const elsewhere = { enabled: true, address: '192.0.2.1:3310', allowRemote: false };
      const refused = await scans.scan(files, { clamav: elsewhere });
      assert.equal(refused.engines.find(({ id }) => id === 'clamav')?.reason, 'noConsent');
      await scans.scan(files, { clamav: { ...elsewhere, address: 'clamav.example.org', enabled: true } });
    } finally {
      await scans.stop();
      await clamd.dispose();
    }
    const uses = networkUses(log);
    assert.deepEqual([...new Set(uses)], ['PIPECONNECTWRAP']);
    assert.equal(uses.length, clamd.conversations.length, 'every connection was one to that clamd');
  });
});
