import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CpuMetrics } from '../../../shared/metrics/snapshot';
import { defined } from '../../../shared/defined';
import type { Absences } from '../absences';
import { listFolder } from './disks';
import { readSystemFile, readSystemNumber } from './systemFile';

/** Drivers whose temperature is the processor's (kernel, hwmon/), with the label of the whole package. */
const processorDrivers: ReadonlyMap<string, readonly string[]> = new Map([
  ['coretemp', ['Package id 0']],
  ['k10temp', ['Tdie', 'Tctl']],
  ['zenpower', ['Tdie', 'Tctl']],
  ['cpu_thermal', []],
  ['cpu-thermal', []],
]);
const processorZones = /^(x86_pkg_temp|cpu[-_]?thermal|cpu\d*-thermal|soc[-_]thermal)/;
/** Reading a processor's clock interrupts it; the mean over this many is as good as over all of a large machine. */
const maxClocksRead = 16;

type SensorFigures = Pick<CpuMetrics, 'temperatureC' | 'frequencyMHz' | 'sensorsAt'>;

/** Temperature and clock of the processors, from /sys. */
export class ProcessorSensors {
  private temperatureFile: string | undefined;
  private clockFiles: readonly string[] = [];
  private latest: SensorFigures = {};
  private read = false;

  constructor(private readonly sysRoot: string) {}

  /** Finds the sensors; they come and go only with drivers. */
  discover(): void {
    this.temperatureFile = findHwmonTemperature(this.sysRoot) ?? findThermalZone(this.sysRoot);
    this.clockFiles = listFolder(path.join(this.sysRoot, 'devices/system/cpu'))
      .filter((name) => /^cpu\d+$/.test(name))
      .slice(0, maxClocksRead)
      .map((name) => path.join(this.sysRoot, 'devices/system/cpu', name, 'cpufreq/scaling_cur_freq'))
      // Virtual machines have none, and a look at what is missing costs more than one at what is there.
      .filter((file) => existsSync(file));
  }

  /** Reads the sensors; on a slow tier. @param timestamp ISO 8601 */
  refresh(timestamp: string): void {
    const milliC = this.temperatureFile === undefined ? undefined : readSystemNumber(this.temperatureFile);
    const clocksKHz = this.clockFiles.map(readSystemNumber).filter((value) => value !== undefined);
    this.latest = defined({
      temperatureC: milliC === undefined ? undefined : milliC / 1_000,
      frequencyMHz:
        clocksKHz.length === 0
          ? undefined
          : clocksKHz.reduce((sum, value) => sum + value, 0) / clocksKHz.length / 1_000,
      sensorsAt: milliC === undefined && clocksKHz.length === 0 ? undefined : timestamp,
    });
    this.read = true;
  }

  current(absences: Absences): SensorFigures {
    const reason = this.read ? 'unsupported' : 'notAvailableYet';
    absences.noted('cpu.temperatureC', this.latest.temperatureC, reason);
    absences.noted('cpu.frequencyMHz', this.latest.frequencyMHz, reason);
    return this.latest;
  }
}

function findHwmonTemperature(sysRoot: string): string | undefined {
  const root = path.join(sysRoot, 'class/hwmon');
  for (const device of listFolder(root)) {
    const folder = path.join(root, device);
    const labels = processorDrivers.get(textOf(path.join(folder, 'name')));
    if (labels === undefined) continue;
    const inputs = listFolder(folder).filter((name) => /^temp\d+_input$/.test(name));
    const labelled = labels.map((label) =>
      inputs.find((input) => textOf(path.join(folder, input.replace('_input', '_label'))) === label),
    );
    const input = labelled.find((name) => name !== undefined) ?? inputs.sort()[0];
    if (input !== undefined) return path.join(folder, input);
  }
  return undefined;
}

function findThermalZone(sysRoot: string): string | undefined {
  const root = path.join(sysRoot, 'class/thermal');
  const zone = listFolder(root).find((name) => processorZones.test(textOf(path.join(root, name, 'type'))));
  return zone === undefined ? undefined : path.join(root, zone, 'temp');
}

function textOf(file: string): string {
  const reading = readSystemFile(file);
  return 'text' in reading ? reading.text.trim() : '';
}
