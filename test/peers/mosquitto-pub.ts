import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Sends one message with Debian's `mosquitto_pub`; fails when the broker does not take it. */
export async function mosquittoPub(
  port: number,
  topic: string,
  body: string,
  ...more: readonly string[]
): Promise<void> {
  await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-m', body, '-q', '1', ...more]);
}
