export { compileRoute, type Route } from './compile-route.ts';
export { decodeRouteBody } from './decode-route-body.ts';
export { findRouteCycle, type RouteEdge, routeEdges } from './find-route-cycle.ts';
export type { ParsedRoute } from './parse-route.ts';
export { ROUTE_LIMITS } from './route-limits.ts';
export type { RouteMessage } from './route-message.ts';
export { routeNeverFires } from './route-never-fires.ts';
export type { RouteSink } from './route-sink.ts';
export { MESSAGE_SOURCE } from './route-source.ts';
