import { STATUS } from '../../abi/constants.ts';
import { contains, type Spans, spansByTable } from '../modbus/guard.ts';
import { isForDevice, unknownName } from '../named-device.ts';
import type { RequestGuard } from '../request-guard.ts';
import type { ModbusServerGrant } from './grant.ts';
import { rangesOf } from './grant-ranges.ts';
import { addressAt, countAt, functionAt, isWellFormed, TAKE } from './request-codec.ts';

/** Names of the servers that the gateway has. */
export type ModbusServerFacts = readonly string[];

/** Most that a request has: 2,000 registers and the longest name. */
const REQUEST_BYTES = 4_352;
/** Most that an answer has: a write of 1,968 coils and the address of its client. */
const ANSWER_BYTES = 4_096;

interface ServerRule {
  readonly name: Uint8Array;
  /** By table, 1 to 4. */
  readonly offer: readonly Spans[];
  readonly accepts: boolean;
}

/**
 * Compiles what a module is granted into what judges its requests. Several grants on one server add up.
 *
 * @throws GatehouseError GRANT_UNKNOWN_DEVICE for a server that the gateway does not have; `check` has found it before
 */
export function compileModbusServerGuard(
  grants: readonly ModbusServerGrant[],
  servers: ModbusServerFacts,
): RequestGuard {
  grants.forEach(({ device }, index) => {
    if (!servers.includes(device)) throw unknownName(`modbus-server[${index}].device`, `Modbus server "${device}"`);
  });
  const rules = [...new Set(grants.map(({ device }) => device))].map((device) => ruleOf(device, grants));
  return {
    requestBytes: REQUEST_BYTES,
    answerBytes: ANSWER_BYTES,
    judge(payload) {
      if (!isWellFormed(payload)) return STATUS.invalid;
      for (let i = 0; i < rules.length; i++) {
        const rule = rules[i]!;
        if (isForDevice(payload, rule.name)) return allows(rule, payload) ? STATUS.ok : STATUS.denied;
      }
      return STATUS.denied;
    },
    isSubscription: () => false,
  };
}

function ruleOf(device: string, grants: readonly ModbusServerGrant[]): ServerRule {
  const own = grants.filter((grant) => grant.device === device);
  return {
    name: new TextEncoder().encode(device),
    offer: spansByTable(own.flatMap((grant) => rangesOf(grant, 'offer'))),
    accepts: own.some(({ accept }) => accept.length > 0),
  };
}

function allows({ offer, accepts }: ServerRule, payload: Uint8Array): boolean {
  const code = functionAt(payload);
  return code === TAKE ? accepts : contains(offer[code]!, addressAt(payload), countAt(payload));
}
