import type { LeafCase } from '../leaf-case.ts';
import { ble } from './ble.ts';
import { http } from './http.ts';
import { modbusRtu } from './modbus-rtu.ts';
import { modbusTcp } from './modbus-tcp.ts';
import { mqtt } from './mqtt.ts';
import { serial } from './serial.ts';

export const CASES: readonly LeafCase[] = [modbusTcp, modbusRtu, serial, http, ble, mqtt];
