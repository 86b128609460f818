/*
 * Preloaded into BlueZ's btvirt. Two things that it takes from the system are given another way:
 *
 * - The sockets it listens on have fixed names, so that only one btvirt can run on a machine: those below /tmp/bt-server- are made in
 *   the folder BTVIRT_FOLDER, under the rest of their name.
 * - It asks the kernel for AES (AF_ALG) when a controller begins, and silently turns hosts away where there is none. Only encrypted
 *   links and private addresses need AES; without them a descriptor that takes whatever is written to it does as well.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PREFIX "/tmp/bt-server-"
#define DESCRIPTORS 256

static bool is_stand_in[DESCRIPTORS];

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Where a file really is; at most the size of a socket's path. */
static void place(const char *path, char out[static sizeof((struct sockaddr_un *)0)->sun_path]) {
  const size_t room = sizeof((struct sockaddr_un *)0)->sun_path;
  const char *folder = getenv("BTVIRT_FOLDER");
  int needed;
  if (folder != NULL && strncmp(path, PREFIX, strlen(PREFIX)) == 0)
    needed = snprintf(out, room, "%s/%s", folder, path + strlen(PREFIX));
  else
    needed = snprintf(out, room, "%s", path);
  if (needed < 0 || (size_t)needed >= room) abort();
}

int socket(int domain, int type, int protocol) {
  int descriptor = NEXT(socket)(domain, type, protocol);
  if (descriptor >= 0 || domain != AF_ALG) return descriptor;
  descriptor = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (descriptor >= DESCRIPTORS) abort();
  if (descriptor >= 0) is_stand_in[descriptor] = true;
  return descriptor;
}

int bind(int descriptor, const struct sockaddr *address, socklen_t length) {
  if (address->sa_family == AF_ALG && descriptor >= 0 && descriptor < DESCRIPTORS && is_stand_in[descriptor]) return 0;
  if (address->sa_family != AF_UNIX) return NEXT(bind)(descriptor, address, length);
  struct sockaddr_un moved = {.sun_family = AF_UNIX};
  place(((const struct sockaddr_un *)address)->sun_path, moved.sun_path);
  return NEXT(bind)(descriptor, (struct sockaddr *)&moved, sizeof moved);
}

int unlink(const char *path) {
  char moved[sizeof((struct sockaddr_un *)0)->sun_path];
  if (strncmp(path, PREFIX, strlen(PREFIX)) != 0) return NEXT(unlink)(path);
  place(path, moved);
  return NEXT(unlink)(moved);
}
