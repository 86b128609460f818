// Emits what it finds in each answer: of request 1 a value, of any other an advertisement.
import { Answer, BleAdvertisement, BleStructure, BleValue, JsonWriter, Module, Output, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class BleAnswers extends Module {
  private readonly out: Output = new Output('out');

  onAnswer(answer: Answer): void {
    if (answer.request == 1) this.out.emitJson(this.value(BleValue.of(answer)));
    else this.out.emitJson(this.advertisement(BleAdvertisement.of(answer)));
  }

  private value(value: BleValue): JsonWriter {
    const json = JsonWriter.object().set('isValue', value.isValue).set('number', value.number);
    if (!value.isValue) return json;
    return json
      .set('u8', <i32>value.u8(0))
      .set('u16', <i32>value.u16(1))
      .set('i16', <i32>value.i16(1))
      .set('u32', <i64>value.u32(0))
      .set('text', value.text);
  }

  private advertisement(advertisement: BleAdvertisement): JsonWriter {
    const json = JsonWriter.object()
      .set('address', advertisement.address)
      .set('isRandom', advertisement.isRandom)
      .set('isConnectable', advertisement.isConnectable)
      .set('rssi', advertisement.rssi);
    const name = advertisement.name;
    if (name !== null) json.set('name', name);
    const company = advertisement.manufacturer(0x0499);
    if (company !== null) json.set('company', <i32>company.u8(2));
    const service = advertisement.service(0x181a);
    if (service !== null) json.set('service', <i32>service.i16(2));
    json.array('types');
    let structure: BleStructure | null = advertisement.first;
    while (structure !== null) {
      json.add(<i32>structure.type);
      structure = advertisement.next(structure);
    }
    return json.end();
  }
}

run(new BleAnswers());
