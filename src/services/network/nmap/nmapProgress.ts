import type { NmapTask } from './nmapXml';

/** How far a host that is up has come when a stage of this name begins and ends, where services are asked, too. */
const stages: readonly (readonly [name: RegExp, from: number, to: number])[] = [
  [/DNS resolution|OS detection/i, 0.05, 0.05],
  [/^(?:SYN|Connect|UDP)/i, 0.05, 0.6],
  [/^Service/i, 0.6, 0.95],
  [/^NSE/i, 0.95, 1],
];
/** What finding out who is there is worth of the whole. */
const pingShare = 0.1;

/**
 * Makes one percentage of what nmap tells, which never goes back and never promises the end. nmap works through a
 * large network in groups and tells of each stage of each group: addresses that are done count whole, hosts that are
 * being looked at as far as their group has come.
 */
export class NmapProgress {
  private done = 0;
  private pending = 0;
  private stage = 0;
  private percent = 0;

  constructor(private readonly addressCount: number) {}

  onTask({ name, percent }: NmapTask): number {
    if (/^(?:Ping|ARP|ND Ping)/i.test(name)) {
      this.stage = 0;
      if (this.done === 0) return this.raise(percent * pingShare);
      return this.percent;
    }
    const stage = stages.find(([pattern]) => pattern.test(name));
    if (stage !== undefined) this.stage = stage[1] + ((stage[2] - stage[1]) * percent) / 100;
    return this.update();
  }

  onHostUp(): number {
    this.pending += 1;
    return this.update();
  }

  onHostDone(): number {
    this.done += 1;
    this.pending = Math.max(0, this.pending - 1);
    return this.update();
  }

  private update(): number {
    const pending = this.done === 0 ? Math.max(1, this.pending) : this.pending;
    return this.raise((100 * (this.done + pending * this.stage)) / Math.max(1, this.addressCount));
  }

  private raise(percent: number): number {
    this.percent = Math.max(this.percent, Math.min(99, percent));
    return this.percent;
  }
}
