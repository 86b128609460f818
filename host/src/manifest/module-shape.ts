import {
  anyObject,
  anything,
  boolean,
  freeText,
  integer,
  object,
  oneOf,
  record,
  refine,
  required,
  type Shape,
  scalarText,
  tagged,
  text,
  unused,
  withDefault,
} from '../json/index.ts';
import {
  ABI_LIMITS,
  LIMIT_MINIMUM,
  MODULE_LIMITS,
  type ModuleLimitName,
  type ModuleLimits,
  QUEUE_LIMITS,
} from '../limits.ts';
import { grantsShape } from './grant-shape.ts';
import { PORT_NAME, VARIABLE_NAME } from './name-rules.ts';

const UINT32_MAX = 4_294_967_295;
const NO_EFFECT = 'has no effect on a wasm module';

const limitNames = Object.keys(MODULE_LIMITS) as ModuleLimitName[];
const DEFAULT_LIMITS = Object.fromEntries(
  limitNames.map((name) => [name, MODULE_LIMITS[name].default]),
) as unknown as ModuleLimits;

const limitFields = Object.fromEntries(
  limitNames.map((name) => {
    const { default: fallback, max, unit, text: description } = MODULE_LIMITS[name];
    return [name, withDefault(integer({ min: LIMIT_MINIMUM[name] ?? 0, max, unit }), fallback, description)];
  }),
);
const limitsShape = object(limitFields, { expected: 'an object of limits' }) as Shape<ModuleLimits>;

const inputShape = object(
  {
    bytes: withDefault(
      integer({ min: 1, max: QUEUE_LIMITS.bytes.max, unit: 'bytes' }),
      QUEUE_LIMITS.bytes.default,
      QUEUE_LIMITS.bytes.text,
    ),
    policy: withDefault(
      oneOf('wait', 'drop-oldest', 'reject'),
      'drop-oldest',
      'What happens when the queue is full: the producer waits, the oldest message goes, or the new one does.',
    ),
  },
  { expected: 'an object with bytes and policy' },
);

const settingsShape = object(
  {
    image: required(
      text({ expected: 'the path of a module file' }),
      'Path of the .wasm file, relative to this file unless it is absolute.',
    ),
    grants: withDefault(grantsShape, {}, 'What the module may reach beyond messages, log, timers, twin and methods.'),
    limits: withDefault(limitsShape, DEFAULT_LIMITS, 'What the module may use.'),
    inputs: withDefault(
      record(inputShape, { name: PORT_NAME, max: ABI_LIMITS.inputs, entries: 'inputs' }),
      {},
      'Queues of inputs; an input that is not named here has the defaults.',
    ),
    restartSchedule: withDefault(
      oneOf('gatehouse', 'iot-edge'),
      'gatehouse',
      'When a failed module starts again: at once, then after 1 s doubling to 5 min, for ever; or as IoT Edge does.',
    ),
    isolation: withDefault(
      oneOf('shared', 'own-cell'),
      'shared',
      'Whether the module runs in the thread that all modules share, or in one of its own, which costs some 11 MB.',
    ),
    allowDowngrade: withDefault(boolean, false, 'Run the module although this gateway has run a higher version of it.'),
    createOptions: unused(anything, 'Of containers; accepted and not used.', NO_EFFECT),
  },
  { expected: 'an object with at least an image', unusedKeys: /^createOptions[0-9]{2}$/ },
);

const variable = object(
  { value: required(scalarText, 'A text, number or boolean; the module sees it as text.') },
  { expected: 'an object with "value"' },
);

const environmentShape = refine(
  record(variable, { name: VARIABLE_NAME, max: ABI_LIMITS.propertyEntries, entries: 'variables' }),
  (variables, node, place) => {
    const values = Object.entries(variables).map(([name, { value }]) => [name, value] as const);
    const bytes = values.reduce(
      (sum, [name, value]) => sum + 4 + Buffer.byteLength(name) + Buffer.byteLength(value),
      0,
    );
    const max = ABI_LIMITS.propertiesBytes;
    if (bytes > max) return place.refuse(node.offset, `expected at most ${max} bytes of variables, got ${bytes}`);
    return Object.fromEntries(values);
  },
);

/** A module of `$edgeAgent`, of the only type this host runs. */
export const moduleShape = tagged(
  {
    wasm: {
      version: withDefault(freeText({ maxBytes: 256 }), '', 'Free text.'),
      status: withDefault(oneOf('running', 'stopped'), 'running', 'Whether the module is to run.'),
      restartPolicy: withDefault(
        oneOf('never', 'on-failure', 'on-unhealthy', 'always'),
        'on-unhealthy',
        'Whether a module that failed is started again; only "never" says no.',
      ),
      startupOrder: withDefault(
        integer({ min: 0, max: UINT32_MAX }),
        UINT32_MAX,
        'Modules with lower numbers start first.',
      ),
      imagePullPolicy: unused(oneOf('on-create', 'never'), 'Of containers; accepted and not used.'),
      env: withDefault(environmentShape, {}, 'Environment variables, given to the module when it starts.'),
      settings: required(settingsShape, 'The module file, and what it may do.'),
      configuration: unused(anyObject, 'Added by a hub; not used.'),
    },
  },
  {
    expected: 'an object that describes a module',
    refused: { docker: 'it is a container, and this host runs WebAssembly modules of type "wasm" only' },
    text: 'Kind of module; this host runs "wasm".',
  },
);
