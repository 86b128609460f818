export { type DecodedGateway, decodeGateway } from './decode-gateway.ts';
export type {
  DeviceConfig,
  GatewayConfig,
  MetricsConfig,
  ModbusPoll,
  ModbusTcpConfig,
  SecurityLogConfig,
  UplinkAuthentication,
  UplinkConfig,
} from './gateway.ts';
