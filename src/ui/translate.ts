/**
 * Puts a sentence into the user's language: `vscode.l10n.t`, handed in so that what words things can be tested
 * without VS Code. `{0}` stands for the first argument.
 */
export type Translate = (message: string, ...args: (string | number)[]) => string;
