#include "front.h"
#include <fcntl.h>
#include <linux/stat.h>
#include <linux/un.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
  /* A server that is busy is passed over: to do it ourselves takes not much longer. */
  PATIENCE_US = 20000,
  PIECE_BYTES = 64 * 1024,
  /* What getcwd(2) tells at most. */
  MOST_PATH = 4096,
};

/* Below the folder that holds the repository; src/repo/server-socket.ts. */
#define SERVER_FOLDER "/.jvs/cache"
#define SERVER_SOCKET "/serve.sock"

#define ADD(buffer, text) add(buffer, text, sizeof(text) - 1)

/* A Call of src/repo/call-messages.ts. */
static void add_call(struct buffer *buffer, const struct start *start) {
  ADD(buffer, "{\"program\":\"" VERSION "\",\"words\":[");
  for (long at = 1; at < start->count; at++) {
    if (at > 1) ADD(buffer, ",");
    add_json(buffer, start->words[at], length_of(start->words[at]));
  }
  ADD(buffer, "],\"env\":{");
  bool is_first = true;
  for (char **env = start->env; *env != NULL; env++) {
    size_t name = 0;
    while ((*env)[name] != 0 && (*env)[name] != '=') name++;
    if (name == 0 || (*env)[name] == 0) continue;
    if (!is_first) ADD(buffer, ",");
    is_first = false;
    add_json(buffer, *env, name);
    ADD(buffer, ":");
    add_json(buffer, *env + name + 1, length_of(*env + name + 1));
  }
  ADD(buffer, "}}\n");
}

static size_t append(char *path, size_t length, const char *text) {
  size_t at = 0;
  do path[length + at] = text[at];
  while (text[at++] != 0);
  return length + at - 1;
}

static size_t append_number(char *path, size_t length, int number) {
  char digits[DIGITS];
  return append(path, length, in_digits(digits, number));
}

/*
 * Opens the folder of the nearest server, at or above the current folder; below 0 where there seems to
 * be none. The server finds the repository itself.
 */
static int open_server_folder(void) {
  char path[MOST_PATH + sizeof SERVER_FOLDER SERVER_SOCKET];
  long length = CALL(getcwd, path, MOST_PATH) - 1;
  if (length < 1 || path[0] != '/') return -1; /* It was removed, or lies outside of our root folder. */
  if (length == 1) length = 0;
  for (;;) {
    const size_t folder = append(path, length, SERVER_FOLDER);
    append(path, folder, SERVER_SOCKET);
    if (CALL(faccessat, AT_FDCWD, path, 0) == 0) {
      path[folder] = 0;
      return CALL(openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (length == 0) return -1;
    while (path[--length] != '/');
  }
}

/* How long a call may take from now on; 0 for as long as it likes. */
static void set_patience(int socket, long microseconds) {
  const struct timeval time = {.tv_usec = microseconds};
  CALL(setsockopt, socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  CALL(setsockopt, socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

/* unix(7). By its descriptor, since the path of the folder may be longer than an address. */
static bool connect_in(int folder, int socket) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const size_t length = append_number(address.sun_path, append(address.sun_path, 0, "/proc/self/fd/"), folder);
  append(address.sun_path, length, SERVER_SOCKET);
  return CALL(connect, socket, &address, sizeof address) == 0;
}

/* Whether it is in the same namespaces (namespaces(7)): a jail that shares the folder is not to be told our environment. */
static bool is_in_our_world(int pid) {
  static const char *const spaces[] = {"/ns/user", "/ns/mnt", "/ns/pid"};
  char path[64];
  for (size_t at = 0; at < sizeof spaces / sizeof *spaces; at++) {
    struct statx ours, theirs;
    append(path, append(path, 0, "/proc/self"), spaces[at]);
    if (CALL(statx, AT_FDCWD, path, 0, STATX_INO, &ours) != 0) return false;
    append(path, append_number(path, append(path, 0, "/proc/"), pid), spaces[at]);
    if (CALL(statx, AT_FDCWD, path, 0, STATX_INO, &theirs) != 0) return false;
    if (ours.stx_ino != theirs.stx_ino) return false;
  }
  return true;
}

/* Whoever may write into .jvs could put a socket there; only a process like ours is believed. */
static bool is_ours(int socket) {
  struct { /* struct ucred */
    int pid;
    unsigned user, group;
  } peer = {0, ~0u, ~0u};
  unsigned length = sizeof peer;
  return CALL(getsockopt, socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid > 0 &&
         peer.user == (unsigned)CALL(geteuid, 0) && is_in_our_world(peer.pid);
}

static bool send_all(int socket, const char *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    const long sent = CALL(sendto, socket, bytes + at, length - at, MSG_NOSIGNAL, NULL);
    if (sent < 0 && sent != -EINTR) return false;
    if (sent > 0) at += sent;
  }
  return true;
}

/* What comes next; 0 at the end. */
static long receive(int socket, char *bytes, size_t room) {
  long got;
  do got = CALL(read, socket, bytes, room);
  while (got == -EINTR);
  return got;
}

/* Nothing is done before both have said that it is to be done there. */
static bool agree(int socket, const struct start *start) {
  struct buffer call = {0};
  add_call(&call, start);
  const bool is_sent = !call.failed && send_all(socket, call.bytes, call.length);
  drop(&call);
  static const char ready[] = "ready\n", go[] = "go\n";
  char said[sizeof ready] = "";
  return is_sent && receive(socket, said, sizeof said) == sizeof ready - 1 && is_same(said, ready) &&
         send_all(socket, go, sizeof go - 1);
}

/* What is said until the other end is closed; false where there is no memory for it, or it broke off. */
static bool receive_all(int socket, struct buffer *answer) {
  for (;;) {
    make_room(answer, PIECE_BYTES);
    if (answer->failed) return false;
    const long got = receive(socket, answer->bytes + answer->length, PIECE_BYTES);
    if (got <= 0) return got == 0;
    answer->length += got;
  }
}

/* Lets the server carry out the command. */
enum said ask_server(const struct start *start, struct buffer *answer) {
  const int folder = open_server_folder();
  if (folder < 0) return NOTHING;
  enum said said = NOTHING;
  const int socket = CALL(socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket >= 0) {
    set_patience(socket, PATIENCE_US);
    if (connect_in(folder, socket) && is_ours(socket) && agree(socket, start)) {
      set_patience(socket, 0);
      said = receive_all(socket, answer) && is_whole(answer) ? ALL : TORN;
    }
    CALL(close, socket);
  }
  CALL(close, folder);
  return said;
}
