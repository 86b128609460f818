import { ModbusDevice } from '@gatehouse/sdk';

/** The polls this instance subscribed to. A subscription lasts as long as the instance, so one that was left is taken up again. */
export class Subscriptions {
  private names: string[] = [];
  private requests: i32[] = [];

  /** The request id of the subscription to a poll, or the status by which the host refuses it. */
  request(device: string, poll: string): i32 {
    const name = device + '/' + poll;
    const index = this.names.indexOf(name);
    if (index >= 0) return this.requests[index];
    const request = new ModbusDevice(device).subscribe(poll);
    if (request > 0) {
      this.names.push(name);
      this.requests.push(request);
    }
    return request;
  }

  /** Notes that the host ended a subscription. */
  ended(request: i32): void {
    const index = this.requests.indexOf(request);
    if (index < 0) return;
    this.names.splice(index, 1);
    this.requests.splice(index, 1);
  }
}
