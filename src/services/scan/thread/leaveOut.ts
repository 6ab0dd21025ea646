import type { RuleSource } from '../rules/ruleScanner';
import { type Token, tokenize } from '../rules/source/tokens';

/**
 * Takes rules out of sources without breaking others that refer to them: what is left of one has no strings and a
 * condition that says no (yes, of a global rule, which would otherwise silence all others of its file).
 * @param leftOut `namespace/rule`; `namespace/*` takes out a whole source, for those whose rules are not known by name
 */
export function withoutRules<S extends RuleSource>(
  sources: readonly S[],
  leftOut: ReadonlySet<string>,
): readonly S[] {
  if (leftOut.size === 0) return sources;
  return sources.map((source) => {
    const names = namesOf(source.namespace, leftOut);
    if (names.size === 0) return source;
    return { ...source, text: names.has('*') ? '' : emptied(source.text, names) };
  });
}

function namesOf(namespace: string, leftOut: ReadonlySet<string>): ReadonlySet<string> {
  const prefix = `${namespace}/`;
  const rules = [...leftOut]
    .filter((rule) => rule.startsWith(prefix))
    .map((rule) => rule.slice(prefix.length));
  // Namespaces have slashes themselves.
  return new Set(rules.filter((rule) => !rule.includes('/')));
}

/** @throws UnknownSyntax */
function emptied(text: string, names: ReadonlySet<string>): string {
  const tokens = tokenize(text);
  let result = '';
  let copied = 0;
  for (let index = 0; index < tokens.length; index++) {
    const name = tokens[index + 1];
    if (tokens[index]?.text !== 'rule' || name === undefined || !names.has(name.text)) continue;
    const open = bodyStart(tokens, index);
    const close = bodyEnd(tokens, open);
    const isGlobal = tokens[index - 1]?.text === 'global' || tokens[index - 2]?.text === 'global';
    result += `${text.slice(copied, tokens[open]?.start)}{ condition: ${String(isGlobal)} }`;
    copied = tokens[close]?.end ?? text.length;
    index = close;
  }
  return result + text.slice(copied);
}

function bodyStart(tokens: readonly Token[], rule: number): number {
  let index = rule;
  while (index < tokens.length && tokens[index]?.text !== '{') index += 1;
  return index;
}

/** Strings of bytes, which have braces, too, are tokens of their own. */
function bodyEnd(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    if (tokens[index]?.text === '{') depth += 1;
    else if (tokens[index]?.text === '}' && --depth === 0) return index;
  }
  return tokens.length - 1;
}
