/**
 * Queues by what the work waits for, so that one slow kind never keeps another from starting: a thorough network
 * scan of half an hour must not delay the verdict on a link.
 */
export const queueNames = ['files', 'urls', 'network', 'events', 'database'] as const;
export type QueueName = (typeof queueNames)[number];

export const taskKinds = [
  'file',
  'url',
  'networkQuick',
  'networkThorough',
  'events',
  'history',
  'export',
] as const;
export type TaskKind = (typeof taskKinds)[number];

export interface TaskKindLimits {
  readonly queue: QueueName;
  readonly timeLimitMs: number;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

export const defaultKindLimits: Readonly<Record<TaskKind, TaskKindLimits>> = {
  file: { queue: 'files', timeLimitMs: minuteMs },
  url: { queue: 'urls', timeLimitMs: minuteMs },
  networkQuick: { queue: 'network', timeLimitMs: 2 * minuteMs },
  networkThorough: { queue: 'network', timeLimitMs: 30 * minuteMs },
  events: { queue: 'events', timeLimitMs: 10 * secondMs },
  history: { queue: 'database', timeLimitMs: 15 * secondMs },
  export: { queue: 'database', timeLimitMs: 30 * secondMs },
};

/** How many tasks of a queue run at the same time. */
export const defaultConcurrency: Readonly<Record<QueueName, number>> = {
  files: 2,
  urls: 4,
  network: 2,
  events: 1,
  database: 2,
};

/** Slowest reading and scanning that still counts as working: a network share, many rules. */
const slowestBytesPerMs = 1_000;

/** The time limit of a file scan: a minute, plus time in proportion to the size. */
export function fileTimeLimitMs(sizeBytes: number): number {
  return defaultKindLimits.file.timeLimitMs + sizeBytes / slowestBytesPerMs;
}
