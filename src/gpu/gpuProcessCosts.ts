/** Cost of the GPU process and of the tools that it keeps running. */
export interface GpuProcessCost {
  /** CPU time of all processes so far, restarts included: it only grows, so that a rate can be taken of it. */
  readonly cpuMs: number;
  /** Memory held now; 0 while no process runs. */
  readonly rssMB: number;
}

/** Adds the cost of one run to that of the runs before it. */
export class GpuProcessCosts {
  private endedRunsCpuMs = 0;
  private run: GpuProcessCost | undefined;
  private known = false;

  get current(): GpuProcessCost | undefined {
    if (!this.known) return undefined;
    return { cpuMs: this.endedRunsCpuMs + (this.run?.cpuMs ?? 0), rssMB: this.run?.rssMB ?? 0 };
  }

  /** @param cost of the current run since it was started */
  record(cost: GpuProcessCost): void {
    this.known = true;
    // A tool that ended takes its time along; what was once counted stays counted.
    this.run = { cpuMs: Math.max(cost.cpuMs, this.run?.cpuMs ?? 0), rssMB: cost.rssMB };
  }

  endRun(): void {
    this.endedRunsCpuMs += this.run?.cpuMs ?? 0;
    this.run = undefined;
  }
}
