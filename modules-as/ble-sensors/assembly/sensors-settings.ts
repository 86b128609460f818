import { JsonMember } from '@gatehouse/sdk';
import { isName, NAME, Section } from '../../parts/assembly/section';
import { isAddress, parseHex } from './address';
import { isEnvironment } from './environment';

export const DEVICES_MAX: i32 = 12;
const CHARACTERISTICS_MAX: i32 = 12;
const NAMES_MAX: i32 = 128;
const FORMATS = 'a list of ruuvi and bthome, each at most once';
const CHARACTERISTICS = '1 to 12 of SERVICE/CHARACTERISTIC that are decoded, 4 digits each, such as 181a/2a6e';

/** Formats of advertisements, one bit each. */
export const RUUVI: u32 = 1;
export const BTHOME: u32 = 2;

/** Which scan device's advertisements are decoded. */
export class AirSettings {
  formats: u32 = RUUVI | BTHOME;
  repeatMs: f64 = 0;
  /** Names that senders have in messages, by their address. */
  names: Map<string, string> = new Map<string, string>();

  constructor(readonly device: string) {}
}

/** Which characteristics of a device are read, and how. */
export class LeafSettings {
  places: string[] = [];
  uuids: i32[] = [];
  /** 0 to be notified instead. */
  intervalMs: i32 = 0;

  constructor(readonly device: string) {}
}

/** The desired properties, decoded. */
export class SensorsSettings {
  air: AirSettings | null = null;
  leaves: LeafSettings[] = [];
}

/** Reads the settings; mistakes go to the problems of the section. */
export function readSensorsSettings(root: Section): SensorsSettings {
  const settings = new SensorsSettings();
  if (root.has('advertisements')) settings.air = readAir(root.section('advertisements'));
  if (root.has('devices')) {
    const list = root.section('devices');
    if (list.value.length > DEVICES_MAX) root.problem('devices', 'at most 12 devices');
    for (let member = list.value.members(); member.exists; member = member.next())
      settings.leaves.push(readLeaf(list.named(member), member));
  }
  root.done();
  return settings;
}

function readAir(section: Section): AirSettings {
  const air = new AirSettings(section.name('device', ''));
  if (section.has('formats')) air.formats = readFormats(section);
  air.repeatMs = section.whole('repeatMs', 0, 3_600_000, 60_000);
  if (section.has('names')) {
    const names = section.section('names');
    if (names.value.length > NAMES_MAX) section.problem('names', 'at most 128 names');
    for (let member = names.value.members(); member.exists; member = member.next()) {
      const key = member.key;
      const name = names.get(key).text();
      if (!isAddress(key)) names.problem(key, 'an address in capitals, such as A4:C1:38:01:02:03');
      else if (!isName(name)) names.problem(key, NAME);
      air.names.set(key, name);
    }
  }
  section.done();
  return air;
}

function readFormats(section: Section): u32 {
  let formats: u32 = 0;
  const list = section.get('formats');
  for (let item = list.first(); item.exists; item = item.next()) {
    const format = item.text();
    const bit = format == 'ruuvi' ? RUUVI : format == 'bthome' ? BTHOME : 0;
    if (bit == 0 || (formats & bit) != 0) section.problem('formats', FORMATS);
    formats |= bit;
  }
  if (!list.isArray || list.length == 0) section.problem('formats', FORMATS);
  return formats;
}

function readLeaf(section: Section, member: JsonMember): LeafSettings {
  const leaf = new LeafSettings(member.key);
  const list = section.get('characteristics');
  let isGood = list.isArray && list.length > 0 && list.length <= CHARACTERISTICS_MAX;
  for (let item = list.first(); item.exists; item = item.next()) {
    const place = item.text().toLowerCase();
    const uuid = characteristicOf(place);
    if (uuid < 0 || leaf.places.includes(place)) isGood = false;
    leaf.places.push(place);
    leaf.uuids.push(uuid);
  }
  if (!isGood) section.problem('characteristics', CHARACTERISTICS);
  if (section.has('intervalMs')) leaf.intervalMs = section.whole('intervalMs', 1000, 86_400_000, 0);
  section.done();
  return leaf;
}

/** The UUID of the characteristic in `181a/2a6e`, or -1 when it is not decoded or the text is none. */
function characteristicOf(place: string): i32 {
  if (place.length != 9 || place.charCodeAt(4) != 0x2f || parseHex(place.substr(0, 4), 2, '') === null) return -1;
  const bytes = parseHex(place.substr(5), 2, '');
  if (bytes === null) return -1;
  const uuid = ((<i32>bytes[0]) << 8) | bytes[1];
  return isEnvironment(uuid) ? uuid : -1;
}
