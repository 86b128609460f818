/*
 * A client on libmodbus that uses every function once. Usage: libmodbus-client PORT; prints one JSON list of what it got.
 */
#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>

static const char *separator = "[";

static void refused(void) {
  int known = errno > MODBUS_ENOBASE && errno < EMBXGTAR + 1;
  printf("[\"exception\", %d]", known ? errno - MODBUS_ENOBASE : -errno);
}

static void begin(void) {
  printf("%s", separator);
  separator = ", ";
}

static void bits(int count, const uint8_t *values) {
  begin();
  if (count < 0) {
    refused();
    return;
  }
  for (int i = 0; i < count; i++) printf("%s%d", i == 0 ? "[" : ", ", values[i]);
  printf("]");
}

static void registers(int count, const uint16_t *values) {
  begin();
  if (count < 0) {
    refused();
    return;
  }
  for (int i = 0; i < count; i++) printf("%s%d", i == 0 ? "[" : ", ", values[i]);
  printf("]");
}

static void done(int result) {
  begin();
  if (result < 0) refused();
  else printf("\"ok\"");
}

int main(int argc, char **argv) {
  modbus_t *client = modbus_new_tcp("127.0.0.1", argc > 1 ? atoi(argv[1]) : 502);
  uint8_t coils[16], three[3] = {1, 0, 1};
  uint16_t words[16], pair[2] = {7, 8}, triple[3] = {1, 2, 3};

  /* The unit id stays what libmodbus sends by itself: 255. */
  if (client == NULL || modbus_connect(client) < 0) return 1;
  bits(modbus_read_bits(client, 0, 10, coils), coils);
  bits(modbus_read_input_bits(client, 0, 10, coils), coils);
  registers(modbus_read_registers(client, 0, 3, words), words);
  registers(modbus_read_input_registers(client, 10, 4, words), words);
  done(modbus_write_bit(client, 3, 1));
  done(modbus_write_register(client, 20, 4660));
  done(modbus_write_bits(client, 0, 3, three));
  done(modbus_write_registers(client, 21, 3, triple));
  done(modbus_mask_write_register(client, 10, 0x00FF, 0x1200));
  registers(modbus_write_and_read_registers(client, 25, 2, pair, 0, 2, words), words);
  registers(modbus_read_registers(client, 100, 1, words), words);
  done(modbus_write_register(client, 0, 1));
  done(modbus_report_slave_id(client, sizeof coils, coils));
  modbus_set_slave(client, 9);
  bits(modbus_read_bits(client, 0, 1, coils), coils);
  printf("]\n");
  modbus_close(client);
  modbus_free(client);
  return 0;
}
