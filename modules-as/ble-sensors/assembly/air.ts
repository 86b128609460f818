import { Answer, BleAdvertisement, BleAdvertisements, BleStructure, JsonWriter } from '@gatehouse/sdk';
import { BTHOME_UUID, BtHomeOutcome, decodeBtHome } from './bthome';
import { BtHomeKeys } from './bthome-keys';
import { Heard } from './heard';
import { decodeRuuvi, RUUVI_COMPANY } from './ruuvi';
import { AirSettings, BTHOME, RUUVI } from './sensors-settings';
import { State } from './state';
import { Telemetry } from './telemetry';
import { Wanted } from './wanted';

/** Bytes of a company identifier, and of a short UUID, in front of the data. */
const ID_BYTES: i32 = 2;

/** Decodes what one scan device hears, and counts what became of it. */
export class Air {
  readonly state: State;
  private source: BleAdvertisements;
  private wanted: Wanted = new Wanted();
  private heard: Heard = new Heard();
  /** By outcome of BTHome, under which Ruuvi's are counted too. */
  private outcomes: StaticArray<u32> = new StaticArray<u32>(BtHomeOutcome.Replayed + 1);
  private repeated: u32 = 0;
  private other: u32 = 0;

  constructor(
    public settings: AirSettings,
    private keys: BtHomeKeys,
    private telemetry: Telemetry,
  ) {
    this.source = new BleAdvertisements(settings.device);
    this.state = new State(settings.device);
  }

  /** Advertisements so far. */
  get count(): u32 {
    let count = this.repeated + this.other;
    for (let i = 0; i < this.outcomes.length; i++) count += this.outcomes[i];
    return count;
  }

  /** Asks for advertisements where that is to be done. */
  ask(): void {
    if (!this.wanted.isDue) return;
    const request = this.source.subscribe();
    this.wanted.asked(request);
    if (request < 0) this.state.note(request);
  }

  stop(): void {
    if (this.wanted.request != 0) this.source.unsubscribe();
  }

  /** Takes an answer; whether it was for this. */
  take(answer: Answer): bool {
    if (<i32>answer.request != this.wanted.request) return false;
    this.state.note(answer.status);
    if (answer.isOk) {
      this.wanted.works();
      if (answer.payloadBytes > 0) this.hear(BleAdvertisement.of(answer));
    } else this.wanted.lost();
    return true;
  }

  write(json: JsonWriter): void {
    this.state.write(json.object('advertisements').set('device', this.settings.device));
    json
      .set('decoded', this.outcomes[BtHomeOutcome.Decoded] + this.outcomes[BtHomeOutcome.Partly])
      .set('repeated', this.repeated)
      .set('other', this.other);
    json
      .set('malformed', this.outcomes[BtHomeOutcome.Malformed])
      .set('encrypted', this.outcomes[BtHomeOutcome.Encrypted])
      .set('replayed', this.outcomes[BtHomeOutcome.Replayed])
      .end();
  }

  private hear(advertisement: BleAdvertisement): void {
    const formats = this.settings.formats;
    const ruuvi = (formats & RUUVI) != 0 ? advertisement.manufacturer(<u16>RUUVI_COMPANY) : null;
    const bthome = (formats & BTHOME) != 0 ? advertisement.service(<u16>BTHOME_UUID) : null;
    if (ruuvi !== null) this.decode(advertisement, ruuvi, 'ruuvi');
    if (bthome !== null) this.decode(advertisement, bthome, 'bthome');
    if (ruuvi === null && bthome === null) this.other++;
  }

  private decode(advertisement: BleAdvertisement, data: BleStructure, format: string): void {
    const at = data.pointer + ID_BYTES;
    const bytes = data.bytes - ID_BYTES;
    const address = advertisement.address;
    if (!this.heard.isNews(address, at, bytes, this.settings.repeatMs)) {
      this.repeated++;
      return;
    }
    const names = this.settings.names;
    this.telemetry.begin(names.has(address) ? names.get(address) : address, format);
    this.telemetry.sender(address, advertisement.rssi);
    const outcome = format == 'ruuvi' ? this.ruuvi(address, at, bytes) : this.bthome(address, at, bytes);
    this.outcomes[outcome]++;
    const isGood = outcome == BtHomeOutcome.Decoded || outcome == BtHomeOutcome.Partly;
    if (isGood && this.telemetry.members.count > 0) this.telemetry.send();
  }

  private ruuvi(address: string, at: usize, bytes: i32): BtHomeOutcome {
    // A device with a key says nothing in a format that has none, so it is somebody else.
    if (this.keys.of(address) !== null) return BtHomeOutcome.Encrypted;
    return decodeRuuvi(at, bytes, this.telemetry.members) ? BtHomeOutcome.Decoded : BtHomeOutcome.Malformed;
  }

  private bthome(address: string, at: usize, bytes: i32): BtHomeOutcome {
    const outcome = decodeBtHome(at, bytes, this.telemetry.members);
    const key = this.keys.of(address);
    if (outcome == BtHomeOutcome.Encrypted && key !== null) return key.decode(at, bytes, this.telemetry.members);
    // Who has a key and says something that is not encrypted may be somebody else.
    return key !== null && outcome != BtHomeOutcome.Malformed ? BtHomeOutcome.Encrypted : outcome;
  }
}
