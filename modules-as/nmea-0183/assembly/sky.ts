import { JsonWriter } from '@gatehouse/sdk';

/** A satellite in view. NaN for what is not known: one that is not tracked has no signal. */
export class Satellite {
  constructor(
    readonly id: f64,
    readonly elevationDeg: f64,
    readonly azimuthDeg: f64,
    readonly snrDb: f64,
  ) {}

  write(json: JsonWriter): void {
    json.addObject().set('id', this.id);
    if (!isNaN(this.elevationDeg)) json.set('elevationDeg', this.elevationDeg);
    if (!isNaN(this.azimuthDeg)) json.set('azimuthDeg', this.azimuthDeg);
    if (!isNaN(this.snrDb)) json.set('snrDb', this.snrDb);
    json.end();
  }
}

/** What a sentence says of satellites. */
export class Sky {
  /** Numbers of satellites that the fix is made from. */
  used: f64[] = [];
  inView: Satellite[] = [];
  /** Which part of how many this is. */
  part: i32 = 0;
  parts: i32 = 0;

  clear(): void {
    this.used.length = 0;
    this.inView = [];
    this.place(0, 0);
  }

  /** Says which part this is. */
  place(part: i32, parts: i32): void {
    this.part = part;
    this.parts = parts;
  }
}
