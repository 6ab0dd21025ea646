import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { findNvidiaSmi } from '../../../src/gpu/providers/nvidiaTool';
import { skip } from '../../support/skip';
import { MachineFolder } from './support/gpuFixtures';

describe('findNvidiaSmi', () => {
  let machine: MachineFolder;

  beforeEach(function () {
    if (process.platform === 'win32') skip(this, 'the stand-ins are scripts');
    machine = new MachineFolder();
  });

  afterEach(() => {
    machine.dispose();
  });

  function install(folder: string): string {
    machine.write(`${folder}/nvidia-smi`, '#!/bin/sh\n');
    const file = path.join(machine.root, folder, 'nvidia-smi');
    chmodSync(file, 0o755);
    return file;
  }

  const at = (folder: string): string => path.join(machine.root, folder);

  it("asks the driver's own tool before whatever PATH has", async () => {
    const onPath = install('first');
    const drivers = install('driver');
    const env = { PATH: at('first') };
    assert.equal(await findNvidiaSmi(undefined, env, [], [at('driver')]), drivers);
    assert.equal(await findNvidiaSmi(undefined, env, [], [at('nothing')]), onPath);
  });

  it('runs nothing from relative folders, nor from those that are open in the editor', async () => {
    install('repo/node_modules/.bin');
    const relative = path.relative(process.cwd(), at('repo/node_modules/.bin'));
    const env = { PATH: ['', '.', relative, at('repo/node_modules/.bin')].join(path.delimiter) };
    assert.equal(await findNvidiaSmi(undefined, env, [at('repo')], []), undefined);
  });
});
