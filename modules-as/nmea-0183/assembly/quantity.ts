/** What sentences tell. Latitude to variation hold only while there is a fix. */
export const enum Quantity {
  UtcMs,
  TimeOfDayMs,
  ZoneMin,
  Valid,
  Quality,
  Mode,
  FixMode,
  Selection,
  Latitude,
  Longitude,
  Altitude,
  GeoidSeparation,
  Speed,
  Course,
  CourseMagnetic,
  Variation,
  Heading,
  SatellitesUsed,
  Pdop,
  Hdop,
  Vdop,
  DifferentialAge,
  Station,
  Depth,
  TransducerOffset,
  DepthRange,
  WindValid,
  WindAngleRelative,
  WindSpeedRelative,
  WindAngleTrue,
  WindSpeedTrue,
  WaterTemperature,
  SatellitesInView,
  System,
  Signal,
}

export const QUANTITIES: i32 = 35;
/** Quantities from this one on are of one satellite system each, and are not merged. */
export const FIRST_OF_SYSTEM: i32 = Quantity.SatellitesInView;

/** The members of messages, in the order of `Quantity`. */
export const QUANTITY_NAMES: StaticArray<string> = [
  'utcMs',
  'timeOfDayMs',
  'zoneMin',
  'valid',
  'quality',
  'mode',
  'fixMode',
  'selection',
  'latitudeDeg',
  'longitudeDeg',
  'altitudeM',
  'geoidSeparationM',
  'speedMps',
  'courseDeg',
  'courseMagneticDeg',
  'variationDeg',
  'headingDeg',
  'satellitesUsed',
  'pdop',
  'hdop',
  'vdop',
  'differentialAgeS',
  'stationId',
  'depthM',
  'transducerOffsetM',
  'depthRangeM',
  'windValid',
  'windAngleRelativeDeg',
  'windSpeedRelativeMps',
  'windAngleTrueDeg',
  'windSpeedTrueMps',
  'waterTemperatureCel',
  'satellitesInView',
  'systemId',
  'signalId',
];

/** Whether it is true or false. */
export function isFlag(quantity: i32): bool {
  return quantity == Quantity.Valid || quantity == Quantity.WindValid;
}

/** Whether it is one letter. */
export function isLetter(quantity: i32): bool {
  return quantity == Quantity.Mode || quantity == Quantity.Selection;
}
