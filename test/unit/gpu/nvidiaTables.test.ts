import assert from 'node:assert/strict';
import {
  classifyFailure,
  deviceFields,
  deviceOfRow,
  parseHeader,
  parseMetric,
  parseRow,
  processFields,
  processOfRow,
} from '../../../src/gpu/providers/nvidiaTables';
import type { GpuDevice } from '../../../src/shared/gpu/gpu';
import { fixtureText } from './support/gpuFixtures';

function devices(fixture: string): GpuDevice[] {
  const [header = '', ...rows] = fixtureText(fixture).trim().split('\n');
  const columns = parseHeader(header, deviceFields);
  assert.ok(columns);
  return rows.map((row) => deviceOfRow(parseRow(row, columns)!)!);
}

describe('tables of nvidia-smi', () => {
  it('reads a card with every figure', () => {
    const [card] = devices('nvidia-workstation.csv');
    assert.equal(card?.id, 'GPU-6f1c2a54-9d3e-4b0a-8f57-0c1d2e3f4a5b');
    assert.equal(card.name, 'NVIDIA GeForce RTX 4090');
    assert.equal(card.driverVersion, '550.90.07');
    const { metrics } = card;
    assert.deepEqual(metrics.utilizationPercent, { status: 'ok', value: 97 });
    assert.deepEqual(metrics.memoryUsedMB, { status: 'ok', value: 21504 });
    assert.deepEqual(metrics.powerW, { status: 'ok', value: 612.3 }, 'power has no upper bound');
    assert.deepEqual(metrics.fanPercent, { status: 'ok', value: 64 });
    assert.deepEqual(metrics.encoderPercent, { status: 'ok', value: 0 }, 'a measured zero is a value');
    assert.deepEqual(metrics.pcieGeneration, { status: 'ok', value: 4 });
  });

  it('gives a reason, never 0, for what a card lacks', () => {
    const card = devices('nvidia-workstation.csv')[1]!;
    const { metrics } = card;
    assert.deepEqual(metrics.powerW, { status: 'unsupported' });
    assert.deepEqual(metrics.powerLimitW, { status: 'unsupported' });
    assert.deepEqual(metrics.fanPercent, { status: 'unavailable' });
    assert.deepEqual(metrics.memoryClockMHz, { status: 'unavailable' });
    assert.deepEqual(metrics.utilizationPercent, { status: 'ok', value: 0 });
  });

  it('reads a partitioned card', () => {
    const card = devices('nvidia-mig.csv')[0]!;
    assert.equal(card.name, 'NVIDIA A100-SXM4-80GB (MIG)');
    assert.deepEqual(card.metrics.utilizationPercent, { status: 'unsupported' });
    assert.deepEqual(card.metrics.memoryUsedMB, { status: 'permissionDenied' });
  });

  it('takes every way of saying that there is no value', () => {
    for (const cell of ['[N/A]', 'N/A', '[Not Supported]', '[Requested functionality has been deprecated]']) {
      assert.equal(parseMetric(cell).status, 'unsupported', cell);
    }
    for (const cell of [
      '[Unknown Error]',
      '[GPU requires reset]',
      '[GPU is lost]',
      '',
      '-',
      '1,5',
      '0x1',
      'NaN',
    ]) {
      assert.equal(parseMetric(cell).status, 'unavailable', cell);
    }
    assert.equal(parseMetric(undefined).status, 'unsupported');
    assert.deepEqual(parseMetric('45 %'), { status: 'ok', value: 45 });
  });

  it('knows a header by its fields, in any order, with or without units', () => {
    assert.deepEqual(parseHeader('name, utilization.gpu [%], uuid', deviceFields), [
      'name',
      'utilization.gpu',
      'uuid',
    ]);
    assert.equal(parseHeader('GPU-1, 00000000:01:00.0, 2', deviceFields), undefined);
    assert.equal(parseHeader('No devices were found', deviceFields), undefined);
  });

  it('reads processes, their names in either style, and says when memory is hidden', () => {
    const [header = '', ...rows] = fixtureText('nvidia-apps.csv').trim().split('\n');
    const columns = parseHeader(header, processFields)!;
    const processes = rows.map((row) => processOfRow(parseRow(row, columns)!)!);
    assert.deepEqual(
      processes.map(({ pid, name, memoryMB }) => [pid, name, memoryMB.status]),
      [
        [4242, 'python3.11', 'ok'],
        [4300, undefined, 'ok'],
        [4301, 'train.exe', 'unsupported'],
        [4302, undefined, 'permissionDenied'],
      ],
    );
  });

  it('ignores rows that are cut off or name nothing', () => {
    assert.equal(parseRow('GPU-1, 2', ['uuid', 'pci.bus_id', 'count']), undefined);
    assert.equal(deviceOfRow(new Map([['uuid', '[N/A]']])), undefined);
    assert.equal(processOfRow(new Map([['uuid', 'GPU-1'], ['pid', '[N/A]']])), undefined); // prettier-ignore
  });

  it('knows the ways in which the tool ends', () => {
    assert.deepEqual(
      classifyFailure('Field "utilization.encoder" is not a valid field to query.\n\n', 'exit code 2'),
      {
        kind: 'unknownField',
        field: 'utilization.encoder',
      },
    );
    assert.equal(classifyFailure('No devices were found', 'exit code 6').kind, 'noDevices');
    const mismatch = classifyFailure('Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.90', 'exit code 18'); // prettier-ignore
    assert.equal(mismatch.kind, 'mismatch');
    assert.match('message' in mismatch ? mismatch.message : '', /550\.90/);
    assert.equal(
      classifyFailure(
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that …",
        'exit code 9',
      ).kind,
      'noDriver',
    );
    assert.deepEqual(classifyFailure('', 'SIGSEGV'), {
      kind: 'other',
      message: 'nvidia-smi ended with SIGSEGV',
    });
  });
});
