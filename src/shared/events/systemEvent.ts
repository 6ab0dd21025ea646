import * as v from 'valibot';

/** An entry of the system's own log. Text is as the system gave it. */
export const eventLevels = ['critical', 'error', 'warning', 'info', 'debug'] as const;
export const eventLevelSchema = v.picklist(eventLevels);
export type EventLevel = v.InferOutput<typeof eventLevelSchema>;

export const systemEventSchema = v.object({
  /** Milliseconds since 1970 in UTC. */
  timestamp: v.pipe(v.number(), v.finite()),
  level: eventLevelSchema,
  /** A program, a service, a provider. */
  source: v.string(),
  message: v.string(),
  /** The provider's own number. */
  eventId: v.optional(v.number()),
  /** Which log it stands in, where the system has several: `Security`, `System`. */
  log: v.optional(v.string()),
  /** By which the system knows it, such as a cursor of the journal; unique among the events of a reading. */
  id: v.optional(v.string()),
  /** A part of it is longer than what is kept, and was cut. */
  truncated: v.optional(v.boolean()),
  /** Whatever else the system says, by its own names, in its order. */
  details: v.array(v.tuple([v.string(), v.string()])),
});
export type SystemEvent = v.InferOutput<typeof systemEventSchema>;
