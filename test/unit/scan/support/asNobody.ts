const nobody = 65_534;

/** Runs something without the superuser's right to read everything, for tests that are run by the superuser. */
export function asNobody<T>(action: () => T): T {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(nobody);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}
