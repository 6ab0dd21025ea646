import assert from 'node:assert/strict';
import { Redactor } from '../../../../src/services/logging/redactor';
import type { KeyedService } from '../../../../src/services/secrets/apiKeys';
import type { KeyCheckResult } from '../../../../src/services/secrets/keyChecks';
import { KeyStore } from '../../../../src/services/secrets/keyStore';
import { KeyCommands } from '../../../../src/ui/secrets/keyCommands';
import { MemorySecrets } from '../../secrets/support/memorySecrets';
import { RecordingLogger } from '../../support/recordingLogger';
import { english } from '../../support/translate';

const key = '0123456789abcdef'.repeat(4);

describe('commands for keys', () => {
  class Person {
    readonly secrets = new MemorySecrets();
    readonly keys = new KeyStore({
      storage: this.secrets,
      redactor: new Redactor(),
      logger: new RecordingLogger(),
    });
    picks: KeyedService | undefined = 'virustotal';
    types: string | undefined = key;
    agrees = true;
    result: KeyCheckResult = { type: 'valid', detail: '3 of 500 requests of today are used up' };
    readonly offered: string[] = [];
    readonly questions: string[] = [];
    readonly told: string[] = [];
    readonly checked: string[] = [];
    readonly set: KeyedService[] = [];
    refusedInputs: (string | undefined)[] = [];
    private readonly commands = new KeyCommands({
      keys: this.keys,
      checks: {
        virustotal: this.check('virustotal'),
        urlhaus: this.check('urlhaus'),
        safeBrowsing: this.check('google'),
      },
      surface: {
        pick: (_title, items) => {
          this.offered.push(...items.map(({ label, description }) => `${label}: ${description}`));
          return Promise.resolve(this.picks);
        },
        input: ({ validate }) => {
          this.refusedInputs = ['', 'short', key].map(validate);
          return Promise.resolve(this.types);
        },
        confirm: (question, detail) => {
          this.questions.push(`${question} ${detail}`);
          return Promise.resolve(this.agrees);
        },
      },
      notifications: {
        success: (message) => this.told.push(`success: ${message}`),
        info: (message) => this.told.push(`info: ${message}`),
        warning: (message) => this.told.push(`warning: ${message}`),
      },
      onSet: (service) => this.set.push(service),
      t: english,
    });

    async does(command: string, ...args: unknown[]): Promise<void> {
      await this.commands.handlers[`sentinel.${command}`]?.(...args);
    }

    private check(name: string) {
      return (checked: string): Promise<KeyCheckResult> => {
        this.checked.push(`${name} ${checked}`);
        return Promise.resolve(this.result);
      };
    }
  }

  it('keep a key, without the blanks around it, and check it after a yes', async () => {
    const person = new Person();
    person.types = `  ${key}\n`;
    await person.does('setApiKey');
    assert.equal(await person.keys.get('virustotal'), key);
    assert.deepEqual(person.offered, [
      'VirusTotal: not set',
      'URLhaus: not set',
      'Google Safe Browsing: not set',
    ]);
    assert.deepEqual(person.refusedInputs, [
      'Paste the key.',
      'A key of VirusTotal has 64 hexadecimal digits.',
      undefined,
    ]);
    assert.deepEqual(person.questions, [
      'Ask VirusTotal whether it takes the API key? Only the API key leaves this machine.',
    ]);
    assert.deepEqual(person.checked, [`virustotal ${key}`]);
    assert.deepEqual(person.told, [
      'success: VirusTotal takes the API key: 3 of 500 requests of today are used up.',
    ]);
    assert.deepEqual(person.set, ['virustotal']);
  });

  it('send nothing without a yes, and keep the key all the same', async () => {
    const person = new Person();
    person.agrees = false;
    await person.does('setApiKey', 'virustotal');
    assert.deepEqual(person.checked, []);
    assert.deepEqual(person.told, ['success: The API key of VirusTotal is set.']);
    await person.does('checkApiKey', 'virustotal');
    assert.deepEqual(person.checked, []);
    await person.does('removeApiKey', 'virustotal');
    assert.equal(await person.keys.get('virustotal'), key);
  });

  it('say that a key is refused, or that nobody knows', async () => {
    const person = new Person();
    person.result = { type: 'refused' };
    await person.does('setApiKey');
    person.result = { type: 'unknown', detail: 'ECONNREFUSED' };
    await person.does('checkApiKey');
    assert.deepEqual(person.told, [
      'warning: VirusTotal refuses the API key.',
      'warning: Whether VirusTotal takes the API key is not known: ECONNREFUSED.',
    ]);
  });

  it('offer to check and to remove only what is there', async () => {
    const person = new Person();
    await person.does('checkApiKey');
    assert.deepEqual(person.told, ['info: No API key is set.']);
    await person.keys.set('urlhaus', 'k'.repeat(48));
    person.picks = 'urlhaus';
    await person.does('removeApiKey');
    assert.deepEqual(person.offered, ['URLhaus: set']);
    assert.equal(await person.keys.get('urlhaus'), undefined);
    assert.equal(person.told.at(-1), 'info: The API key of URLhaus is removed.');
  });

  it('change nothing where a person turns back', async () => {
    const person = new Person();
    person.types = undefined;
    await person.does('setApiKey');
    person.picks = undefined;
    await person.does('setApiKey');
    assert.deepEqual([...person.secrets.values], []);
    assert.deepEqual([person.told, person.questions, person.set], [[], [], []]);
  });
});
