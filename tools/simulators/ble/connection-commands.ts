import { complete, doneThen, pending, refused } from './command.ts';
import { decodeConnectionRequest, decodeTiming } from './connection-request.ts';
import { isSameAddress } from './device-address.ts';
import { ROLE, STATUS } from './hci-codes.ts';
import { connected } from './hci-events.ts';
import { LINKS_MAX } from './link.ts';

const NO_RSSI = 127;
/** What a host may say why it hangs up. [BT-4-E-7.1.6] */
const DISCONNECT_REASONS: ReadonlySet<number> = new Set([0x05, 0x13, 0x14, 0x15, 0x1a, 0x29, 0x3b]);

/** Commands about links. [BT-4-E-7.1.6], [BT-4-E-7.5.4] and [BT-4-E-7.8.12] to [BT-4-E-7.8.18] */
export const CONNECTION_COMMANDS = {
  leCreateConnection: pending(25, (controller, parameters) => {
    if (controller.request !== undefined) return refused(STATUS.commandDisallowed);
    const request = decodeConnectionRequest(parameters);
    if (typeof request === 'number') return refused(request);
    if (controller.ownAddress(request.ownAddressType) === undefined) return refused(STATUS.invalidParameters);
    if (controller.links.size >= LINKS_MAX) return refused(STATUS.connectionLimit);
    const peers = [...controller.links.values()].map((end) => end.link.peerOf(end).address);
    if (peers.some((address) => isSameAddress(address, request.peer))) return refused(STATUS.connectionExists);
    return doneThen(() => {
      controller.request = request;
    });
  }),
  leCancelConnection: complete(0, (controller) => {
    const { request } = controller;
    if (request === undefined) return refused(STATUS.commandDisallowed);
    controller.request = undefined;
    const { peer, timing } = request;
    const cancelled = connected({ status: STATUS.unknownConnection, handle: 0, role: ROLE.central, peer, timing });
    return doneThen(() => controller.send(cancelled));
  }),
  leUpdateConnection: pending(14, ({ links }, parameters) => {
    const end = links.get(parameters.readUInt16LE(0));
    if (end === undefined) return refused(STATUS.unknownConnection);
    const timing = decodeTiming(parameters.subarray(2));
    return typeof timing === 'number' ? refused(timing) : doneThen(() => end.link.update(timing));
  }),
  disconnect: pending(3, ({ links }, parameters) => {
    const end = links.get(parameters.readUInt16LE(0));
    const reason = parameters[2]!;
    if (end === undefined) return refused(STATUS.unknownConnection);
    return DISCONNECT_REASONS.has(reason)
      ? doneThen(() => end.link.hangUp(end, reason))
      : refused(STATUS.invalidParameters);
  }),
  readRssi: complete(2, ({ links }, parameters) => {
    const end = links.get(parameters.readUInt16LE(0));
    const rssi = end === undefined ? NO_RSSI : end.link.peerOf(end).controller.conduct.rssiDbm;
    const status = end === undefined ? STATUS.unknownConnection : STATUS.success;
    return { status, result: Buffer.from([parameters[0]!, parameters[1]!, rssi & 0xff]) };
  }),
} as const;
