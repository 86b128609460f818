import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GatewayProcess } from '../../test/lib/gateway-process.ts';
import { LineProcess } from '../../test/system/ble/line-process.ts';
import { compileAssemblyFile } from '../../tools/src/module-build/index.ts';
import { SERVICE } from './notification.ts';
import type { Heard } from './tally.ts';

/** A process that is subscribed to every leaf. */
export interface Central {
  readonly pid: number;
  /** What it heard in a phase: the latest that it said. */
  heard(phase: number): Heard | undefined;
  close(): Promise<unknown>;
}

const MODULE = fileURLToPath(new URL('assembly/tally.ts', import.meta.url));
const SUBSCRIBED_MS = 60_000;

/** The bundled host, as it is shipped, with a module. */
export async function openGateway(tty: string, addresses: readonly string[]): Promise<Central> {
  const names = addresses.map((_, index) => `leaf-${index + 1}`);
  const gateway = await GatewayProcess.open(
    {
      modules: {
        tally: {
          wasm: readFileSync(await compileAssemblyFile(MODULE)),
          settings: { grants: { ble: names.map((device) => ({ device, notify: [SERVICE] })) } },
        },
      },
      routes: {},
      gateway: {
        deviceId: 'bench',
        bluetooth: { port: tty, baudRate: 1_000_000, connections: addresses.length },
        devices: Object.fromEntries(addresses.map((address, index) => [names[index], { type: 'ble', address }])),
      },
    },
    { node: [process.execPath, '--disable-wasm-trap-handler'] },
  );
  const said = (): (Heard & { kind: string })[] =>
    gateway.lines
      .filter(({ kind, module, text }) => kind === 'log' && module === 'tally' && String(text).startsWith('{'))
      .map(({ text }) => JSON.parse(String(text)));
  try {
    await gateway.line('log', ({ text }) => text === '{"kind":"subscribed"}', SUBSCRIBED_MS);
  } catch (error) {
    await gateway.abort();
    throw error;
  }
  return { pid: gateway.id, heard: (phase) => latest(said(), phase), close: () => gateway.close() };
}

/** noble alone. */
export async function openBare(tty: string, addresses: readonly string[]): Promise<Central> {
  const process = new LineProcess('bench/ble/bare-central.ts', [tty, String(addresses.length)]);
  try {
    const { pid } = await process.line('subscribed', undefined, 0, SUBSCRIBED_MS);
    return {
      pid: pid as number,
      heard: (phase) => latest(process.lines as unknown as (Heard & { kind: string })[], phase),
      close: () => process.end(),
    };
  } catch (error) {
    await process.end();
    throw error;
  }
}

const latest = (said: readonly (Heard & { kind: string })[], phase: number): Heard | undefined =>
  said.findLast((line) => line.kind === 'heard' && line.phase === phase);
