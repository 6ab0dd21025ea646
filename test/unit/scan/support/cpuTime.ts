/** What an action returns, and how much of the processor it took: a busy machine does not change that. */
export function withCpuTime<T>(action: () => T): { result: T; cpuMs: number } {
  const before = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuMs: (user + system) / 1000 };
}
