import type { Route } from '../routes/index.ts';
import { HOST_MODULE, MESSAGE_SOURCE } from '../routes/index.ts';
import type { CheckedModules } from './check-routes.ts';

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/**
 * Whether some message that a route takes may say that its body is JSON. Only a module whose description lists the content
 * types of its outputs is known to send nothing else.
 */
export function mayBeJson(route: Route, declared: readonly string[], modules: CheckedModules): boolean {
  if (route.matchesSource(MESSAGE_SOURCE.device) || route.takesFromModule(HOST_MODULE)) return true;
  return declared.some((id) => {
    if (!route.takesFromModule(id)) return false;
    const { contentTypes } = modules.get(id)?.manifest ?? {};
    if (contentTypes === undefined) return true;
    return Object.entries(contentTypes).some(
      ([output, type]) => JSON_TYPE.test(type) && route.matchesSource(MESSAGE_SOURCE.module(id, output)),
    );
  });
}
