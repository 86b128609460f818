import {
  type BluetoothConfig,
  Central,
  loadNoble,
  openNobleRadio,
} from '../../../../host/src/drivers/ble/commissioning.ts';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { adapterTrouble } from './adapter-presence.ts';
import { adapterFailure } from './failure.ts';

const READY_MAX_MS = 15_000;
const READY_POLL_MS = 20;
const MISSING =
  'Bluetooth needs the package "@stoprocent/noble", which is not installed: npm install @stoprocent/noble@2.8 in the folder of gatehouse or one above';

/**
 * Opens the adapter and waits until it can be used; afterwards it is kept open for ever, and its loss and return are told.
 * @throws GatehouseError BLUETOOTH_MISSING, BLUETOOTH_UNAVAILABLE
 */
export async function openCentral(config: BluetoothConfig, tell: (text: string) => void): Promise<Central> {
  await loadNoble().catch((cause) => {
    throw new GatehouseError('BLUETOOTH_MISSING', MISSING, { cause });
  });
  const absence = adapterTrouble(config.radio);
  if (absence !== undefined)
    throw new GatehouseError('BLUETOOTH_UNAVAILABLE', absence.text, { details: { check: absence.check } });
  let trouble: string | undefined;
  let isReady = false;
  const central = new Central({
    ...config,
    openRadio: openNobleRadio(),
    log: (level, text) => {
      if (isReady) tell(text);
      else if (level === 'warning') trouble = text;
    },
  });
  central.open();
  const deadline = performance.now() + READY_MAX_MS;
  while (!central.isReady && trouble === undefined && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  isReady = central.isReady;
  if (isReady) return central;
  await central.close();
  throw adapterFailure(config.radio, trouble ?? `the Bluetooth adapter ${central.name} does not become ready`);
}
