import type { HealthFacts } from '../../../../host/src/health/index.ts';

/** A gateway that is well, with one of everything. */
export const WELL: HealthFacts = {
  ...{ deviceId: 'pump-7', version: '0.1.0', phase: 'running', uptimeMs: 273_600_900, memoryBytes: 75_497_472 },
  cells: [{ name: 'the thread of the modules', silentMs: 0, silenceMaxMs: 60_000 }],
  modules: [
    { name: 'translate', state: 'running', isToRun: true, restarts: 0, events: 12_345 },
    { name: 'guard', state: 'running', isToRun: true, restarts: 0, events: 7 },
    { name: 'spare', state: 'stopped', isToRun: false, restarts: 0, events: 0 },
  ],
  uplink: { connected: true, sent: 1_204, queued: 3, queuedBytes: 1_536, dropped: 0, connections: [{}] },
  devices: { pump: { state: 'connected' }, meter: { state: 'connected' } },
  time: 1_700_000_100_000,
  disk: { freeBytes: 12_884_901_888, totalBytes: 31_138_512_896 },
};

/** The same gateway with one thing wrong of each kind that leaves it at work. */
export const TROUBLED: HealthFacts = {
  ...WELL,
  modules: [
    { name: 'translate', state: 'running', isToRun: true, pausedBy: 'fuel', restarts: 0, events: 12_345 },
    {
      ...{ name: 'guard', state: 'failed', isToRun: true, code: 'MODULE_TRAPPED', retryInMs: 2_400 },
      ...{ restarts: 2, events: 7 },
    },
    { name: 'alarm', state: 'refused', isToRun: true, code: 'SIGNATURE_MISSING', restarts: 0, events: 0 },
  ],
  uplink: {
    ...{ connected: false, sent: 1_204, queued: 120, queuedBytes: 24_576, dropped: 12 },
    connections: [{ code: 'UPLINK_UNREACHABLE' }],
  },
  devices: {
    pump: { state: 'connected' },
    meter: { state: 'waiting', lastError: { code: 'DEVICE_UNREACHABLE', time: 1_699_999_000_000 } },
  },
  disk: { freeBytes: 20_971_520, totalBytes: 31_138_512_896 },
};
