import type { CellModuleSpec } from '../cell/module-slot.ts';
import type { LoadedModule } from '../check/index.ts';
import type { GatewayConfig } from '../configuration/index.ts';

/** Gathers what the cell must know of a module that `check` found fit to run. */
export function toCellSpec(
  { spec, manifest }: LoadedModule,
  slot: number,
  image: number,
  gateway: GatewayConfig,
): CellModuleSpec {
  const { grants } = spec;
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
    ...(grants.kv === undefined ? {} : { kv: grants.kv }),
    ...(grants.modbus === undefined ? {} : { modbus: grants.modbus }),
    polls: grants.modbus === undefined ? {} : pollsOf(gateway),
    restartPolicy: spec.restartPolicy,
    restartSchedule: spec.restartSchedule,
    desired: new TextEncoder().encode(JSON.stringify(spec.desired)),
    desiredVersion: 1,
  };
}

/** The registers of every poll, by device and name. */
function pollsOf({ devices }: GatewayConfig): CellModuleSpec['polls'] {
  return mapValues(devices, ({ polls }) => mapValues(polls, ({ registers }) => registers));
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
