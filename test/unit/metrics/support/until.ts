/** Waits for something that another thread, process or the machine does; real time, hence a limit. */
export async function until(condition: () => boolean, what: string, limitMs = 15_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`Waited ${limitMs} ms in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
