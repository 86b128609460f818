import type { ModuleCounters } from '../cell/module-counters.ts';
import type { QueueStatus } from '../cell/status.ts';
import { uplinkFigure } from './iot-edge-metrics.ts';
import type { Metric, Sample } from './metric.ts';
import { LIMIT_COUNTERS, type MetricsFacts } from './metrics-facts.ts';

type Module = MetricsFacts['modules'][number];
type Definition = Metric<MetricsFacts>;

function moduleMetric(
  name: string,
  type: Metric<MetricsFacts>['type'],
  text: string,
  value: (module: Module) => number,
): Definition {
  return {
    ...{ name, type, text, labels: ['module'] },
    *samples({ modules }) {
      for (const module of modules) yield { labels: { module: module.id }, value: value(module) };
    },
  };
}

function queueMetric(
  name: string,
  type: Metric<MetricsFacts>['type'],
  text: string,
  value: (queue: QueueStatus) => number,
): Definition {
  return {
    ...{ name, type, text, labels: ['module', 'input'] },
    *samples({ modules }) {
      for (const { id, queues } of modules)
        for (const queue of queues) yield { labels: { module: id, input: queue.input }, value: value(queue) };
    },
  };
}

function uplinkMetric(name: string, type: Metric<MetricsFacts>['type'], text: string, figure: string): Definition {
  return {
    ...{ name, type, text, labels: [] },
    samples: (facts) => (facts.uplink === undefined ? [] : [{ value: uplinkFigure(facts, figure) }]),
  };
}

/** Figures that drivers count, by their names in the status. */
const DEVICE_COUNTERS = [
  ...['connections', 'connectFailures', 'connectionsLost', 'timeouts', 'badAnswers', 'reads'],
  ...['requests', 'answers', 'tooLong', 'redirects', 'denied', 'full'],
  ...['notifications', 'heard', 'delivered', 'dropped'],
  ...['exceptions', 'refused', 'garbage', 'slow', 'throttled', 'unread', 'idle'],
];

function* deviceSamples({ devices }: MetricsFacts): Iterable<Sample> {
  for (const [device, status] of Object.entries(devices))
    for (const figure of DEVICE_COUNTERS) {
      const value = (status as Readonly<Record<string, unknown>>)[figure];
      if (typeof value === 'number') yield { labels: { device, figure }, value };
    }
}

function* writeSamples({ devices }: MetricsFacts): Iterable<Sample> {
  for (const [device, status] of Object.entries(devices)) {
    const writes = (status as { readonly writes?: Readonly<Record<string, number>> }).writes ?? {};
    for (const [outcome, value] of Object.entries(writes)) yield { labels: { device, outcome }, value };
  }
}

function* limitSamples({ modules }: MetricsFacts): Iterable<Sample> {
  for (const { id, counters } of modules)
    for (const [counter, code] of Object.entries(LIMIT_COUNTERS)) {
      const value = counters[counter as keyof ModuleCounters];
      if (value > 0) yield { labels: { module: id, code }, value };
    }
}

function* trapSamples({ modules }: MetricsFacts): Iterable<Sample> {
  for (const { id, counters } of modules) {
    const { trapped, outOfFuel, outOfStack } = counters;
    const byCode = {
      MODULE_TRAPPED: trapped - outOfFuel - outOfStack,
      MODULE_OUT_OF_FUEL: outOfFuel,
      MODULE_OUT_OF_STACK: outOfStack,
    };
    for (const [code, value] of Object.entries(byCode)) if (value > 0) yield { labels: { module: id, code }, value };
  }
}

/** Metrics that IoT Edge has no name for. */
export const GATEHOUSE_METRICS: readonly Definition[] = [
  {
    ...{ name: 'gatehouse_resident_memory_bytes', type: 'gauge', labels: [] },
    text: 'Resident memory of the whole process.',
    samples: ({ rssBytes }) => [{ value: rssBytes }],
  },
  {
    ...{ name: 'gatehouse_status_age_seconds', type: 'gauge', labels: [] },
    text: 'How old the figures of modules and routes are; it grows while a thread does not answer.',
    samples: ({ ageSeconds }) => [{ value: ageSeconds }],
  },
  {
    ...{ name: 'gatehouse_module_state', type: 'gauge', labels: ['module', 'state'] },
    text: '1 for the state that a module is in; the others are absent.',
    *samples({ modules }) {
      for (const { id, state } of modules) yield { labels: { module: id, state }, value: 1 };
    },
  },
  {
    ...{ name: 'gatehouse_module_paused', type: 'gauge', labels: ['module', 'by'] },
    text: '1 for a module that is paused because it is in debt of fuel (fuel) or has no room ahead (room).',
    *samples({ modules }) {
      for (const { id, pausedBy } of modules)
        if (pausedBy !== undefined) yield { labels: { module: id, by: pausedBy }, value: 1 };
    },
  },
  moduleMetric('gatehouse_module_restarts_total', 'counter', 'Starts after a failure.', ({ restarts }) => restarts),
  moduleMetric(
    'gatehouse_fuel_used_total',
    'counter',
    'Fuel charged; a call that trapped counts as its whole budget.',
    ({ fuelUsed }) => fuelUsed,
  ),
  moduleMetric(
    'gatehouse_fuel_last_second',
    'gauge',
    'Fuel in the last second that is over.',
    ({ fuelLastSecond }) => fuelLastSecond,
  ),
  moduleMetric(
    'gatehouse_fuel_debt',
    'gauge',
    'Fuel used beyond the quota; the module goes on when it has come in.',
    ({ fuelDebt }) => fuelDebt,
  ),
  moduleMetric(
    'gatehouse_memory_high_water_bytes',
    'gauge',
    'Most linear memory that an instance of the module had.',
    ({ memoryHighWaterBytes }) => memoryHighWaterBytes,
  ),
  moduleMetric('gatehouse_state_bytes', 'gauge', 'State of the module.', ({ stateBytes }) => stateBytes),
  moduleMetric(
    'gatehouse_pending_requests',
    'gauge',
    'Device requests that wait for an answer, subscriptions included.',
    ({ pendingRequests }) => pendingRequests,
  ),
  moduleMetric('gatehouse_events_total', 'counter', 'Events handled.', ({ counters }) => counters.events),
  moduleMetric(
    'gatehouse_events_refused_total',
    'counter',
    'Events that the module refused.',
    ({ counters }) => counters.refused,
  ),
  moduleMetric(
    'gatehouse_host_calls_total',
    'counter',
    'Calls of imports while an event was handled.',
    ({ counters }) => counters.hostCalls,
  ),
  moduleMetric('gatehouse_denied_total', 'counter', 'Calls outside the grant.', ({ counters }) => counters.denied),
  moduleMetric(
    'gatehouse_invalid_calls_total',
    'counter',
    'Calls with a bad pointer, length, id or encoding, or a name that the module does not list.',
    ({ counters }) => counters.invalid + counters.unlisted,
  ),
  moduleMetric(
    'gatehouse_dead_letters_total',
    'counter',
    'Messages on which the module trapped twice.',
    ({ counters }) => counters.deadLettered,
  ),
  moduleMetric(
    'gatehouse_mail_dropped_total',
    'counter',
    'Events from the host dropped while the module was paused.',
    ({ counters }) => counters.mailDropped,
  ),
  {
    ...{ name: 'gatehouse_traps_total', type: 'counter', labels: ['module', 'code'] },
    text: 'Traps by code; absent while there was none. MODULE_TRAPPED has the aborts as well.',
    samples: trapSamples,
  },
  {
    ...{ name: 'gatehouse_limit_crossings_total', type: 'counter', labels: ['module', 'code'] },
    text: 'Crossings of each limit, by its error code; absent while there was none.',
    samples: limitSamples,
  },
  queueMetric('gatehouse_queue_bytes', 'gauge', 'Bytes in use in the queue of an input.', ({ usedBytes }) => usedBytes),
  queueMetric(
    'gatehouse_queue_capacity_bytes',
    'gauge',
    'Room of the queue of an input.',
    ({ capacityBytes }) => capacityBytes,
  ),
  queueMetric(
    'gatehouse_queue_dropped_total',
    'counter',
    'Oldest messages dropped to make room at an input.',
    ({ dropped }) => dropped,
  ),
  {
    ...{ name: 'gatehouse_route_matched_total', type: 'counter', labels: ['route'] },
    text: 'Messages that a route matched.',
    *samples({ routes }) {
      for (const { name, matched } of routes) yield { labels: { route: name }, value: matched };
    },
  },
  {
    ...{ name: 'gatehouse_route_dropped_total', type: 'counter', labels: ['route'] },
    text: 'Messages that found no room where a route led.',
    *samples({ routes }) {
      for (const { name, dropped } of routes) yield { labels: { route: name }, value: dropped };
    },
  },
  {
    ...{ name: 'gatehouse_uplink_connected', type: 'gauge', labels: [] },
    text: '1 when every connection to the hub that is in use is up.',
    samples: ({ uplink }) => (uplink === undefined ? [] : [{ value: uplink['connected'] === true ? 1 : 0 }]),
  },
  uplinkMetric('gatehouse_uplink_queued_bytes', 'gauge', 'Bytes of messages that wait for the hub.', 'queuedBytes'),
  uplinkMetric('gatehouse_uplink_dropped_total', 'counter', 'Messages given up for lack of room.', 'dropped'),
  uplinkMetric('gatehouse_uplink_refused_total', 'counter', 'Messages too large or not wanted by the hub.', 'refused'),
  uplinkMetric('gatehouse_uplink_resent_total', 'counter', 'Messages sent again after a lost connection.', 'resent'),
  {
    ...{ name: 'gatehouse_device_total', type: 'counter', labels: ['device', 'figure'] },
    text: 'What a driver counts of a device or origin: connections, connectFailures, connectionsLost, timeouts, badAnswers, reads, requests, answers, tooLong, redirects, denied, full, notifications, heard, delivered, dropped, exceptions, refused, garbage, slow, throttled, unread, idle.',
    samples: deviceSamples,
  },
  {
    ...{ name: 'gatehouse_device_writes_total', type: 'counter', labels: ['device', 'outcome'] },
    text: 'Writes to a device: confirmed, refused, unknown, expired or dropped.',
    samples: writeSamples,
  },
  {
    ...{ name: 'gatehouse_security_events_total', type: 'counter', labels: ['kind', 'code', 'module', 'identity'] },
    text: 'What concerns security, by kind and code; absent while there was none.',
    *samples({ security }) {
      for (const { kind, code, module = '', identity = '', total } of security)
        yield { labels: { kind, code, module, identity }, value: total };
    },
  },
  {
    ...{ name: 'gatehouse_security_log_written_total', type: 'counter', labels: [] },
    text: 'Events in the security log, if there is one.',
    samples: ({ securityLog }) => (securityLog === undefined ? [] : [{ value: securityLog.written }]),
  },
  {
    ...{ name: 'gatehouse_security_log_lost_total', type: 'counter', labels: [] },
    text: 'Events that the security log lacks.',
    samples: ({ securityLog }) => (securityLog === undefined ? [] : [{ value: securityLog.lost }]),
  },
];
