import assert from 'node:assert/strict';
import { crc32, deflateRawSync } from 'node:zlib';
import { ArchiveProblems } from '../../../../src/services/scan/archive/archiveFindings';
import { withCpuTime } from '../support/cpuTime';
import { deflatedZeros, gzipOf, storedBlock } from '../support/deflateBuilder';
import { gzipQuine, zipQuine } from '../support/quine';
import { readArchive, type ReadArchive } from '../support/readArchive';
import { tar } from '../support/tarBuilder';
import { zip } from '../support/zipBuilder';

const gibibyte = 1024 ** 3;
const zeros = deflatedZeros(10 * 1024);

/** What the findings say, most alarming first. */
function weights({ problems }: ReadArchive): string[] {
  const gathered = new ArchiveProblems();
  for (const problem of problems) gathered.add(problem);
  assert.ok(gathered.isPartial);
  return gathered.findings().map(({ rule, weight }) => `${rule} ${weight}`);
}

/** Reads with an effort that is far below what unpacking it would take. */
function readQuickly(archive: Buffer, limits = {}): ReadArchive {
  const heldBefore = process.memoryUsage().arrayBuffers;
  const { result: read, cpuMs } = withCpuTime(() => readArchive(archive, limits));
  const heldMB = (process.memoryUsage().arrayBuffers - heldBefore) / 1024 ** 2;
  assert.ok(cpuMs < 10_000, `${cpuMs} ms`);
  assert.ok(heldMB < 400, `${heldMB} MB`);
  return read;
}

describe('archives that are made to harm', function () {
  this.timeout(120_000);

  it('end quickly and are named: 10 GB of zeros', () => {
    const size = 10 * gibibyte;
    const archives = {
      zip: zip([{ name: 'zeros', packed: zeros, unpackedBytes: size, zip64: true }]),
      lying: zip([{ name: 'zeros', packed: zeros, unpackedBytes: 100 }]),
      gzip: gzipOf(zeros),
      hidden: gzipOf(zeros, { size: 1000 }),
    };
    for (const [kind, archive] of Object.entries(archives)) {
      const read = readQuickly(archive);
      assert.deepEqual(weights(read), ['ratioTooHigh suspicious'], kind);
      assert.ok(read.unpackedBytes < 20_000_000, `${read.unpackedBytes}`);
      const claimed = read.problems[0]?.claimedBytes ?? 0;
      assert.ok(claimed > 9 * gibibyte && claimed < 11 * gibibyte, `${claimed}`);
    }
  });

  it('a tar archive of zeros, packed', () => {
    const head = tar([{ name: 'zeros', content: '', size: '77777777777\0' }], { zeroBlocks: 0 });
    const read = readQuickly(gzipOf(Buffer.concat([storedBlock(head), zeros])));
    assert.ok(weights(read).includes('ratioTooHigh suspicious'), weights(read).join());
    assert.ok(read.unpackedBytes < 20_000_000);
  });

  it('sixteen archives in each of sixteen archives, five times, like 42.zip', () => {
    let archive = zip([
      { name: '0.dll', packed: deflatedZeros(4096), unpackedBytes: 4 * gibibyte, zip64: true },
    ]);
    for (const level of [1, 2, 3, 4, 5]) {
      archive = zip(
        Array.from({ length: 16 }, (_, index) => ({ name: `${level}-${index}.zip`, content: archive })),
      );
    }
    assert.ok(archive.length < 300_000, `${archive.length}`);
    const read = readQuickly(archive, { maxDepth: 10 });
    assert.ok(weights(read).includes('ratioTooHigh suspicious'), weights(read).join());
    assert.ok(read.unpackedBytes < 150_000_000, `${read.unpackedBytes}`);
    assert.ok(readQuickly(archive, { maxDepth: 3 }).kinds.includes('tooDeep'));
  });

  it('archives that contain themselves', () => {
    for (const quine of [gzipQuine(), zipQuine()]) {
      const read = readQuickly(quine);
      assert.deepEqual(weights(read), ['quine suspicious']);
      assert.equal(read.memberCount, 1);
      assert.ok(readQuickly(zip([{ name: 'a', content: quine }])).kinds.includes('quine'));
    }
  });

  it('members that share their data', () => {
    for (const [count, weight] of [
      [3, 'suspicious'],
      [3000, 'malicious'],
    ] as const) {
      const read = readQuickly(overlapping(count));
      assert.ok(weights(read).includes(`overlapping ${weight}`), weights(read).join());
      assert.ok(read.unpackedBytes < 2_000_000, `${read.unpackedBytes}`);
    }
    const twice = zip([
      { name: 'a', content: 'the same' },
      { name: 'b', content: 'the same', headerAt: 0 },
    ]);
    assert.deepEqual(weights(readArchive(twice)), ['overlapping suspicious']);
  });

  it('a hundred thousand members', () => {
    const parts = Array.from({ length: 100_000 }, (_, index) => ({
      name: `${index}`,
      content: 'x',
      method: 0,
    }));
    for (const archive of [zip(parts), zip(parts, { zip64: true })]) {
      const read = readQuickly(archive);
      assert.deepEqual(read.problems, [{ type: 'problem', problem: 'tooManyMembers', members: [] }]);
      assert.equal(read.memberCount, 50_000);
    }
  });

  it('as many bad names as members', () => {
    const parts = Array.from({ length: 5_000 }, (_, index) => ({ name: `../${index}`, content: 'x' }));
    const gathered = new ArchiveProblems();
    for (const problem of readQuickly(zip(parts)).problems) gathered.add(problem);
    assert.deepEqual(gathered.texts(), ['Unpacking it may write outside of the chosen folder (5000 times)']);
    assert.equal(gathered.isPartial, false);
    const [finding] = gathered.findings();
    assert.deepEqual([finding?.weight, finding?.members], ['suspicious', ['../0']]);
  });

  it('a file of zeros is no bomb, but was not looked at in whole', () => {
    const content = Buffer.alloc(20_000_000);
    const read = readQuickly(
      zip([
        { name: 'zeros.bin', content },
        { name: 'next', content: 'seen' },
      ]),
    );
    assert.deepEqual(weights(read), ['ratioTooHigh informational']);
    assert.equal(read.members.at(-1)?.[1], 'seen');
    assert.deepEqual(readArchive(zip([{ name: 'small', content: Buffer.alloc(1_000_000) }])).problems, []);
  });
});

/** Every member's data is that of the next one with its header before it (David Fifield, "A better zip bomb", 2019). */
function overlapping(count: number): Buffer {
  const kernel = Buffer.alloc(500_000);
  let content = kernel;
  let data: Buffer = deflateRawSync(kernel);
  let unpackedBytes = kernel.length;
  let body = Buffer.alloc(0);
  const members: {
    name: string;
    packedBytes: number;
    unpackedBytes: number;
    checksum: number;
    fromEnd: number;
  }[] = [];
  for (let index = count - 1; index >= 0; index--) {
    const name = index.toString(36).padStart(4, '0');
    const checksum = count < 10 ? crc32(content) : 0;
    const whole = zip([{ name, packed: data, unpackedBytes, checksum }]);
    const header = whole.subarray(0, 30 + name.length);
    body = Buffer.concat([header, data]);
    members.unshift({ name, packedBytes: data.length, unpackedBytes, checksum, fromEnd: body.length });
    // The next one says this header as it is, and goes on with the data after it.
    data = Buffer.concat([storedBlock(header), data]);
    unpackedBytes += header.length;
    if (count < 10) content = Buffer.concat([header, content]);
  }
  const directory = zip(
    members.map(({ fromEnd, ...member }) => ({
      ...member,
      packed: Buffer.alloc(0),
      headerAt: body.length - fromEnd,
    })),
    { directoryAt: body.length },
  );
  return Buffer.concat([body, directory]);
}
