import { createHook } from 'node:async_hooks';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Disposable } from '../../../../src/shared/disposable';

/** Handles and requests of Node's own without which nothing reaches a network, whichever library asks. */
const networkResources = /^(TCP|UDP|GETADDRINFO|GETNAMEINFO|QUERY|DNSCHANNEL|TLS|HTTP|PIPECONNECT)/;

/** Watches the calling thread. @param log gets a line for each use of a network */
export function spyOnNetwork(log: string): Disposable {
  const hook = createHook({
    init(_id, type) {
      if (networkResources.test(type)) appendFileSync(log, `${type}\n`);
    },
  }).enable();
  return {
    dispose() {
      hook.disable();
    },
  };
}

/** @returns what was used of networks */
export function networkUses(log: string): string[] {
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
}

/** @returns the bundles of threads that were watched, one for each thread */
export function watchedThreads(log: string): string[] {
  return networkUses(`${log}.threads`);
}

/** Makes the entry of a thread that is watched from its first moment on. @returns its file */
export function spiedThread(bundle: string, folder: string, log: string): string {
  const file = path.join(folder, `spied-${path.basename(bundle)}`);
  const spy = `const log = ${JSON.stringify(log)};
    const resources = ${String(networkResources)};
    require('node:async_hooks').createHook({
      init(id, type) { if (resources.test(type)) require('node:fs').appendFileSync(log, type + '\\n'); },
    }).enable();
    require('node:fs').appendFileSync(log + '.threads', ${JSON.stringify(`${path.basename(bundle)}\n`)});
    require(${JSON.stringify(bundle)});`;
  writeFileSync(file, spy);
  return file;
}
