import { decodeAdvertisingData, decodeAdvertisingParameters } from './advertiser.ts';
import { complete, constant, done, doneThen, refused } from './command.ts';
import { STATUS } from './hci-codes.ts';
import { decodeScanParameters } from './scanner.ts';

/** Commands about being found and finding. [BT-4-E-7.8.4] to [BT-4-E-7.8.11] */
export const ADVERTISING_COMMANDS = {
  leSetRandomAddress: complete(6, (controller, parameters) => {
    if (controller.advertiser.isOn || controller.scanner.isOn) return refused(STATUS.commandDisallowed);
    controller.randomAddress = { type: 1, bytes: Buffer.from(parameters) };
    return done();
  }),
  leReadAdvertisingPower: constant(0, 0),
  leSetAdvertisingParameters: complete(15, ({ advertiser }, parameters) => {
    if (advertiser.isOn) return refused(STATUS.commandDisallowed);
    const decoded = decodeAdvertisingParameters(parameters);
    if (typeof decoded === 'number') return refused(decoded);
    advertiser.parameters = decoded;
    return done();
  }),
  leSetAdvertisingData: complete(32, ({ advertiser }, parameters) => {
    const data = decodeAdvertisingData(parameters);
    if (data === undefined) return refused(STATUS.invalidParameters);
    advertiser.data = data;
    return done();
  }),
  leSetScanResponseData: complete(32, ({ advertiser }, parameters) => {
    const data = decodeAdvertisingData(parameters);
    if (data === undefined) return refused(STATUS.invalidParameters);
    advertiser.scanResponse = data;
    return done();
  }),
  leSetAdvertisingEnable: complete(1, (controller, parameters) => {
    const { advertiser } = controller;
    if (parameters[0] === 0) {
      advertiser.stop();
      return done();
    }
    const hasAddress = controller.ownAddress(advertiser.parameters.ownAddressType) !== undefined;
    return parameters[0] === 1 && hasAddress ? doneThen(() => advertiser.start()) : refused(STATUS.invalidParameters);
  }),

  leSetScanParameters: complete(7, ({ scanner }, parameters) => {
    if (scanner.isOn) return refused(STATUS.commandDisallowed);
    const decoded = decodeScanParameters(parameters);
    if (typeof decoded === 'number') return refused(decoded);
    scanner.isActive = decoded.isActive;
    return done();
  }),
  leSetScanEnable: complete(2, ({ scanner }, parameters) => {
    if (parameters[0]! > 1 || parameters[1]! > 1) return refused(STATUS.invalidParameters);
    if (parameters[0] === 1) scanner.start(parameters[1] === 1);
    else scanner.stop();
    return done();
  }),
} as const;
