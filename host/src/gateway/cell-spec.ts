import type { CellModuleSpec } from '../cell/module-slot.ts';
import type { LoadedModule } from '../check/index.ts';
import type { GatewayConfig } from '../configuration/index.ts';
import { factsOf } from '../drivers/index.ts';

/** Gathers what the cell must know of a module that `check` found fit to run. */
export function toCellSpec(
  { spec, manifest }: LoadedModule,
  slot: number,
  image: number,
  gateway: GatewayConfig,
): CellModuleSpec {
  return {
    slot,
    id: spec.id,
    deviceId: gateway.deviceId,
    image,
    limits: spec.limits,
    inputs: spec.inputs,
    ...(manifest?.inputs === undefined ? {} : { inputNames: manifest.inputs }),
    ...(manifest?.outputs === undefined ? {} : { outputNames: manifest.outputs }),
    environment: spec.environment,
    grants: spec.grants,
    facts: factsOf(gateway.devices),
    restartPolicy: spec.restartPolicy,
    restartSchedule: spec.restartSchedule,
    desired: new TextEncoder().encode(JSON.stringify(spec.desired)),
    desiredVersion: 1,
  };
}
