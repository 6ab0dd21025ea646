/** By which the manifest knows what can be done in "Network". */
export const networkCommandIds = [
  'sentinel.scanNetwork',
  'sentinel.showNetwork',
  'sentinel.showListeningPorts',
  'sentinel.refreshListeningPorts',
  'sentinel.rescanNetwork',
  'sentinel.scanHost',
  'sentinel.compareNetworkScans',
  'sentinel.openNetworkReport',
  'sentinel.copyNetworkRows',
  'sentinel.openPortInBrowser',
  'sentinel.loadMoreHosts',
] as const;
export type NetworkCommandId = (typeof networkCommandIds)[number];
