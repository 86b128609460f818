import { devicesShape } from '../devices/index.ts';
import { linesShape } from '../drivers/index.ts';
import {
  anyObject,
  anything,
  integer,
  type JsonObject,
  object,
  oneOf,
  optional,
  record,
  refine,
  required,
  type Shape,
  text,
  unused,
  withDefault,
} from '../json/index.ts';
import { moduleShape } from './module-shape.ts';
import { MODULE_ID, ROUTE_NAME } from './name-rules.ts';
import { routeShape } from './route-shape.ts';
import { twinShape } from './twin-shape.ts';

/** Most modules and most routes of one deployment. */
export const MODULES_MAX = 1_024;
export const ROUTES_MAX = 1_024;
/** Most modules with a cell of their own: each is a thread. */
export const OWN_CELLS_MAX = 64;
/** Time to live of messages where a deployment does not say, in seconds. */
export const DEFAULT_TIME_TO_LIVE_SECS = 7_200;

const INT32_MAX = 2_147_483_647;
const NOT_USED = 'is accepted and not used by this host';

const runtimeShape = object(
  {
    type: required(oneOf('docker', 'wasm'), 'Kept for tools that expect it.'),
    settings: unused(anyObject, 'Of containers; accepted and not used.'),
  },
  { expected: 'an object with "type"' },
);

const agentShape = object({
  schemaVersion: required(
    text({ expected: 'a schema version, "1.0" or "1.1"', pattern: /^1\.[01](\.0)?$/ }),
    'Schema version of $edgeAgent: "1.0" or "1.1".',
  ),
  runtime: unused(runtimeShape, 'Kept for tools that expect it; not used.'),
  systemModules: unused(anyObject, 'Of IoT Edge; the host is its own agent and hub.'),
  modules: required(
    record(moduleShape, { name: MODULE_ID, max: MODULES_MAX, entries: 'modules', byModule: true }),
    'The modules of the gateway, by id.',
  ),
  devices: withDefault(devicesShape, {}, 'Devices by the names that grants use, as in gateway.json.'),
  lines: withDefault(linesShape, {}, 'Serial lines by the names that devices use, as in gateway.json.'),
  integrity: unused(anything, 'Signature of a manifest for IoT Edge; not used.', NOT_USED),
});

const storeShape = object({
  timeToLiveSecs: withDefault(
    integer({ min: -INT32_MAX - 1, max: INT32_MAX, unit: 'seconds' }),
    DEFAULT_TIME_TO_LIVE_SECS,
    'How long an undelivered message is kept, in seconds; negative: for ever.',
  ),
  storeLimits: optional(
    object({
      maxSizeBytes: optional(
        integer({ min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'bytes' }),
        'Room for undelivered messages, in bytes.',
      ),
    }),
    'Limits of the store.',
  ),
});

const hubFields = object({
  schemaVersion: required(oneOf('1.0', '1.1', '1.2', '1.3'), 'Schema version of $edgeHub; 1.1 has route objects.'),
  routes: required(
    record(routeShape, { name: ROUTE_NAME, max: ROUTES_MAX, entries: 'routes' }),
    'Routes by name: a text, or an object with route, priority and timeToLiveSecs.',
  ),
  storeAndForwardConfiguration: withDefault(
    storeShape,
    { timeToLiveSecs: DEFAULT_TIME_TO_LIVE_SECS },
    'How long and in how much room undelivered messages are kept.',
  ),
  mqttBroker: unused(anything, 'Of IoT Edge; not used.', NOT_USED),
  integrity: unused(anything, 'Signature of a manifest for IoT Edge; not used.', NOT_USED),
});

const hubShape = refine(hubFields, (hub, _node, place) => {
  if (hub.schemaVersion !== '1.0') return hub;
  const objects = Object.entries(hub.routes).filter(([, route]) => route.isObject);
  for (const [, route] of objects) {
    place.log.add({
      code: place.code,
      path: route.path.replace(/\.route$/, ''),
      message: 'expected a route as a text, got an object, which needs schemaVersion "1.1" of $edgeHub',
    });
  }
  return objects.length === 0 ? hub : undefined;
});

const systemShape = object({
  $edgeAgent: required(
    object({ 'properties.desired': required(agentShape, 'Modules to run.') }),
    'Which modules the gateway runs.',
  ),
  $edgeHub: required(
    object({ 'properties.desired': required(hubShape, 'Routes and storage.') }),
    'How messages travel between them.',
  ),
});

const anyName = { expected: 'any name', pattern: /^/ };
const twinsShape = record(twinShape, { name: anyName, max: MODULES_MAX, entries: 'twins', byModule: true });

type System = typeof systemShape extends Shape<infer T> ? T : never;
type Contents = System & { readonly twins: Readonly<Record<string, { readonly 'properties.desired': JsonObject }>> };

/** Keys that begin with `$` belong to the runtime, all others are ids of modules. */
const contentsShape: Shape<Contents> = {
  expected: 'an object with $edgeAgent, $edgeHub and the twins of modules',
  schema: { ...systemShape.schema, additionalProperties: twinShape.schema },
  decode(node, place) {
    if (node.kind !== 'object') return place.mismatch(node, contentsShape.expected);
    const members = [...node.members];
    const system = systemShape.decode(
      { ...node, members: new Map(members.filter(([key]) => key.startsWith('$'))) },
      place,
    );
    const twins = twinsShape.decode(
      { ...node, members: new Map(members.filter(([key]) => !key.startsWith('$'))) },
      place,
    );
    return system === undefined || twins === undefined ? undefined : { ...system, twins };
  },
};

/** An IoT Edge deployment manifest with modules of type `wasm`. */
export const manifestShape = object(
  {
    $schema: unused(text(), 'JSON Schema of this file, for editors.'),
    modulesContent: required(contentsShape, 'The content of the deployment.'),
  },
  { expected: 'an object with "modulesContent"' },
);
