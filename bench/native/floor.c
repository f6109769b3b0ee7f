/*
 * The floor of the bench: what asking a host costs in C, with libssh2 and nothing else. It sends the same script over the same
 * exchange (curve25519, a key, `exec sh -s`), takes every host key as the bare loop does, reads all of the answer, and judges
 * nothing. One thread, sockets that do not wait.
 *
 *   floor USER KEY SCRIPT FORKS < PORTS          a port of 127.0.0.1 a line
 *
 * Prints the number of hosts that answered with status 0, and their bytes; ends with 1 where one did not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libssh2.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum stage { FREE, CONNECTING, HANDSHAKE, LOGIN, OPENING, EXEC, SENDING, END_OF_INPUT, READING, CLOSING };

struct host {
  enum stage stage;
  int socket;
  LIBSSH2_SESSION *session;
  LIBSSH2_CHANNEL *channel;
  size_t sent;
  long bytes;
};

static const char *user, *key_file;
static char *script;
static size_t script_length;
static long answered, failed, total_bytes;

static void *whole(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) { perror(path); exit(2); }
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  if (bytes == NULL || fread(bytes, 1, *length, file) != *length) exit(2);
  bytes[*length] = 0;
  fclose(file);
  return bytes;
}

static void begin(struct host *host, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  int on = 1;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  host->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (host->socket < 0) { perror("socket"); exit(2); }
  setsockopt(host->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(host->socket, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) { perror("connect"); exit(2); }
  host->session = libssh2_session_init();
  libssh2_session_set_blocking(host->session, 0);
  libssh2_session_method_pref(host->session, LIBSSH2_METHOD_KEX, "curve25519-sha256,curve25519-sha256@libssh.org");
  host->channel = NULL;
  host->sent = 0;
  host->bytes = 0;
  host->stage = CONNECTING;
}

static void finish(struct host *host, int is_good) {
  if (is_good) answered++;
  else {
    char *why = NULL;
    libssh2_session_last_error(host->session, &why, NULL, 0);
    if (failed++ == 0) fprintf(stderr, "floor: stage %d: %s\n", host->stage, why);
  }
  total_bytes += host->bytes;
  libssh2_session_set_blocking(host->session, 1);
  if (host->channel != NULL) libssh2_channel_free(host->channel);
  libssh2_session_disconnect(host->session, "done");
  libssh2_session_free(host->session);
  close(host->socket);
  host->stage = FREE;
}

/* Goes on with a host for as long as nothing has to be waited for. */
static void step(struct host *host) {
  static char buffer[65536];
  long result = 0;
  while (host->stage != FREE) {
    switch (host->stage) {
      case CONNECTING: {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(host->socket, SOL_SOCKET, SO_ERROR, &error, &size);
        result = error == 0 ? 0 : -1;
        break;
      }
      case HANDSHAKE: result = libssh2_session_handshake(host->session, host->socket); break;
      case LOGIN: result = libssh2_userauth_publickey_fromfile(host->session, user, NULL, key_file, NULL); break;
      case OPENING:
        host->channel = libssh2_channel_open_session(host->session);
        result = host->channel == NULL ? libssh2_session_last_errno(host->session) : 0;
        break;
      case EXEC: result = libssh2_channel_exec(host->channel, "exec sh -s"); break;
      case SENDING:
        result = libssh2_channel_write(host->channel, script + host->sent, script_length - host->sent);
        if (result > 0 && (host->sent += (size_t)result) < script_length) continue;
        if (result > 0) result = 0;
        break;
      case END_OF_INPUT: result = libssh2_channel_send_eof(host->channel); break;
      case READING:
        result = libssh2_channel_read(host->channel, buffer, sizeof buffer);
        if (result > 0) { host->bytes += result; continue; }
        if (result == 0 && !libssh2_channel_eof(host->channel)) return;
        break;
      case CLOSING: result = libssh2_channel_close(host->channel); break;
      case FREE: return;
    }
    if (result == LIBSSH2_ERROR_EAGAIN) return;
    if (result < 0) { finish(host, 0); return; }
    if (host->stage == CLOSING) { finish(host, libssh2_channel_get_exit_status(host->channel) == 0); return; }
    host->stage++;
  }
}

int main(int count, char **words) {
  int ports[100000], hosts = 0, next = 0, forks, open = 0;
  if (count != 5) { fprintf(stderr, "floor USER KEY SCRIPT FORKS < PORTS\n"); return 2; }
  user = words[1];
  key_file = words[2];
  script = whole(words[3], &script_length);
  forks = atoi(words[4]);
  while (hosts < 100000 && scanf("%d", &ports[hosts]) == 1) hosts++;
  struct host *all = calloc((size_t)forks, sizeof *all);
  struct pollfd *waits = calloc((size_t)forks, sizeof *waits);
  if (all == NULL || waits == NULL || libssh2_init(0) != 0) return 2;
  for (;;) {
    open = 0;
    for (int at = 0; at < forks; at++) {
      struct host *host = &all[at];
      if (host->stage == FREE && next < hosts) begin(host, ports[next++]);
      waits[at].fd = host->stage == FREE ? -1 : host->socket;
      waits[at].events = 0;
      if (host->stage == FREE) continue;
      open++;
      int directions = host->stage == CONNECTING ? LIBSSH2_SESSION_BLOCK_OUTBOUND : libssh2_session_block_directions(host->session);
      if (directions & LIBSSH2_SESSION_BLOCK_INBOUND || directions == 0) waits[at].events |= POLLIN;
      if (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) waits[at].events |= POLLOUT;
    }
    if (open == 0) break;
    if (poll(waits, (nfds_t)forks, 30000) <= 0) { fprintf(stderr, "floor: nothing answers\n"); return 1; }
    for (int at = 0; at < forks; at++)
      if (waits[at].fd >= 0 && waits[at].revents != 0) step(&all[at]);
  }
  printf("%ld answered, %ld failed, %ld bytes, libssh2 %s\n", answered, failed, total_bytes, libssh2_version(0));
  return failed == 0 ? 0 : 1;
}
