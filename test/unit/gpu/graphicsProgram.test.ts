import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadGraphics } from '../../../src/gpu/providers/graphicsProgram';
import { systemClock } from '../../../src/shared/clock';
import { FixtureBundle } from '../support/fixtureBundle';
import { MachineFolder } from './support/gpuFixtures';
import { isAlive } from '../../support/isAlive';

describe('the program that asks for controllers', function () {
  this.timeout(20_000);
  const bundle = new FixtureBundle();
  let machine: MachineFolder;

  before(() => bundle.build('src/gpu/telemetry.process.ts'));
  after(() => {
    bundle.remove();
  });

  beforeEach(() => {
    machine = new MachineFolder();
  });

  afterEach(() => {
    machine.dispose();
  });

  function load(
    script: string,
    limitMs = 10_000,
    signal = new AbortController().signal,
  ): Promise<readonly object[]> {
    const file = path.join(machine.root, 'program.cjs');
    machine.write('program.cjs', `require('node:fs').writeFileSync(${JSON.stringify(pidFile())}, String(process.pid));${script}`); // prettier-ignore
    return loadGraphics(file, systemClock, signal, limitMs);
  }

  const pidFile = (): string => path.join(machine.root, 'pid');

  async function gone(): Promise<void> {
    const pid = Number(readFileSync(pidFile(), 'utf8'));
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  it('gives the controllers that fit, of the bundle itself', async () => {
    for (const controller of await loadGraphics(
      bundle.file('telemetry.process'),
      systemClock,
      new AbortController().signal,
    )) {
      assert.equal(typeof controller, 'object');
    }
    const controllers = await load(
      `console.log('{"model":"A","vram":8176,"secret":1}'); console.log('garbage'); console.log('{"model":7}');`,
    );
    assert.deepEqual(controllers, [{ model: 'A', vram: 8176 }]);
  });

  it('ends at the limit, however busy it is', async () => {
    await assert.rejects(load(`process.on('SIGTERM', () => {}); for (;;);`, 1_000), /no answer within 1 s/);
    if (existsSync(pidFile())) await gone();
  });

  it('says how it failed', async () => {
    await assert.rejects(load('process.exit(3)'), /exit code 3/);
  });

  it('ends when it is no longer wanted', async () => {
    const end = new AbortController();
    const loading = load('setInterval(() => undefined, 1000)', 10_000, end.signal);
    while (!existsSync(pidFile())) await new Promise((resolve) => setTimeout(resolve, 10));
    end.abort();
    await assert.rejects(loading, /no longer wanted/);
    await gone();
  });
});
