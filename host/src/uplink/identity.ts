/** Who sends: the gateway's device or one of its modules. */
export interface Identity {
  readonly deviceId: string;
  readonly moduleId?: string;
}

/** `device` or `device/module`: the MQTT client id, which the hub allows once at a time, and the name in logs. */
export function identityName(identity: Identity): string {
  return identity.moduleId === undefined ? identity.deviceId : `${identity.deviceId}/${identity.moduleId}`;
}

/** The hub's name for an identity as a resource, which a SAS token is made out to. Not percent-encoded. */
export function identityResource(hostName: string, identity: Identity): string {
  const device = `${hostName}/devices/${identity.deviceId}`;
  return identity.moduleId === undefined ? device : `${device}/modules/${identity.moduleId}`;
}

/** The MQTT user name that the IoT Hub device protocol expects. */
export function identityUserName(hostName: string, identity: Identity): string {
  return `${hostName}/${identityName(identity)}/?api-version=2021-04-12`;
}
