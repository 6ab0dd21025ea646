import { readFileSync } from 'node:fs';
import * as si from 'systeminformation';

/** The figures of a snapshot through `systeminformation`; prints the CPU time of each, programs included. */

const ticksPerSecond = 100;

/** Of this process and of those that it started and that have ended. */
function cpuMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ofChildren = Number(fields[13]) + Number(fields[14]);
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 + (ofChildren * 1_000) / ticksPerSecond;
}

async function snapshot(): Promise<void> {
  await Promise.all([
    si.currentLoad(),
    si.mem(),
    si.fsSize(),
    si.disksIO(),
    si.networkInterfaces(),
    si.networkStats('*'),
    si.networkConnections(),
    si.cpuTemperature(),
    si.cpuCurrentSpeed(),
  ]);
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2]);
  await snapshot();
  const costs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Its rates are kept for half a second and would cost nothing within.
    await new Promise((resolve) => setTimeout(resolve, 550));
    const before = cpuMs();
    await snapshot();
    costs.push(cpuMs() - before);
  }
  process.stdout.write(JSON.stringify(costs));
}
void main();
