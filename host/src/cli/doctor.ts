import { examine, formatFindings } from '../doctor/index.ts';
import type { Command } from './options.ts';
import type { Restarted } from './restart.ts';

const COLUMNS = 100;

/** `gatehouse-host doctor`: prints what it found. Returns 1 if something keeps a gateway from working on this machine. */
export async function doctor(
  { gateway, json }: Command & { kind: 'doctor' },
  version: string,
  restarted: Restarted,
): Promise<number> {
  const findings = await examine({ gateway, begun: restarted });
  const isFit = findings.every(({ state }) => state !== 'error');
  if (json) process.stdout.write(`${JSON.stringify({ version, fit: isFit, findings })}\n`);
  else
    process.stdout.write(
      `gatehouse-host ${version} on this machine\n\n${formatFindings(findings, process.stdout.columns ?? COLUMNS)}`,
    );
  return isFit ? 0 : 1;
}
