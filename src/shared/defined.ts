type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out keys whose value is undefined: what is absent has no key (`exactOptionalPropertyTypes`). */
export function defined<T extends object>(object: T): Defined<T> {
  const result: Partial<T> = {};
  for (const key of Object.keys(object) as (keyof T)[]) {
    if (object[key] !== undefined) result[key] = object[key];
  }
  // The compiler cannot follow that the keys left are those with a value.
  return result as unknown as Defined<T>;
}
