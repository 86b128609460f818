/** One instance of a module as the driver knows it: what it asked for ends with it. */
export interface BleSession {
  readonly module: string;
  isOver: boolean;
}
