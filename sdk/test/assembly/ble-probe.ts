// Asks devices of Bluetooth for what its methods say, and keeps the answers until they are taken.
import {
  Answer,
  BleAdvertisements,
  BleCharacteristic,
  BleDevice,
  JsonValue,
  JsonWriter,
  MethodCall,
  Module,
  run,
} from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

/** Answers that are handed over at once. */
const TAKEN_MAX = 500;

class BleProbe extends Module {
  private readonly requests: Array<i32> = [];
  private readonly statuses: Array<i32> = [];
  private readonly details: Array<i32> = [];
  private readonly payloads: Array<string> = [];

  onAnswer(answer: Answer): void {
    this.requests.push(answer.request);
    this.statuses.push(answer.status);
    this.details.push(answer.detail);
    this.payloads.push(hexOf(answer));
  }

  onMethod(call: MethodCall): void {
    if (call.name == 'take') call.respond(200, this.take());
    else call.respond(200, JsonWriter.object().set('request', this.ask(call.name, call.payload)));
  }

  private ask(name: string, payload: JsonValue): i32 {
    const device = new BleDevice(payload.get('device').text());
    if (name == 'watch') return device.watch();
    if (name == 'unwatch') return device.unwatch();
    if (name == 'listen') return new BleAdvertisements(device.name).subscribe();
    if (name == 'unlisten') return new BleAdvertisements(device.name).unsubscribe();
    const characteristic = device.characteristic(payload.get('place').text());
    const expiryMs = payload.get('expiryMs').i32();
    if (name == 'read') return characteristic.read(expiryMs);
    if (name == 'write') return characteristic.write(bytesOf(payload.get('data')), expiryMs);
    if (name == 'command') return characteristic.writeWithoutResponse(bytesOf(payload.get('data')), expiryMs);
    return name == 'subscribe' ? characteristic.subscribe() : characteristic.unsubscribe();
  }

  private take(): JsonWriter {
    const json = JsonWriter.object().array('answers');
    const count = min(this.requests.length, TAKEN_MAX);
    for (let i = 0; i < count; i++)
      json.addArray().add(this.requests[i]).add(this.statuses[i]).add(this.details[i]).add(this.payloads[i]).end();
    this.requests.splice(0, count);
    this.statuses.splice(0, count);
    this.details.splice(0, count);
    this.payloads.splice(0, count);
    return json.end();
  }
}

function bytesOf(list: JsonValue): StaticArray<u8> {
  const bytes = new StaticArray<u8>(list.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = <u8>list.at(i).i32();
  return bytes;
}

function hexOf(answer: Answer): string {
  let text = '';
  for (let i: u32 = 0; i < answer.payloadBytes; i++) {
    const byte = load<u8>(answer.payloadPointer + i);
    text += (byte < 16 ? '0' : '') + byte.toString(16);
  }
  return text;
}

run(new BleProbe());
