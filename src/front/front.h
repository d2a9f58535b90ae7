/*
 * What runs before the runtime does, in the process that will be it: front.c says why. There is no
 * library here, and no variable that changes: only calls of the kernel, and what lies on the stack.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

/* The words and the environment of the program. */
struct start {
  long count;
  char **words;
  char **env;
};

/* Bytes that become more. Once `failed`, there was no memory for them. */
struct buffer {
  char *bytes;
  size_t length, room;
  bool failed;
};

/* A system call (syscall(2)): its result, or an error number below 0. None here has a sixth argument other than 0. */
#if defined(__x86_64__)
static inline long call_kernel(long number, long a, long b, long c, long d, long e) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = 0;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
static inline long call_kernel(long number, long a, long b, long c, long d, long e) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = 0;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}
#endif

#define CALL(name, ...) CALL_WITH(SYS_##name, __VA_ARGS__, 0, 0, 0, 0)
#define CALL_WITH(number, a, b, c, d, e, ...) \
  call_kernel(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

/* text.c */
size_t length_of(const char *text);
bool begins_with(const char *text, const char *start);
bool is_same(const char *one, const char *other);
enum { DIGITS = 12 };

const char *in_digits(char *room, int number);
void make_room(struct buffer *buffer, size_t more);
void add(struct buffer *buffer, const char *bytes, size_t length);
void add_json(struct buffer *buffer, const char *text, size_t length);
void drop(struct buffer *buffer);

/* ask-server.c */
enum said {
  NOTHING, /* Nobody did anything. */
  TORN,    /* The server has taken the command over, and ended over it. */
  ALL,
};

enum said ask_server(const struct start *start, struct buffer *answer);

/* print-answer.c */
struct ending {
  int status;
  /* The error number where stdout took no more. */
  int error;
};

bool is_whole(const struct buffer *answer);
struct ending print_answer(const struct buffer *answer);
int write_all(int fd, const char *bytes, size_t length);
void ignore_broken_pipes(void);
