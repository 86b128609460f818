import { formatProblems } from '../../../../host/src/check/index.ts';
import { decodeGateway } from '../../../../host/src/configuration/index.ts';
import { devicesOf } from '../../../../host/src/drivers/index.ts';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { usage } from '../arguments.ts';
import { readText } from '../files.ts';
import type { PlaceConfig } from './place.ts';

/**
 * A device of a gateway configuration.
 * @throws GatehouseError FILE_MISSING; GATEWAY_INVALID after printing what is wrong; CLI_USAGE when it has no such Modbus device
 */
export function deviceOfGateway(file: string, device: string | undefined): PlaceConfig {
  const { value: gateway, problems } = decodeGateway(readText(file), file);
  if (problems.length > 0) process.stderr.write(formatProblems(problems, process.stderr));
  if (gateway === undefined) throw new GatehouseError('GATEWAY_INVALID', `${file} is no gateway configuration`);
  const devices = devicesOf('modbus', gateway.devices);
  const names = Object.keys(devices);
  const there = names.length === 0 ? 'it has none' : `there are ${names.join(', ')}`;
  if (device === undefined) throw usage(`--device is missing; of the Modbus devices of ${file} ${there}`);
  const config = Object.hasOwn(devices, device) ? devices[device] : undefined;
  if (config === undefined) throw usage(`${file} has no Modbus device "${device}"; ${there}`);
  return { config, lines: gateway.lines ?? {} };
}
