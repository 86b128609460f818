import { readFile } from 'node:fs/promises';
import type { CellModuleSpec } from '../cell/module-slot.ts';
import type { GatewayConfig } from '../configuration/index.ts';
import { GatehouseError } from '../errors.ts';
import type { ModuleSpec } from '../manifest/index.ts';
import { customSection, decodeModuleManifest, prepareModule } from '../sandbox/index.ts';

const MANIFEST_SECTION = 'gatehouse.manifest';

/**
 * Reads a module file, limits it to its grant, and gathers what the cell must know of it.
 * @throws GatehouseError with the code of whatever is wrong with the file
 */
export async function loadModule(spec: ModuleSpec, slot: number, gateway: GatewayConfig): Promise<CellModuleSpec> {
  const { bytes, facts } = prepareModule(await readModule(spec.image), spec.limits);
  const section = customSection(facts, bytes, MANIFEST_SECTION);
  const manifest = section === undefined ? undefined : decodeModuleManifest(section);
  return {
    slot,
    id: spec.id,
    deviceId: gateway.deviceId,
    wasm: bytes,
    limits: spec.limits,
    inputs: spec.inputs,
    ...(manifest?.inputs === undefined ? {} : { inputNames: manifest.inputs }),
    ...(manifest?.outputs === undefined ? {} : { outputNames: manifest.outputs }),
    environment: spec.environment,
    ...(spec.grants.kv === undefined ? {} : { kv: spec.grants.kv }),
    ...(spec.grants.modbus === undefined ? {} : { modbus: spec.grants.modbus }),
    polls: pollsOf(gateway),
    restartPolicy: spec.restartPolicy,
    restartSchedule: spec.restartSchedule,
    desired: new TextEncoder().encode(JSON.stringify(spec.desired)),
    desiredVersion: 1,
  };
}

async function readModule(image: string): Promise<Uint8Array> {
  try {
    return await readFile(image);
  } catch (cause) {
    throw new GatehouseError('MODULE_MISSING', `cannot read the module file ${image}`, { details: { file: image }, cause });
  }
}

function pollsOf(gateway: GatewayConfig): CellModuleSpec['polls'] {
  return Object.fromEntries(
    Object.entries(gateway.devices).map(([device, { polls }]) => [
      device,
      Object.fromEntries(Object.entries(polls).map(([poll, { registers }]) => [poll, registers])),
    ]),
  );
}
