/** Names of UUIDs that many devices have [Bluetooth SIG, Assigned Numbers, 3.4 and 3.8]. */
const NAMES: Readonly<Record<string, string>> = {
  '1800': 'Generic Access',
  '1801': 'Generic Attribute',
  '1809': 'Health Thermometer',
  '180a': 'Device Information',
  '180d': 'Heart Rate',
  '180f': 'Battery',
  '181a': 'Environmental Sensing',
  fcd2: 'BTHome',
  feaa: 'Eddystone',
  '2a00': 'Device Name',
  '2a01': 'Appearance',
  '2a04': 'Preferred Connection Parameters',
  '2a05': 'Service Changed',
  '2a19': 'Battery Level',
  '2a1c': 'Temperature Measurement',
  '2a23': 'System ID',
  '2a24': 'Model Number',
  '2a25': 'Serial Number',
  '2a26': 'Firmware Revision',
  '2a27': 'Hardware Revision',
  '2a28': 'Software Revision',
  '2a29': 'Manufacturer Name',
  '2a37': 'Heart Rate Measurement',
  '2a6c': 'Elevation',
  '2a6d': 'Pressure',
  '2a6e': 'Temperature',
  '2a6f': 'Humidity',
  '2a76': 'UV Index',
};

/** Companies of manufacturer data [Bluetooth SIG, Assigned Numbers, 7.1] whose devices are heard often. */
const COMPANIES: Readonly<Record<number, string>> = {
  6: 'Microsoft',
  13: 'Texas Instruments',
  76: 'Apple',
  89: 'Nordic Semiconductor',
  117: 'Samsung',
  224: 'Google',
  741: 'Espressif',
  1177: 'Ruuvi',
};

export const nameOf = (uuid: string): string | undefined => (Object.hasOwn(NAMES, uuid) ? NAMES[uuid] : undefined);

export const companyText = (id: number): string => COMPANIES[id] ?? `0x${id.toString(16).padStart(4, '0')}`;
