import type { VolumeSizes } from '../../../../src/services/metrics/volumes';

/** Stands for statfs: each question stays open until the test answers it. */
export class ManualVolumes {
  readonly asked: string[] = [];
  private readonly open = new Map<
    string,
    { resolve: (sizes: VolumeSizes) => void; reject: (error: Error) => void }
  >();

  readonly statfs = (mount: string): Promise<VolumeSizes> => {
    this.asked.push(mount);
    return new Promise((resolve, reject) => {
      this.open.set(mount, { resolve, reject });
    });
  };

  get openQuestions(): string[] {
    return [...this.open.keys()];
  }

  answer(mount: string, sizes: Partial<VolumeSizes> = {}): void {
    this.take(mount).resolve({ bsize: 1_024 * 1_024, blocks: 100, bfree: 50, bavail: 40, ...sizes });
  }

  fail(mount: string, code: string): void {
    this.take(mount).reject(Object.assign(new Error(code), { code }));
  }

  private take(mount: string): { resolve: (sizes: VolumeSizes) => void; reject: (error: Error) => void } {
    const question = this.open.get(mount);
    if (question === undefined) throw new Error(`${mount} was not asked.`);
    this.open.delete(mount);
    return question;
  }
}
