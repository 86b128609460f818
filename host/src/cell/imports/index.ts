import { DRIVERS } from '../../drivers/driver-names.ts';
import type { ImportContext, ImportNamespace } from './context.ts';
import { deviceImports } from './device.ts';
import { kvImports } from './kv.ts';
import { logImports } from './log.ts';
import { messageImports } from './message.ts';
import { methodImports } from './method.ts';
import { timerImports } from './timer.ts';
import { twinImports } from './twin.ts';

export type { ImportContext } from './context.ts';

/** The imports of one instance: the namespaces every module has, and those of its grants, and nothing else. */
export function createImports(context: ImportContext): Record<string, ImportNamespace> {
  const { slot } = context;
  const imports: Record<string, ImportNamespace> = {
    message: messageImports(context),
    log: logImports(context),
    timer: timerImports(context),
    twin: twinImports(context),
    method: methodImports(context),
  };
  if (slot.state !== undefined) imports['kv'] = kvImports(context, slot.state);
  for (const driver of DRIVERS) {
    const guard = slot.guards.get(driver);
    if (guard !== undefined) imports[driver] = deviceImports(context, driver, guard);
  }
  return imports;
}
