/*
 * A Modbus TCP server on libmodbus. Usage: libmodbus-server [address]; the system chooses the port, which is printed.
 * Every table has 10,000 addresses; register n holds n at the start, discrete input n holds n modulo 2.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#define ADDRESSES 10000

static int listen_on(const char *address) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in bound = {.sin_family = AF_INET};
  socklen_t length = sizeof bound;
  if (fd < 0 || inet_pton(AF_INET, address, &bound.sin_addr) != 1) return -1;
  if (bind(fd, (struct sockaddr *)&bound, sizeof bound) < 0 || listen(fd, 16) < 0) return -1;
  if (getsockname(fd, (struct sockaddr *)&bound, &length) < 0) return -1;
  printf("%d\n", ntohs(bound.sin_port));
  fflush(stdout);
  return fd;
}

int main(int argc, char **argv) {
  modbus_t *context = modbus_new_tcp(NULL, 0);
  modbus_mapping_t *map = modbus_mapping_new(ADDRESSES, ADDRESSES, ADDRESSES, ADDRESSES);
  int listener = listen_on(argc > 1 ? argv[1] : "127.0.0.1");
  uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
  fd_set open_fds;
  int max;

  if (listener < 0 || context == NULL || map == NULL) return 1;
  for (int i = 0; i < ADDRESSES; i++) {
    map->tab_registers[i] = i;
    map->tab_input_registers[i] = i;
    map->tab_input_bits[i] = i & 1;
  }
  FD_ZERO(&open_fds);
  FD_SET(listener, &open_fds);
  max = listener;
  for (;;) {
    fd_set ready = open_fds;
    if (select(max + 1, &ready, NULL, NULL, NULL) < 0) return 1;
    for (int fd = 0; fd <= max; fd++) {
      if (!FD_ISSET(fd, &ready)) continue;
      if (fd == listener) {
        int yes = 1, client = accept(listener, NULL, NULL);
        if (client < 0 || client >= FD_SETSIZE) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        FD_SET(client, &open_fds);
        if (client > max) max = client;
        continue;
      }
      modbus_set_socket(context, fd);
      int received = modbus_receive(context, query);
      if (received > 0) modbus_reply(context, query, received, map);
      else if (received < 0) {
        close(fd);
        FD_CLR(fd, &open_fds);
      }
    }
  }
}
