import { SerialPort } from '@gatehouse/sdk';

/** The ports this instance subscribed to. A subscription lasts as long as the instance, so one that was left is taken up again. */
export class Subscriptions {
  private devices: string[] = [];
  private requests: i32[] = [];

  /** The request id of the subscription to a port, or the status by which the host refuses it. */
  request(device: string): i32 {
    const index = this.devices.indexOf(device);
    if (index >= 0) return this.requests[index];
    const request = new SerialPort(device).subscribe();
    if (request > 0) {
      this.devices.push(device);
      this.requests.push(request);
    }
    return request;
  }

  /** Notes that the host ended a subscription. */
  ended(request: i32): void {
    const index = this.requests.indexOf(request);
    if (index < 0) return;
    this.devices.splice(index, 1);
    this.requests.splice(index, 1);
  }
}
