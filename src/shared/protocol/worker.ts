import * as v from 'valibot';

/** What a parser makes of unknown input: the value, or what is wrong with it in words for the log. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };
export type Parser<T> = (raw: unknown) => Parsed<T>;

/** A parser made of a valibot schema. */
export function parserOf<T>(schema: v.GenericSchema<unknown, T>): Parser<T> {
  return (raw) => {
    const parsed = v.safeParse(schema, raw);
    return parsed.success ? { value: parsed.output } : { problem: v.summarize(parsed.issues) };
  };
}

/** The requests that a thread answers: name → what is asked and what is replied. */
export type RequestTypes = Record<string, { request: unknown; reply: unknown }>;

/**
 * What one kind of thread understands, as parsers that both sides share. `notification` is what the owner sends
 * without waiting for an answer, `push` what the thread sends by itself.
 */
export interface WorkerProtocol<Requests extends RequestTypes, Notification, Push> {
  readonly requests: {
    readonly [K in keyof Requests]: {
      readonly request: Parser<Requests[K]['request']>;
      readonly reply: Parser<Requests[K]['reply']>;
    };
  };
  readonly notification: Parser<Notification>;
  readonly push: Parser<Push>;
}

/** For protocols without notifications or pushes: refuses whatever comes. */
export const parseNothing: Parser<never> = () => ({ problem: 'This thread has no messages of this kind.' });

const requestId = v.pipe(v.number(), v.integer(), v.minValue(0));

const ownerMessageSchema = v.variant('type', [
  v.object({ type: v.literal('request'), id: requestId, name: v.string(), payload: v.unknown() }),
  v.object({ type: v.literal('abort'), id: requestId }),
  v.object({ type: v.literal('notification'), payload: v.unknown() }),
]);
/** The envelope of everything that the owner sends to a thread. */
export type OwnerMessage = v.InferOutput<typeof ownerMessageSchema>;
export const parseOwnerMessage: Parser<OwnerMessage> = parserOf(ownerMessageSchema);

const threadErrorSchema = v.object({
  code: v.string(),
  message: v.string(),
  stack: v.optional(v.string()),
});
/** An error as data, on its way from a thread to its owner. */
export type ThreadError = v.InferOutput<typeof threadErrorSchema>;

const threadMessageSchema = v.variant('type', [
  v.object({ type: v.literal('reply'), id: requestId, value: v.unknown() }),
  v.object({ type: v.literal('failure'), id: requestId, error: threadErrorSchema }),
  v.object({ type: v.literal('push'), payload: v.unknown() }),
  v.object({ type: v.literal('alive') }),
]);
/** The envelope of everything that a thread sends to its owner. */
export type ThreadMessage = v.InferOutput<typeof threadMessageSchema>;
export const parseThreadMessage: Parser<ThreadMessage> = parserOf(threadMessageSchema);
