export { type DecodedGateway, decodeGateway } from './decode-gateway.ts';
export type {
  DeviceConfig,
  GatewayConfig,
  ModbusPoll,
  ModbusTcpConfig,
  UplinkAuthentication,
  UplinkConfig,
} from './gateway.ts';
