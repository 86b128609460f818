import { JsonWriter, Status, twin } from '@gatehouse/sdk';
import { statusName } from '../../parts/assembly/status-name';

/** What the twin shows of the delivery below `delivery`. */
export class DeliveryReport {
  /** Requests that the server confirmed with a status of 200 to 299. */
  confirmed: u32 = 0;
  /** Messages that the server will never take, by what it answered. */
  refused: u32 = 0;
  /** Messages that had to make room for newer ones. */
  dropped: u32 = 0;
  /** Messages that are no JSON, or too long to be kept. */
  invalid: u32 = 0;
  private status: i32 = Status.Ok;
  private code: i32 = 0;
  private time: f64 = 0;
  private shown: string = '';

  /** Notes what went wrong last: a status, and the HTTP status if a server answered. */
  failed(status: i32, code: i32, time: f64): void {
    this.status = status;
    this.code = code;
    this.time = time;
  }

  /** Shows it if there is news: that a message more went well is none. */
  show(state: string, waiting: i32): void {
    const news = JsonWriter.object()
      .set('state', state)
      .set('waiting', state == 'ok' ? 0 : waiting);
    news.set('lost', this.refused + this.dropped).set('isInvalid', this.invalid > 0);
    const text = news.set('status', this.status).set('code', this.code).toString();
    if (text == this.shown) return;
    this.shown = text;
    const json = JsonWriter.object().object('delivery').set('state', state).set('waiting', waiting);
    json
      .set('confirmed', this.confirmed)
      .set('refused', this.refused)
      .set('dropped', this.dropped)
      .set('invalid', this.invalid);
    if (this.time != 0) {
      json
        .object('lastError')
        .set('status', statusName(this.status))
        .set('http', this.code)
        .set('time', this.time)
        .end();
    }
    twin.report(json);
  }
}
