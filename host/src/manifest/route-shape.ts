import {
  freeText,
  integer,
  object,
  optional,
  refine,
  required,
  type Shape,
  textOrObject,
  withDefault,
} from '../json/index.ts';

/** Priority of a route that has none: behind all that have one. */
export const DEFAULT_PRIORITY = 2_000_000_000;
/** Largest route text; the route language itself allows fewer characters. */
export const ROUTE_BYTES_MAX = 131_072;

const UINT32_MAX = 4_294_967_295;

/** A route of the file, without its name. An empty text switches the route off. */
export interface RouteEntry {
  readonly text: string;
  readonly priority: number;
  readonly timeToLiveSecs: number;
  readonly path: string;
  /** Written as an object, which schema version 1.0 does not have. */
  readonly isObject: boolean;
}

const routeText = freeText({ maxBytes: ROUTE_BYTES_MAX });

const plain = refine(
  { ...routeText, expected: 'a route as a text' },
  (text, _node, place): RouteEntry => ({
    text,
    priority: DEFAULT_PRIORITY,
    timeToLiveSecs: 0,
    path: place.path,
    isObject: false,
  }),
);

const detailed = refine(
  object(
    {
      route: required(routeText, 'The route, such as "FROM /messages/modules/a/outputs/* INTO $upstream".'),
      priority: optional(integer({ min: 0, max: 9 }), '0 to 9, lower first; without it, behind all that have one.'),
      timeToLiveSecs: withDefault(
        integer({ min: 0, max: UINT32_MAX, unit: 'seconds' }),
        0,
        'How long an undelivered message is kept, in seconds; 0: as the deployment says.',
      ),
    },
    { expected: 'an object with "route"' },
  ),
  ({ route, priority = DEFAULT_PRIORITY, timeToLiveSecs }, _node, place): RouteEntry => ({
    text: route,
    priority,
    timeToLiveSecs,
    path: `${place.path}.route`,
    isObject: true,
  }),
);

/** A route, as IoT Edge writes it: a text, or an object with priority and time to live. */
export const routeShape: Shape<RouteEntry> = textOrObject(plain, detailed);
