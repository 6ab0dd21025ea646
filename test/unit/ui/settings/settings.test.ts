import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { readSettings, settingSchemas, settingsSection } from '../../../../src/ui/settings/settings';
import { RecordingLogger } from '../../support/recordingLogger';

interface ManifestSetting {
  readonly type: string;
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly enum?: readonly string[];
  readonly markdownDescription?: string;
}

// npm runs tests in the checkout's root.
function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function manifestSettings(): Record<string, ManifestSetting> {
  const { contributes } = readJson('package.json') as {
    contributes: { configuration: { properties: Record<string, ManifestSetting> }[] };
  };
  return Object.assign({}, ...contributes.configuration.map(({ properties }) => properties)) as Record<
    string,
    ManifestSetting
  >;
}

function read(values: Record<string, unknown>): {
  settings: ReturnType<typeof readSettings>;
  warnings: string[];
} {
  const logger = new RecordingLogger();
  const settings = readSettings({ get: (name) => values[name] }, logger);
  return { settings, warnings: logger.of('warning') };
}

describe('settings', () => {
  it('are the same in the manifest and in the code', () => {
    const manifest = manifestSettings();
    assert.deepEqual(
      Object.keys(manifest).sort(),
      Object.keys(settingSchemas)
        .map((name) => `${settingsSection}.${name}`)
        .sort(),
    );
    for (const [name, schema] of Object.entries(settingSchemas)) {
      const setting = manifest[`${settingsSection}.${name}`];
      assert.ok(setting);
      assert.deepEqual(setting.default, v.parse(schema, undefined), `default of ${name}`);
      const accepts = (value: unknown): boolean => v.safeParse(schema, value).success;
      for (const [bound, beyond] of [
        [setting.minimum, -0.001],
        [setting.maximum, 0.001],
      ] as const) {
        if (setting.type !== 'number' && setting.type !== 'integer') continue;
        assert.ok(bound !== undefined, `${name} has no bound`);
        assert.ok(accepts(bound), `${name} refuses its bound ${bound}`);
        assert.ok(!accepts(bound + beyond), `${name} accepts ${bound + beyond}`);
      }
      for (const choice of setting.enum ?? []) assert.ok(accepts(choice), `${name} refuses ${choice}`);
    }
  });

  it('have their texts in package.nls.json, and no text is left over', () => {
    const texts = readJson('package.nls.json') as Record<string, string>;
    const used = new Set(
      [...readFileSync('package.json', 'utf8').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? ''),
    );
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('come in the units of the code', () => {
    const { settings, warnings } = read({
      'metrics.intervalSeconds': 2,
      'metrics.backgroundIntervalSeconds': 10,
      'thresholds.cpuWarning': 50,
    });
    assert.deepEqual([settings.intervalMs, settings.backgroundIntervalMs], [2_000, 10_000]);
    assert.deepEqual(settings.thresholds.cpu, { warning: 50, error: 95 });
    assert.deepEqual(warnings, []);
  });

  for (const value of [0, 61, -1, Number.NaN, '3', {}, []]) {
    it(`refuse ${JSON.stringify(value)} as an interval with a log line`, () => {
      const { settings, warnings } = read({ 'metrics.intervalSeconds': value });
      assert.equal(settings.intervalMs, 3_000);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /sentinel\.metrics\.intervalSeconds/);
    });
  }

  it('refuse a template that names no figure', () => {
    const { settings, warnings } = read({ 'statusBar.template': '{cpus}' });
    assert.match(settings.statusBarTemplate, /\{cpu\}/);
    assert.match(warnings[0] ?? '', /\{cpus\}/);
  });

  it('take null, as JSON files have it, for "not set"', () => {
    assert.deepEqual(read({ 'metrics.intervalSeconds': null }).warnings, []);
  });
});
