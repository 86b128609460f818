import type { Metric, Sample } from './metric.ts';
import type { MetricsFacts } from './metrics-facts.ts';

const UPSTREAM = { from: '', to: '$upstream', from_route_output: '', to_route_input: '', priority: '' };
/** What IoT Edge calls the queue to the hub. */
const TO_HUB = 'iothub';
/** What it calls the machine among modules. */
const HOST = 'host';

export const uplinkFigure = ({ uplink }: MetricsFacts, name: string): number => {
  const value = uplink?.[name];
  return typeof value === 'number' ? value : 0;
};

function* byModule(facts: MetricsFacts, value: (module: MetricsFacts['modules'][number]) => number): Iterable<Sample> {
  for (const module of facts.modules) yield { labels: { module_name: module.id }, value: value(module) };
}

/** Metrics under the names and with the labels that IoT Edge's agent and hub have for them. */
export const IOT_EDGE_METRICS: readonly Metric<MetricsFacts>[] = [
  {
    name: 'edgehub_messages_received_total',
    type: 'counter',
    labels: ['route_output', 'id'],
    text: 'Messages emitted by a module; of all its outputs together.',
    *samples({ deviceId, modules }) {
      for (const { id, counters } of modules)
        yield { labels: { route_output: '', id: `${deviceId}/${id}` }, value: counters.emitted };
    },
  },
  {
    name: 'edgehub_messages_sent_total',
    type: 'counter',
    labels: ['from', 'to', 'from_route_output', 'to_route_input', 'priority'],
    text: 'Messages that the hub has acknowledged; of all modules together.',
    *samples(facts) {
      if (facts.uplink !== undefined) yield { labels: UPSTREAM, value: uplinkFigure(facts, 'sent') };
    },
  },
  {
    name: 'edgehub_queue_length',
    type: 'gauge',
    labels: ['endpoint', 'priority'],
    text: 'Messages that wait at an input of a module, or for the hub.',
    *samples(facts) {
      for (const { id, queues } of facts.modules)
        for (const { input, waiting } of queues)
          yield { labels: { endpoint: `${facts.deviceId}/${id}/${input}`, priority: '' }, value: waiting };
      if (facts.uplink !== undefined)
        yield { labels: { endpoint: TO_HUB, priority: '' }, value: uplinkFigure(facts, 'queued') };
    },
  },
  {
    name: 'edgehub_messages_dropped_total',
    type: 'counter',
    labels: ['reason', 'from', 'from_route_output'],
    text: 'Messages that no route took (no_route), or that became too old for the hub (ttl_expiry).',
    *samples(facts) {
      for (const { id, counters } of facts.modules)
        yield {
          labels: { reason: 'no_route', from: `${facts.deviceId}/${id}`, from_route_output: '' },
          value: counters.unrouted,
        };
      if (facts.uplink !== undefined)
        yield {
          labels: { reason: 'ttl_expiry', from: '', from_route_output: '' },
          value: uplinkFigure(facts, 'expired'),
        };
    },
  },
  {
    name: 'edgeAgent_total_time_running_correctly_seconds',
    type: 'gauge',
    labels: ['module_name'],
    text: 'How long a module has run since the host started.',
    samples: (facts) => byModule(facts, ({ ranSeconds }) => ranSeconds),
  },
  {
    name: 'edgeAgent_total_time_expected_running_seconds',
    type: 'gauge',
    labels: ['module_name'],
    text: 'How long it was to run.',
    samples: (facts) => byModule(facts, ({ isExpectedToRun }) => (isExpectedToRun ? facts.uptimeSeconds : 0)),
  },
  {
    name: 'edgeAgent_module_start_total',
    type: 'counter',
    labels: ['module_name', 'module_version'],
    text: 'Times that a module was started.',
    *samples({ modules }) {
      for (const { id, version, starts } of modules)
        yield { labels: { module_name: id, module_version: version }, value: starts };
    },
  },
  {
    name: 'edgeAgent_module_stop_total',
    type: 'counter',
    labels: ['module_name', 'module_version'],
    text: 'Times that a module ended, by failure or in order.',
    *samples({ modules }) {
      for (const { id, version, stops } of modules)
        yield { labels: { module_name: id, module_version: version }, value: stops };
    },
  },
  {
    name: 'edgeAgent_used_memory_bytes',
    type: 'gauge',
    labels: ['module_name'],
    text: 'Linear memory of a module; of the module called host, memory in use on the machine.',
    *samples(facts) {
      yield { labels: { module_name: HOST }, value: facts.host.totalBytes - facts.host.freeBytes };
      yield* byModule(facts, ({ memoryBytes }) => memoryBytes);
    },
  },
  {
    name: 'edgeAgent_total_memory_bytes',
    type: 'gauge',
    labels: ['module_name'],
    text: 'Memory of the machine, as that of the module called host.',
    samples: ({ host }) => [{ labels: { module_name: HOST }, value: host.totalBytes }],
  },
  {
    name: 'edgeAgent_host_uptime_seconds',
    type: 'gauge',
    labels: [],
    text: 'How long the machine has been on.',
    samples: ({ host }) => [{ value: host.uptimeSeconds }],
  },
  {
    name: 'edgeAgent_iotedged_uptime_seconds',
    type: 'gauge',
    labels: [],
    text: 'How long the host has been running.',
    samples: ({ uptimeSeconds }) => [{ value: uptimeSeconds }],
  },
];
