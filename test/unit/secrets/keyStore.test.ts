import assert from 'node:assert/strict';
import { LogHub } from '../../../src/services/logging/logHub';
import { Redactor } from '../../../src/services/logging/redactor';
import type { KeyedService } from '../../../src/services/secrets/apiKeys';
import { keyProblem } from '../../../src/services/secrets/keyFormats';
import { KeyStore } from '../../../src/services/secrets/keyStore';
import { FakeClock } from '../support/fakeClock';
import { RecordingLogger } from '../support/recordingLogger';
import { MemorySecrets } from './support/memorySecrets';

const key = '0123456789abcdef'.repeat(4);

describe('KeyStore', () => {
  const make = (): {
    secrets: MemorySecrets;
    redactor: Redactor;
    logger: RecordingLogger;
    keys: KeyStore;
  } => {
    const [secrets, redactor, logger] = [new MemorySecrets(), new Redactor(), new RecordingLogger()];
    return { secrets, redactor, logger, keys: new KeyStore({ storage: secrets, redactor, logger }) };
  };

  it('keeps, gives and removes a key of each service by itself, and tells of it', async () => {
    const { secrets, keys } = make();
    const told: KeyedService[] = [];
    keys.onChanged((service) => told.push(service));
    assert.equal(await keys.get('virustotal'), undefined);
    await keys.set('virustotal', key);
    await keys.set('urlhaus', 'k'.repeat(48));
    assert.equal(await keys.get('virustotal'), key);
    assert.equal(await keys.remove('virustotal'), true);
    assert.equal(await keys.remove('virustotal'), false);
    assert.equal(await keys.get('virustotal'), undefined);
    assert.equal(await keys.get('urlhaus'), 'k'.repeat(48));
    assert.deepEqual(told, ['virustotal', 'urlhaus', 'virustotal']);
    await secrets.store('of another extension', 'x');
    assert.equal(told.length, 3);
  });

  it('takes a key out of every line of the log, from the moment it is seen', async () => {
    const { secrets, redactor } = make();
    const lines: string[] = [];
    const hub = new LogHub({ clock: new FakeClock(), redactor });
    hub.addSink({ write: ({ message }) => lines.push(message), flush: () => Promise.resolve() });
    const keys = new KeyStore({ storage: secrets, redactor, logger: hub.logger('secrets') });
    const other = 'fedcba9876543210'.repeat(4);
    secrets.values.set('sentinel.key.virustotal', key);
    await keys.get('virustotal');
    await keys.set('virustotal', other);
    await assert.rejects(keys.set('urlhaus', 'no key, and secret'));
    secrets.failure = new Error(`cannot decrypt ${other}`);
    await keys.get('virustotal');
    hub.logger('test').error(`asked with ${key}`, new Error(`and with ${other}, and no key, and secret`));
    await hub.flush();
    const log = lines.join('\n');
    assert.match(log, /cannot decrypt ‹redacted›/);
    for (const secret of [key, other, 'no key, and secret']) assert.ok(!log.includes(secret), log);
  });

  it('has no key where the storage cannot be read, and says so', async () => {
    const { secrets, keys, logger } = make();
    secrets.failure = new Error('no keyring');
    assert.equal(await keys.get('virustotal'), undefined);
    assert.match(logger.of('warning').join(), /no keyring/);
    await assert.rejects(keys.set('virustotal', key), /no keyring/);
  });

  it('gives nothing away that has not the form of a key, whoever stored it', async () => {
    const { secrets, keys } = make();
    secrets.values.set('sentinel.key.virustotal', 'x\r\nhost: example.org');
    assert.equal(await keys.get('virustotal'), undefined);
    await assert.rejects(keys.set('virustotal', 'short'), { code: 'secrets.badKey' });
    assert.equal(secrets.values.get('sentinel.key.virustotal'), 'x\r\nhost: example.org');
  });
});

describe('the form of keys', () => {
  for (const [service, text, problem] of [
    ['virustotal', key, undefined],
    ['virustotal', key.toUpperCase(), undefined],
    ['virustotal', '', 'empty'],
    ['virustotal', key.slice(1), 'wrongForm'],
    ['virustotal', `${key.slice(1)}g`, 'wrongForm'],
    ['virustotal', `${key}\n`, 'wrongForm'],
    ['urlhaus', 'a1B2'.repeat(12), undefined],
    ['urlhaus', 'with a blank in its middle', 'wrongForm'],
    ['safeBrowsing', `AIza${'x'.repeat(35)}`, undefined],
    ['safeBrowsing', 'AIza&key=other', 'wrongForm'],
  ] as const) {
    it(`${service}: ${JSON.stringify(text).slice(0, 30)} is ${problem ?? 'one'}`, () => {
      assert.equal(keyProblem(service, text), problem);
    });
  }
});
