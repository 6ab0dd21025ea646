import assert from 'node:assert/strict';
import { Absences } from '../../../../src/services/metrics/absences';
import { ProcessorSensors } from '../../../../src/services/metrics/linux/sensors';
import type { CpuMetrics } from '../../../../src/shared/metrics/snapshot';
import { SystemTree } from '../support/systemTree';

const timestamp = '2024-01-15T10:30:45.000Z';

describe('ProcessorSensors', () => {
  let tree: SystemTree;
  beforeEach(() => {
    tree = new SystemTree();
  });
  afterEach(() => {
    tree.dispose();
  });

  function read(): Pick<CpuMetrics, 'temperatureC' | 'frequencyMHz' | 'sensorsAt'> & { absent: object } {
    const sensors = new ProcessorSensors(tree.roots.sysRoot);
    sensors.discover();
    sensors.refresh(timestamp);
    const absences = new Absences();
    return { ...sensors.current(absences), absent: absences.figures };
  }

  it('prefers the label of the whole package, not the disk that is hotter', () => {
    tree.writeAll({
      'sys/class/hwmon/hwmon0/name': 'nvme\n',
      'sys/class/hwmon/hwmon0/temp1_input': '90000\n',
      'sys/class/hwmon/hwmon1/name': 'coretemp\n',
      'sys/class/hwmon/hwmon1/temp1_input': '44000\n',
      'sys/class/hwmon/hwmon1/temp1_label': 'Core 0\n',
      'sys/class/hwmon/hwmon1/temp2_input': '51500\n',
      'sys/class/hwmon/hwmon1/temp2_label': 'Package id 0\n',
    });
    assert.equal(read().temperatureC, 51.5);
  });

  it('falls back on the zone of the processor', () => {
    tree.writeAll({
      'sys/class/thermal/thermal_zone0/type': 'acpitz\n',
      'sys/class/thermal/thermal_zone0/temp': '20000\n',
      'sys/class/thermal/thermal_zone1/type': 'x86_pkg_temp\n',
      'sys/class/thermal/thermal_zone1/temp': '-5000\n',
    });
    assert.equal(read().temperatureC, -5, 'frost is a temperature');
  });

  it('shows the mean clock of the processors that have one', () => {
    tree.writeAll({
      'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '1000000\n',
      'sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq': '3000000\n',
      'sys/devices/system/cpu/cpu2/online': '0\n',
      'sys/devices/system/cpu/cpufreq/boost': '1\n',
    });
    assert.equal(read().frequencyMHz, 2_000);
    assert.equal(read().sensorsAt, timestamp, 'and says when it looked');
  });

  it('says that there is none, and that it has not looked yet', () => {
    assert.deepEqual(read(), {
      absent: { 'cpu.temperatureC': 'unsupported', 'cpu.frequencyMHz': 'unsupported' },
    });
    const absences = new Absences();
    new ProcessorSensors(tree.roots.sysRoot).current(absences);
    assert.equal(absences.figures['cpu.temperatureC'], 'notAvailableYet');
  });

  it('makes no figure of a broken sensor', () => {
    tree.write('sys/class/hwmon/hwmon0/name', 'k10temp\n').write('sys/class/hwmon/hwmon0/temp1_input', '\0?');
    assert.equal(read().temperatureC, undefined);
  });
});
