/** Mode indicators: autonomous, differential, estimated, float RTK, manual, not valid, precise, RTK, simulator; caution and unsafe of edition 4.1. */
export const MODES = 'ADEFMNPRSCU';

/** The mode of a sentence without a fix. */
export const NOT_VALID: i32 = 0x4e;
