import { createHash } from 'node:crypto';
import type { FileHashes } from '../../shared/protocol/fileHashWorker';

/** All hashes of one content, computed as it passes. */
export class ContentHashes {
  private readonly md5 = createHash('md5');
  private readonly sha1 = createHash('sha1');
  private readonly sha256 = createHash('sha256');

  update(part: Uint8Array): void {
    this.md5.update(part);
    this.sha1.update(part);
    this.sha256.update(part);
  }

  /** To be called once, at the end. */
  digest(): FileHashes {
    return {
      md5: this.md5.digest('hex'),
      sha1: this.sha1.digest('hex'),
      sha256: this.sha256.digest('hex'),
    };
  }
}
