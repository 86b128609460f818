import type { PynmeaValues } from './nmea-decoders.ts';

/** What a message of `nmea-0183` has to say if pynmea2 understood its sentence; undefined where the sentence has nothing. */
export function meaningOf(values: PynmeaValues): Record<string, number | boolean | undefined> {
  const n = (name: string): number | undefined => {
    const value = values[name];
    return value === null || value === undefined || value === '' ? undefined : Number(value);
  };
  const scaled = (name: string, factor: number): number | undefined => multiply(n(name), factor);
  const position = { latitudeDeg: n('latitude'), longitudeDeg: n('longitude') };
  switch (values['sentence']) {
    case 'GGA':
      return {
        ...{ ...position, ...clock(values), quality: n('gps_qual'), satellitesUsed: n('num_sats') },
        ...{ hdop: n('horizontal_dil'), altitudeM: n('altitude'), geoidSeparationM: n('geo_sep') },
      };
    case 'RMC':
      return {
        ...{ ...position, ...clock(values), valid: values['is_valid'] as boolean, courseDeg: n('true_course') },
        ...{
          speedMps: scaled('spd_over_grnd', KNOT),
          variationDeg: scaled('mag_variation', values['mag_var_dir'] === 'W' ? -1 : 1),
        },
      };
    case 'GLL':
      return { ...position, ...clock(values), valid: values['is_valid'] as boolean };
    case 'VTG':
      return {
        courseDeg: n('true_track'),
        courseMagneticDeg: n('mag_track'),
        speedMps: scaled('spd_over_grnd_kts', KNOT),
      };
    case 'GSA':
      return { fixMode: n('mode_fix_type'), pdop: n('pdop'), hdop: n('hdop'), vdop: n('vdop') };
    case 'GSV':
      return { satellitesInView: n('num_sv_in_view') };
    case 'ZDA':
      return { ...clock(values), zoneMin: scaled('local_zone', 60) };
    case 'HDT':
      return { headingDeg: n('heading') };
    case 'DBT':
      return { depthM: n('depth_meters') };
    case 'DPT':
      return { depthM: n('depth'), transducerOffsetM: n('offset'), depthRangeM: n('range') };
    case 'MTW':
      return { waterTemperatureCel: n('temperature') };
    default:
      return wind(n('wind_angle'), n('wind_speed'), values);
  }
}

const KNOT = 1852 / 3600;
const WIND_UNITS: Record<string, number> = { N: KNOT, K: 1 / 3.6, M: 1 };

function wind(
  angle: number | undefined,
  speed: number | undefined,
  values: PynmeaValues,
): Record<string, number | boolean | undefined> {
  const name = values['reference'] === 'T' ? 'True' : 'Relative';
  return {
    windValid: values['status'] === 'A',
    [`windAngle${name}Deg`]: angle,
    [`windSpeed${name}Mps`]: multiply(speed, WIND_UNITS[String(values['wind_speed_units'])]!),
  };
}

function clock({ timestamp, date }: PynmeaValues): Record<string, number> {
  const timeOfDayMs = Date.parse(`1970-01-01T${timestamp}Z`);
  return typeof date === 'string' ? { timeOfDayMs, utcMs: Date.parse(date) + timeOfDayMs } : { timeOfDayMs };
}

function multiply(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
