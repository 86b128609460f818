// Numbers of the Bluetooth Core Specification 5.4: commands and events in Vol 4, Part E, errors in Vol 1, Part F.

/** Operation codes of the commands that a virtual controller knows: those that noble and bleno send. */
export const OPCODE = {
  disconnect: 0x0406,
  setEventMask: 0x0c01,
  reset: 0x0c03,
  readLeHostSupport: 0x0c6c,
  writeLeHostSupport: 0x0c6d,
  readLocalVersion: 0x1001,
  readBufferSize: 0x1005,
  readDeviceAddress: 0x1009,
  readRssi: 0x1405,
  leSetEventMask: 0x2001,
  leReadBufferSize: 0x2002,
  leReadFeatures: 0x2003,
  leSetRandomAddress: 0x2005,
  leSetAdvertisingParameters: 0x2006,
  leReadAdvertisingPower: 0x2007,
  leSetAdvertisingData: 0x2008,
  leSetScanResponseData: 0x2009,
  leSetAdvertisingEnable: 0x200a,
  leSetScanParameters: 0x200b,
  leSetScanEnable: 0x200c,
  leCreateConnection: 0x200d,
  leCancelConnection: 0x200e,
  leUpdateConnection: 0x2013,
} as const;

export type CommandName = keyof typeof OPCODE;

export const EVENT = {
  disconnected: 0x05,
  commandComplete: 0x0e,
  commandStatus: 0x0f,
  packetsCompleted: 0x13,
  leMeta: 0x3e,
} as const;

/** First parameter of an `EVENT.leMeta`. */
export const LE_EVENT = { connected: 0x01, advertisingReport: 0x02, connectionUpdated: 0x03 } as const;

export const STATUS = {
  success: 0x00,
  unknownCommand: 0x01,
  unknownConnection: 0x02,
  supervisionTimeout: 0x08,
  connectionLimit: 0x09,
  connectionExists: 0x0b,
  commandDisallowed: 0x0c,
  unsupported: 0x11,
  invalidParameters: 0x12,
  endedByRemoteUser: 0x13,
  endedByLocalHost: 0x16,
} as const;

export type Status = number;

/** Kinds of advertisement, and of report where `scanResponse` comes in. */
export const ADVERTISEMENT = { connectable: 0x00, scannable: 0x02, nonConnectable: 0x03, scanResponse: 0x04 } as const;

export const ROLE = { central: 0x00, peripheral: 0x01 } as const;

/** How a fragment begins or goes on; hosts send `first`, controllers deliver it as `firstFlushable`. */
export const BOUNDARY = { first: 0b00, continuing: 0b01, firstFlushable: 0b10 } as const;
