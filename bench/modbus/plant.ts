import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/lib/until.ts';
import { DriverRig, deviceAt } from '../../test/unit/host/drivers/driver-rig.ts';
import { percentile, rounded } from '../lib/bench.ts';

export interface PlantFigures {
  readonly lateP50Ms: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
  readonly readings: number;
  /** Rounds that were skipped or failed. */
  readonly missed: number;
  /** Processor time of this process for one poll of 40 registers, timers and connections included. */
  readonly cpuUsPerPoll: number;
}

const DEVICES = 50;
const REGISTERS = 40;
const INTERVAL_MS = 1_000;
const ROUNDS = 20;
/** Rounds before those that count: what runs for the first time is compiled meanwhile. */
const WARM_UP_ROUNDS = 3;

/** Polls 2,000 registers on 50 connections every second. A reading is late by the time from when its round was due. */
export async function measurePlant(port: number): Promise<PlantFigures> {
  const names = Array.from({ length: DEVICES }, (_, index) => `d${index}`);
  const devices = names.map((name, index) => {
    const first = index * REGISTERS;
    const polls = { all: { registers: [`holding:${first}-${first + REGISTERS - 1}`], intervalMs: INTERVAL_MS } };
    return [name, deviceAt(port, { timeoutMs: 1_000, polls })] as const;
  });
  const rig = await DriverRig.open(Object.fromEntries(devices));
  const late: number[] = [];
  let failed = 0;
  let counts = false;
  try {
    await until('all connections', () => names.every((name) => rig.status(name)['state'] === 'connected'), 20_000);
    for (const name of names) {
      const began = performance.now();
      rig.subscribe(name, 'all', ({ status }) => {
        if (!counts) return;
        // Rounds are due at multiples of the interval, so what is beyond the last multiple is how late this one is.
        if (status === 0) late.push((performance.now() - began) % INTERVAL_MS);
        else failed++;
      });
    }
    await delay(WARM_UP_ROUNDS * INTERVAL_MS - INTERVAL_MS / 2);
    counts = true;
    const used = process.cpuUsage();
    await delay(ROUNDS * INTERVAL_MS);
    const { user, system } = process.cpuUsage(used);
    return {
      lateP50Ms: rounded(percentile(late, 0.5)),
      lateP99Ms: rounded(percentile(late, 0.99)),
      lateMaxMs: rounded(Math.max(...late)),
      readings: late.length,
      missed: failed + ROUNDS * DEVICES - late.length,
      cpuUsPerPoll: rounded((user + system) / late.length),
    };
  } finally {
    await rig.close();
  }
}
