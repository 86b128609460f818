export { type DecodedGateway, decodeGateway } from './decode-gateway.ts';
export type {
  GatewayConfig,
  MetricsConfig,
  SecurityLogConfig,
  UplinkAuthentication,
  UplinkConfig,
} from './gateway.ts';
