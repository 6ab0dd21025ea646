import eslint from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * Imports that a folder may not have. The direction is shared ← services ← ui ← features ← extension.ts; esbuild holds the
 * rule for `vscode` a second time, by leaving it out of every bundle but the extension's.
 */
const folderRules = [
  { files: ['src/shared/*.ts'], forbidden: ['vscode', 'node'], outside: '../**' },
  { files: ['src/shared/*/*.ts'], forbidden: ['vscode', 'node'], outside: '../../**' },
  { files: ['src/services/**/*.ts'], forbidden: ['ui', 'features', 'vscode'] },
  { files: ['src/workers/**/*.ts'], forbidden: ['ui', 'features', 'gpu', 'vscode'] },
  { files: ['src/gpu/**/*.ts'], forbidden: ['ui', 'features', 'workers', 'vscode'] },
  { files: ['src/ui/**/*.ts'], forbidden: ['features', 'workers', 'extension'] },
  { files: ['src/features/**/*.ts'], forbidden: ['extension'] },
  {
    files: ['webview-ui/**/*.ts'],
    forbidden: ['services', 'workers', 'gpu', 'ui', 'features', 'vscode', 'node'],
  },
];

const patterns = {
  services: { group: ['**/services/**'], message: 'This folder may not know the services.' },
  workers: { group: ['**/workers/**'], message: 'This folder may not know the workers.' },
  gpu: {
    group: ['**/src/gpu/**', '../gpu/**'],
    message: 'This folder may not know the GPU process.',
  },
  ui: { group: ['**/ui/**'], message: 'Only features and extension.ts may import ui/.' },
  vscode: { group: ['vscode'], message: 'Only ui/, features/ and extension.ts may import vscode.' },
  node: { group: ['node:*'], message: 'This code also runs in a webview, which has no Node.' },
  features: { group: ['**/features/**'], message: 'Only extension.ts knows the features.' },
  extension: { group: ['**/extension'], message: 'Nothing imports the composition root.' },
};

const toolkit = {
  group: ['@vscode/webview-ui-toolkit*'],
  message: 'Only webview-ui/toolkit.ts imports the toolkit.',
};

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', '**/node_modules/**', 'test/fixtures/**', '.vscode-test/**'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './webview-ui/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { requireDefaultForNonUnion: true, considerDefaultExhaustiveForUnions: false },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'max-lines': ['error', { max: 500 }],
      'no-console': 'error',
    },
  },
  ...folderRules.map(({ files, forbidden, outside }) => ({
    files,
    ignores: ['webview-ui/toolkit.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...forbidden.map((name) => patterns[name]),
            ...(outside === undefined ? [] : [{ group: [outside], message: 'shared/ imports only itself.' }]),
            toolkit,
          ],
        },
      ],
    },
  })),
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
);
