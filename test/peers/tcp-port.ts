import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../lib/until.ts';

/** A serial port that leads to a TCP server on loopback, made by socat: what plays the device can be any server of a test. */
export interface TcpPort {
  readonly path: string;
  close(): Promise<void>;
}

export async function openTcpPort(port: number): Promise<TcpPort> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-port-'));
  const path = join(folder, 'port');
  const socat = spawn('socat', [`pty,raw,echo=0,link=${path}`, `TCP:127.0.0.1:${port}`], { stdio: 'ignore' });
  const gone = once(socat, 'exit');
  await until('the port', () => existsSync(path));
  return {
    path,
    async close() {
      if (socat.exitCode === null && socat.signalCode === null) socat.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
