#include "front.h"
#include <sys/mman.h>

enum { LEAST_ROOM = 64 * 1024, MOST_ERRORS = 4095 };

size_t length_of(const char *text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

bool begins_with(const char *text, const char *start) {
  while (*start != 0)
    if (*text++ != *start++) return false;
  return true;
}

bool is_same(const char *one, const char *other) {
  return begins_with(one, other) && one[length_of(other)] == 0;
}

/* The number, from 0 on, as text in the room of DIGITS bytes. */
const char *in_digits(char *room, int number) {
  char *first = room + DIGITS - 1;
  *first = 0;
  do *--first = '0' + number % 10;
  while ((number /= 10) > 0);
  return first;
}

void make_room(struct buffer *buffer, size_t more) {
  if (buffer->failed || buffer->room - buffer->length >= more) return;
  const size_t room = (buffer->length + more) * 2 + LEAST_ROOM;
  const long at = buffer->room == 0
                      ? CALL(mmap, NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1)
                      : CALL(mremap, buffer->bytes, buffer->room, room, MREMAP_MAYMOVE);
  buffer->failed = at < 0 && at >= -MOST_ERRORS;
  if (buffer->failed) return;
  buffer->bytes = (char *)at;
  buffer->room = room;
}

void add(struct buffer *buffer, const char *bytes, size_t length) {
  make_room(buffer, length);
  if (buffer->failed) return;
  for (size_t at = 0; at < length; at++) buffer->bytes[buffer->length + at] = bytes[at];
  buffer->length += length;
}

/* As a string of JSON (RFC 8259). Whether it is UTF-8 is for the reader to see. */
void add_json(struct buffer *buffer, const char *text, size_t length) {
  add(buffer, "\"", 1);
  for (size_t at = 0; at < length; at++) {
    const unsigned char byte = text[at];
    const char escape[] = {'\\', 'u', '0', '0', '0' + (byte >> 4 & 1), "0123456789abcdef"[byte & 15]};
    const bool is_marked = byte == '"' || byte == '\\';
    if (byte < ' ') add(buffer, escape, sizeof escape);
    else add(buffer, (const char[]){'\\', byte} + !is_marked, 1 + is_marked);
  }
  add(buffer, "\"", 1);
}

void drop(struct buffer *buffer) {
  if (buffer->room > 0) CALL(munmap, buffer->bytes, buffer->room);
}
