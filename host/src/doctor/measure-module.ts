import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDeployment } from '../check/index.ts';
import { Gateway } from '../gateway/gateway.ts';

/**
 * A module of the ABI with a memory of one page that does nothing: `memory`, `gatehouse_abi_version` returns 1, `gatehouse_alloc`
 * 1024, `gatehouse_handle` 0.
 */
const SMALL_MODULE =
  'AGFzbQEAAAABEANgAAF/YAF/AX9gAn9/AX8DBAMAAQIFAwEAAQdHBAZtZW1vcnkCABVnYXRlaG91c2VfYWJpX3ZlcnNpb24AAA9nYXRlaG91c2VfYWxsb2MA' +
  'ARBnYXRlaG91c2VfaGFuZGxlAAIKEQMEAEEBCwUAQYAICwQAQQAL';
const FEW = 8;
const MANY = 136;
/** No module takes less. */
const LEAST_BYTES = 4_096;

/** What one small module costs. */
export interface ModuleCost {
  /** Undefined where the system does not say, as under an emulator of another processor. */
  readonly bytes: number | undefined;
  readonly startMs: number;
  readonly modules: number;
}

/** Starts gateways with few and with many small modules, and compares what the process takes. Nothing of them remains. */
export async function measureModule(): Promise<ModuleCost> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-doctor-'));
  try {
    await writeFile(join(folder, 'small.wasm'), Buffer.from(SMALL_MODULE, 'base64'));
    await writeFile(join(folder, 'gateway.json'), JSON.stringify({ deviceId: 'doctor', allowUnsigned: true }));
    // The first one pays for what is loaded once.
    await costOf(folder, 1);
    const few = await costOf(folder, FEW);
    const many = await costOf(folder, MANY);
    const modules = MANY - FEW;
    const bytes = (many.bytes - few.bytes) / modules;
    return {
      bytes: bytes < LEAST_BYTES ? undefined : bytes,
      startMs: Math.max(0, (many.startMs - few.startMs) / modules),
      modules,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function costOf(folder: string, count: number): Promise<{ bytes: number; startMs: number }> {
  const file = join(folder, `deployment-${count}.json`);
  await writeFile(file, JSON.stringify(deployment(count)));
  const { loaded, problems } = await loadDeployment(file, join(folder, 'gateway.json'));
  if (loaded === undefined) throw new Error(problems[0]?.message ?? 'the modules cannot be loaded');
  const before = process.memoryUsage.rss();
  const began = performance.now();
  const gateway = await Gateway.open({ loaded, log: () => {} });
  try {
    // The thread answers behind the starts, in their order.
    const { modules } = await gateway.status();
    const startMs = performance.now() - began;
    const running = modules.filter(({ state }) => state === 'running').length;
    if (running < count) throw new Error(`only ${running} of ${count} small modules started`);
    return { bytes: process.memoryUsage.rss() - before, startMs };
  } finally {
    await gateway.close();
  }
}

function deployment(count: number): object {
  const module = { type: 'wasm', restartPolicy: 'never', settings: { image: 'small.wasm' } };
  const modules = Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, module]));
  return {
    modulesContent: {
      $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', modules } },
      $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: {} } },
    },
  };
}
