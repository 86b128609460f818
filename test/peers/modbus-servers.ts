import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type PeerProcess, startPeer } from './peer-process.ts';

const run = promisify(execFile);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Compiles and starts a server on libmodbus: 10,000 addresses a table, register n holds n, discrete input n holds n
 * modulo 2. It takes any unit id.
 */
export const startLibmodbus = (): Promise<PeerProcess> => startCompiled('libmodbus-server', []);

/** Compiles and starts one unit on a serial line, on libmodbus, with the same registers. */
export const startLibmodbusLine = (path: string, unitId: number): Promise<PeerProcess> =>
  startCompiled('libmodbus-line', [path, String(unitId)]);

async function startCompiled(name: string, args: readonly string[]): Promise<PeerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-libmodbus-'));
  const program = join(folder, name);
  try {
    await run('gcc', ['-O2', '-o', program, here(`${name}.c`), '-lmodbus']);
    const peer = await startPeer(program, args);
    return {
      port: peer.port,
      async stop() {
        await peer.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Starts pymodbus with these units: 200 addresses a table, registers 1000 * unit + n, bits (unit + n) modulo 2. Its frames are
 * those of Modbus TCP, or those of a serial line as behind a device server.
 */
export function startPymodbus(units: readonly number[], framing: 'tcp' | 'rtu' = 'tcp'): Promise<PeerProcess> {
  return startPeer('/usr/bin/python3', [here('pymodbus-server.py'), framing, ...units.map(String)]);
}

/** Starts pymodbus on a serial line with these units, with the same registers. */
export function startPymodbusLine(path: string, units: readonly number[]): Promise<PeerProcess> {
  return startPeer('/usr/bin/python3', [here('pymodbus-line.py'), path, ...units.map(String)]);
}

/** What the pymodbus servers say of themselves at a level. */
export const pymodbusObjects = (level: 1 | 2 | 3): readonly (readonly [id: number, value: string])[] =>
  PYMODBUS_OBJECTS.filter(([id]) => id <= [0x02, 0x7f, 0xff][level - 1]!);

const PYMODBUS_OBJECTS = [
  [0x00, 'Gatehouse tests'],
  [0x01, 'PYMODBUS'],
  [0x02, '3.0'],
  [0x04, 'A server'],
  [0x80, 'x'.repeat(200)],
  [0x90, 'y'.repeat(200)],
  [0xff, 'last'],
] as const;

/** The kinds of mbpoll: what its `-t` means. */
const MBPOLL_TABLES = { coil: '0', discrete: '1', input: '3', holding: '4' } as const;

/** Reads values with mbpoll, a client that nobody here wrote. */
export async function mbpollRead(
  port: number,
  unitId: number,
  table: keyof typeof MBPOLL_TABLES,
  address: number,
  count: number,
): Promise<number[]> {
  const { stdout } = await run('mbpoll', [
    ...['-m', 'tcp', '-p', String(port), '-a', String(unitId), '-t', MBPOLL_TABLES[table], '-0', '-1', '-q'],
    ...['-r', String(address), '-c', String(count), '127.0.0.1'],
  ]);
  // A register above 32,767 is shown as `65535 (-1)`.
  return [...stdout.matchAll(/^\[(\d+)\]:\s+(-?\d+)/gm)].map((match) => Number(match[2]));
}
