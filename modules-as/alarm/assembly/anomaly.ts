/** One message of the input, decoded. */
export class Anomaly {
  id: string = '';
  rule: string = '';
  device: string = '';
  rank: i32 = 1;
  isRaised: bool = false;
  /** `action.state` of the message, for example `confirmed`; empty without an action. */
  action: string = '';
}
