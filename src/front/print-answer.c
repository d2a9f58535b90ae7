#include "front.h"
#include <poll.h>

/* Of each piece, and of the end: u8 and u32, little-endian; encodeAnswer in src/repo/call-messages.ts. */
enum { HEAD_BYTES = 5 };

static uint32_t value_at(const struct buffer *answer, size_t at) {
  const unsigned char *byte = (const unsigned char *)answer->bytes + at + 1;
  return byte[0] | byte[1] << 8 | byte[2] << 16 | (uint32_t)byte[3] << 24;
}

/* Where it is cut off, whoever made it has ended. */
static bool is_whole(const struct buffer *answer) {
  size_t at = 0;
  while (at + HEAD_BYTES <= answer->length) {
    if (answer->bytes[at] == 0) return at + HEAD_BYTES == answer->length;
    at += HEAD_BYTES + value_at(answer, at);
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

/*
 * Writes what the command wrote, where the answer is whole, and tells how it ended.
 *
 * Returns 0; the error number where stdout takes no more; -1 where nobody did anything.
 */
int print_answer(const struct buffer *answer, int *status) {
  if (!is_whole(answer)) return -1;
  size_t at = 0;
  for (; answer->bytes[at] != 0; at += HEAD_BYTES + value_at(answer, at)) {
    const int error = write_all(answer->bytes[at], answer->bytes + at + HEAD_BYTES, value_at(answer, at));
    if (error != 0 && answer->bytes[at] == 1) return error; /* Of stderr there is nobody left to be told. */
  }
  *status = value_at(answer, at);
  return 0;
}
