import type { SerialPort } from 'serialport';

export type LoadSerialPort = () => Promise<typeof SerialPort>;

/** Loads the package for serial ports, which only a gateway with serial ports needs and has. */
export const loadSerialPort: LoadSerialPort = async () => {
  try {
    return (await import('serialport')).SerialPort;
  } catch (error) {
    throw explained(error as Error);
  }
};

function explained(error: Error): Error {
  const isMissing = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  const text = isMissing
    ? 'the package "serialport" is not installed: npm install serialport@13 beside the host'
    : `the package "serialport" cannot be loaded: ${error.message}`;
  return new Error(text, { cause: error });
}
