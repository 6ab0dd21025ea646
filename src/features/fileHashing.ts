import { FileHashService } from '../services/hashing/fileHashService';
import { createHashThreads } from '../services/hashing/hashThreads';
import type { CommandHandlers } from '../ui/commands';
import { computeFileHashes } from '../ui/hashing/hashCommand';
import type { Feature, FeatureHost } from './feature';

/** Hashes of files that a person chooses. */
export class FileHashing implements Feature {
  readonly commands: CommandHandlers;
  private readonly threads: ReturnType<typeof createHashThreads>;

  constructor({ tasks, clock, notifications, log, distFolder }: FeatureHost) {
    this.threads = createHashThreads(distFolder, clock, log.logger('hashing'));
    const hashing = new FileHashService(tasks, this.threads, clock);
    this.commands = {
      'sentinel.computeFileHashes': (...args) => computeFileHashes(hashing, notifications, args),
    };
  }

  async stop(): Promise<void> {
    await this.threads.stop();
  }
}
