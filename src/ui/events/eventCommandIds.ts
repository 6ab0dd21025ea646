/** By which the manifest knows what can be done in "System Events". */
export const eventCommandIds = [
  'sentinel.showSystemEvents',
  'sentinel.refreshEvents',
  'sentinel.groupEventsByLevel',
  'sentinel.groupEventsBySource',
  'sentinel.filterEventsByText',
  'sentinel.filterEventsByLevel',
  'sentinel.clearEventsFilter',
  'sentinel.followEvents',
  'sentinel.stopFollowingEvents',
  'sentinel.openEvent',
  'sentinel.copyEvents',
  'sentinel.loadMoreEvents',
  'sentinel.exportEvents',
] as const;
export type EventCommandId = (typeof eventCommandIds)[number];
