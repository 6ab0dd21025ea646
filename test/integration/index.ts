import { markConsole } from '../host/hostOutput';
import { runMocha } from '../host/mochaRun';

/** Called by VS Code inside the extension host; a rejection makes the run fail. */
export async function run(): Promise<void> {
  const restoreConsole = markConsole();
  try {
    const failures = await runMocha({ folder: 'integration', timeoutMs: 120_000, slowMs: 2_000 });
    if (failures > 0) throw new Error(`${failures} integration tests failed.`);
  } finally {
    restoreConsole();
  }
}
