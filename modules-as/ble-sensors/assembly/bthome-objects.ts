/** What the bytes of an object are. */
export const enum BtHomeKind {
  /** A whole number, in steps of a unit. */
  Number,
  Flag,
  /** Text or bytes behind a length. */
  Text,
  Bytes,
  Button,
  Dimmer,
  /** A version, its last part in the first byte. */
  Version,
}

/** What an object identifier of BTHome stands for. */
export class BtHomeObject {
  constructor(
    readonly name: string,
    readonly kind: BtHomeKind,
    /** Length; negative for two's complement; 0 for one that the object itself tells. */
    readonly size: i32,
    /** What one step is in the unit of the name, as a fraction so that results have no digits that the value has not. */
    readonly multiplier: f64,
    readonly divisor: f64,
  ) {}
}

const OBJECTS: StaticArray<BtHomeObject | null> = new StaticArray<BtHomeObject | null>(256);

/** The object of that identifier, or null. */
export function bthomeObject(id: i32): BtHomeObject | null {
  return OBJECTS[id];
}

function number(id: i32, name: string, size: i32, divisor: f64 = 1, multiplier: f64 = 1): void {
  OBJECTS[id] = new BtHomeObject(name, BtHomeKind.Number, size, multiplier, divisor);
}

function flag(id: i32, name: string): void {
  OBJECTS[id] = new BtHomeObject(name, BtHomeKind.Flag, 1, 1, 1);
}

function other(id: i32, name: string, kind: BtHomeKind, size: i32): void {
  OBJECTS[id] = new BtHomeObject(name, kind, size, 1, 1);
}

number(0x00, 'packetId', 1);
number(0x01, 'batteryPct', 1);
number(0x02, 'temperatureCel', -2, 100);
number(0x03, 'humidityPct', 2, 100);
number(0x04, 'pressurePa', 3);
number(0x05, 'illuminanceLux', 3, 100);
number(0x06, 'massKg', 2, 100);
number(0x07, 'massLb', 2, 100);
number(0x08, 'dewPointCel', -2, 100);
number(0x09, 'count', 1);
number(0x0a, 'energyKwh', 3, 1000);
number(0x0b, 'powerW', 3, 100);
number(0x0c, 'voltageV', 2, 1000);
number(0x0d, 'pm25UgPerM3', 2);
number(0x0e, 'pm10UgPerM3', 2);
flag(0x0f, 'generic');
flag(0x10, 'powerOn');
flag(0x11, 'open');
number(0x12, 'co2Ppm', 2);
number(0x13, 'tvocUgPerM3', 2);
number(0x14, 'moisturePct', 2, 100);
flag(0x15, 'batteryLow');
flag(0x16, 'batteryCharging');
flag(0x17, 'carbonMonoxide');
flag(0x18, 'cold');
flag(0x19, 'connected');
flag(0x1a, 'doorOpen');
flag(0x1b, 'garageDoorOpen');
flag(0x1c, 'gasDetected');
flag(0x1d, 'hot');
flag(0x1e, 'lightDetected');
flag(0x1f, 'unlocked');
flag(0x20, 'wet');
flag(0x21, 'motion');
flag(0x22, 'moving');
flag(0x23, 'occupied');
flag(0x24, 'pluggedIn');
flag(0x25, 'present');
flag(0x26, 'problem');
flag(0x27, 'running');
flag(0x28, 'safe');
flag(0x29, 'smoke');
flag(0x2a, 'sound');
flag(0x2b, 'tampered');
flag(0x2c, 'vibration');
flag(0x2d, 'windowOpen');
number(0x2e, 'humidityPct', 1);
number(0x2f, 'moisturePct', 1);
other(0x3a, 'button', BtHomeKind.Button, 1);
other(0x3c, 'dimmerSteps', BtHomeKind.Dimmer, 2);
number(0x3d, 'count', 2);
number(0x3e, 'count', 4);
number(0x3f, 'rotationDeg', -2, 10);
number(0x40, 'distanceM', 2, 1000);
number(0x41, 'distanceM', 2, 10);
number(0x42, 'durationS', 3, 1000);
number(0x43, 'currentA', 2, 1000);
number(0x44, 'speedMps', 2, 100);
number(0x45, 'temperatureCel', -2, 10);
number(0x46, 'uvIndex', 1, 10);
number(0x47, 'volumeL', 2, 10);
number(0x48, 'volumeL', 2, 1000);
number(0x49, 'flowM3PerH', 2, 1000);
number(0x4a, 'voltageV', 2, 10);
number(0x4b, 'gasM3', 3, 1000);
number(0x4c, 'gasM3', 4, 1000);
number(0x4d, 'energyKwh', 4, 1000);
number(0x4e, 'volumeL', 4, 1000);
number(0x4f, 'waterL', 4, 1000);
number(0x50, 'timestampMs', 4, 1, 1000);
number(0x51, 'accelerationMps2', 2, 1000);
number(0x52, 'gyroscopeDegPerS', 2, 1000);
other(0x53, 'text', BtHomeKind.Text, 0);
other(0x54, 'raw', BtHomeKind.Bytes, 0);
number(0x55, 'storedVolumeL', 4, 1000);
number(0x56, 'conductivityUsPerCm', 2);
number(0x57, 'temperatureCel', -1);
number(0x58, 'temperatureCel', -1, 100, 35);
number(0x59, 'count', -1);
number(0x5a, 'count', -2);
number(0x5b, 'count', -4);
number(0x5c, 'powerW', -4, 100);
number(0x5d, 'currentA', -2, 1000);
number(0x5e, 'directionDeg', 2, 100);
number(0x5f, 'precipitationMm', 2, 10);
number(0x60, 'channel', 1);
number(0x61, 'rotationalSpeedRpm', 2);
number(0x62, 'speedMps', -4, 1_000_000);
number(0x63, 'accelerationMps2', -4, 1_000_000);
number(0x64, 'lightLevel', 1);
number(0xf0, 'deviceTypeId', 2);
other(0xf1, 'firmware', BtHomeKind.Version, 4);
other(0xf2, 'firmware', BtHomeKind.Version, 3);
