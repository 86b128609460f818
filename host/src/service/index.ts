export { type Notification, type SendNotification, ServiceManager } from './service-manager.ts';
export { type ServiceBeat, ServiceReport } from './service-report.ts';
