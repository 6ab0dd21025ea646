import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExitScope } from './exitScope';

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A folder of its own in the system's temporary folder, removed with the scope. */
export function temporaryFolder(scope: ExitScope, purpose: string): TemporaryFolder {
  // Real path: VS Code compares folders by path, and macOS's temporary folder is behind a link.
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), `sentinel-${purpose}-`));
  // Processes that are just ending may still write, hence the retries.
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };
  const remove = scope.own({
    end: () => rm(folder, options),
    endNow: () => {
      rmSync(folder, options);
    },
  });
  return { path: folder, remove };
}
