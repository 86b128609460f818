/*
 * One unit on a serial line, on libmodbus. Usage: libmodbus-line PORT UNIT; prints 0 once it serves. Every table has
 * 10,000 addresses; register n holds n at the start, discrete input n holds n modulo 2.
 */
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>

#define ADDRESSES 10000

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  modbus_t *context = modbus_new_rtu(argv[1], 115200, 'N', 8, 1);
  modbus_mapping_t *map = modbus_mapping_new(ADDRESSES, ADDRESSES, ADDRESSES, ADDRESSES);
  uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];

  if (context == NULL || map == NULL) return 1;
  for (int i = 0; i < ADDRESSES; i++) {
    map->tab_registers[i] = i;
    map->tab_input_registers[i] = i;
    map->tab_input_bits[i] = i & 1;
  }
  modbus_set_slave(context, atoi(argv[2]));
  if (modbus_connect(context) < 0) return 1;
  printf("0\n");
  fflush(stdout);
  for (;;) {
    int received = modbus_receive(context, query);
    if (received > 0) modbus_reply(context, query, received, map);
  }
}
