import * as v from 'valibot';

/** What every page of Sentinel sends to the host, besides what is its own. */
export const pageMessageSchemas = [
  /** The document listens: it has been loaded, or loaded anew. */
  v.strictObject({ type: v.literal('ready') }),
  /** An error that nothing in the webview caught, or a violation of its content security policy. */
  v.strictObject({ type: v.literal('fault'), message: v.pipe(v.string(), v.maxLength(4_000)) }),
] as const;
export type PageMessage = v.InferOutput<(typeof pageMessageSchemas)[number]>;

/** A parser of what comes from the other side: the message, or what is wrong with it in words for the log. */
export type MessageParser<T> = (raw: unknown) => { readonly message: T } | { readonly problem: string };

export function messageParser<T>(schema: v.GenericSchema<unknown, T>): MessageParser<T> {
  return (raw) => {
    const parsed = v.safeParse(schema, raw);
    return parsed.success ? { message: parsed.output } : { problem: v.summarize(parsed.issues) };
  };
}
