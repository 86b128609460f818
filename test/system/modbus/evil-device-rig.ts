import { assert } from '../../lib/suite.ts';
import { until } from '../../lib/until.ts';
import {
  type EvilRequest,
  type EvilServer,
  goodAnswer,
  type Misdeed,
  startEvilServer,
} from '../../peers/evil-modbus-server.ts';
import { DriverRig, deviceAt } from '../../unit/host/drivers/driver-rig.ts';

/** Long enough for a busy machine, where no test waits for it to pass. */
export const TIMEOUT_MS = 3_000;
export const SHORT_TIMEOUT_MS = 150;
export const STATUS_OK = 0;

/** The right answer, with a change. */
export function changedAnswer(request: EvilRequest, change: (frame: Buffer) => void): Buffer {
  const frame = goodAnswer(request);
  change(frame);
  return frame;
}

/** Opens a driver with the device `evil`, whose poll `fast` has ten registers, on a server that misbehaves as told. */
export async function withDevice(
  misdeed: Misdeed,
  body: (rig: DriverRig, server: EvilServer) => Promise<void>,
  changes: { timeoutMs?: number; inFlight?: number } = {},
): Promise<void> {
  const server = await startEvilServer(misdeed);
  const polls = { fast: { registers: ['holding:0-9'], intervalMs: 20 } };
  const rig = await DriverRig.open({ evil: deviceAt(server.port, { timeoutMs: TIMEOUT_MS, polls, ...changes }) });
  try {
    await body(rig, server);
  } finally {
    await rig.close();
    await server.close();
  }
}

/** Reads until it works, and checks that what comes is what was asked for. */
export async function recovers(rig: DriverRig): Promise<void> {
  let address = 100;
  await until('an answer', async () => {
    const { status, blocks } = await rig.read('evil', `holding:${++address}-${address + 4}`);
    const wanted = status === STATUS_OK ? [[0, 1, 2, 3, 4].map((n) => address + n)] : [];
    assert.deepEqual(
      blocks.map(({ values }) => values),
      wanted,
    );
    return status === STATUS_OK;
  });
}
