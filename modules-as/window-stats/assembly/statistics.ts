import { JsonWriter, Output, Status } from '@gatehouse/sdk';
import { Pane } from './pane';
import { StatsSettings } from './stats-settings';
import { Window, WindowSink } from './window';

/** Sends each window that closes. */
export class Statistics extends WindowSink {
  /** The group that closes windows at the moment. */
  group: string = '';
  /** The module stops or gets new settings: windows are closed before they are over. */
  isPartial: bool = false;
  /** Results the host did not take. */
  lost: u32 = 0;
  private output: Output = new Output('statistics');
  private json: JsonWriter = new JsonWriter();
  private names: string[] = [];

  constructor(private settings: StatsSettings) {
    super();
    for (let i = 0; i < settings.quantiles.length; i++) this.names.push(quantileName(settings.quantiles[i]));
  }

  closed(window: Window, startMs: i64, endMs: i64, results: StaticArray<Pane>): void {
    const json = this.json.clear().set(this.settings.groupBy, this.group).set('window', window.settings.name);
    json.set('start', startMs).set('end', endMs).set('late', window.late);
    if (this.isPartial) json.set('partial', true);
    const fields = window.settings.fields;
    for (let i = 0; i < fields.length; i++) {
      if (results[i].moments.count > 0) this.write(fields[i], results[i]);
    }
    if (this.output.emitJson(json) != Status.Ok) this.lost++;
  }

  private write(field: string, result: Pane): void {
    const json = this.json;
    const moments = result.moments;
    json
      .object(field)
      .set('count', moments.count)
      .set('min', moments.min)
      .set('max', moments.max)
      .set('mean', moments.mean);
    const deviation = moments.deviation();
    if (isFinite(deviation)) json.set('stddev', deviation);
    for (let i = 0; i < this.names.length; i++) {
      // An estimate must not lie outside what is known exactly.
      const value = result.sketch.quantile(this.settings.quantiles[i]);
      json.set(this.names[i], min(max(value, moments.min), moments.max));
    }
    json.end();
  }
}

/** `p50` for 0.5, `p99_9` for 0.999: a name without a point, which a route could not address. */
function quantileName(quantile: f64): string {
  const text = JsonWriter.object()
    .clearToArray()
    .add(Math.round(quantile * 1e6) / 1e4)
    .toString();
  return 'p' + text.substring(1, text.length - 1).replace('.', '_');
}
