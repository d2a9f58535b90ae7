#include "front.h"
#include <poll.h>
#include <signal.h>

enum { STDOUT = 1, STDERR = 2 };

/* Of each piece, and of the end: u8 and u32, little-endian; encodeAnswer in src/repo/call-messages.ts. */
enum { HEAD_BYTES = 5 };

static size_t value_at(const struct buffer *answer, size_t at) {
  const unsigned char *byte = (const unsigned char *)answer->bytes + at + 1;
  return byte[0] | byte[1] << 8 | byte[2] << 16 | (size_t)byte[3] << 24;
}

/*
 * Where it is cut off, whoever made it has ended. What goes anywhere else than to stdout or stderr no
 * server of ours says.
 */
bool is_whole(const struct buffer *answer) {
  size_t at = 0;
  while (answer->length - at >= HEAD_BYTES) {
    const char fd = answer->bytes[at];
    const size_t value = value_at(answer, at);
    at += HEAD_BYTES;
    if (fd == 0) return at == answer->length;
    if ((fd != STDOUT && fd != STDERR) || value > answer->length - at) return false;
    at += value;
  }
  return false;
}

/* 0, or the error number. */
int write_all(int fd, const char *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    const long put = CALL(write, fd, bytes + at, length - at);
    if (put >= 0) at += put;
    else if (put == -EAGAIN) { /* Whoever shares the pipe with us has made it non-blocking, and its reader is slow. */
      struct pollfd place = {.fd = fd, .events = POLLOUT};
      CALL(ppoll, &place, 1, NULL, NULL);
    } else if (put != -EINTR) return -put;
  }
  return 0;
}

void ignore_broken_pipes(void) {
  const struct { /* struct sigaction of the kernel */
    long handler, flags, restorer, mask;
  } ignore = {.handler = 1};
  CALL(rt_sigaction, SIGPIPE, &ignore, NULL, sizeof ignore.mask);
}

/*
 * Writes what the command wrote; the answer must be whole. Where stdout takes no more, the rest of stderr
 * is written all the same.
 */
struct ending print_answer(const struct buffer *answer) {
  struct ending ending = {0};
  size_t at = 0;
  ignore_broken_pipes();
  for (; answer->bytes[at] != 0; at += HEAD_BYTES + value_at(answer, at)) {
    const int fd = answer->bytes[at];
    if (fd == STDOUT && ending.error != 0) continue;
    const int error = write_all(fd, answer->bytes + at + HEAD_BYTES, value_at(answer, at));
    if (fd == STDOUT) ending.error = error; /* Of stderr there is nobody left to be told. */
  }
  ending.status = value_at(answer, at);
  return ending;
}
