/*
 * What runs before the runtime does, in the process that will be it.
 *
 * The runtime takes 7 ms and more to start, and is not needed to say which version this is, nor to
 * let the server of a repository carry out a command (docs/watching.md). So the binary begins here:
 * after the dynamic linker, and before anything of the program. Whatever is not done here, or not
 * understood, the program does: nothing has happened then.
 *
 * Built and put into the binary by tools/build-front.ts, which gives VERSION (of the program, as text)
 * and PROGRAM (where the program begins, a number).
 */
#include "front.h"
#include <asm/ioctls.h>
#include <fcntl.h>

/* The program's own variable, from which it takes its environment. */
extern char **environ;

#define STRING(text) #text
#define STRING_OF(macro) STRING(macro)

/*
 * The program finds the stack as the kernel laid it out (System V ABI, "Process Initialization"), and
 * in a register what the dynamic linker left there for it.
 */
#if defined(__x86_64__)
__asm__(".globl front_start\n"
        "front_start:\n"
        "  mov %rdx, %rbx\n"
        "  mov %rsp, %r12\n"
        "  mov %rsp, %rdi\n"
        "  and $-16, %rsp\n"
        "  call front\n"
        "  mov %r12, %rsp\n"
        "  mov %rbx, %rdx\n"
        "  xor %ebp, %ebp\n"
        "  mov $" STRING_OF(PROGRAM) ", %rax\n"
        "  jmp *%rax\n");
#elif defined(__aarch64__)
__asm__(".globl front_start\n"
        "front_start:\n"
        "  mov x19, x0\n"
        "  mov x0, sp\n"
        "  bl front\n"
        "  mov x0, x19\n"
        "  mov x29, xzr\n"
        "  mov x30, xzr\n"
        "  ldr x16, =" STRING_OF(PROGRAM) "\n"
        "  br x16\n"
        "  .ltorg\n");
#endif

/* The value behind `name`, which ends in "="; "" where it is not set. */
static const char *variable(char **env, const char *name) {
  for (; *env != NULL; env++)
    if (begins_with(*env, name)) return *env + length_of(name);
  return "";
}

/* The runtime opens another file in place of one that is closed. */
static bool is_open(int fd) {
  return CALL(fcntl, fd, F_GETFD) >= 0;
}

static bool is_terminal(int fd) {
  char settings[64]; /* struct termios of the kernel has 36 bytes or 44. */
  return CALL(ioctl, fd, TCGETS, settings) == 0;
}

/* Where the command's name stands among the words: the first that is no flag; behind the last where there is none. */
static long index_of_name(const struct start *start) {
  long name = 1;
  while (name < start->count && start->words[name][0] == '-' && start->words[name][1] != 0) name++;
  return name;
}

/* Whether it is one of the commands that look at a workspace. */
static bool names_served(const struct start *start) {
  static const char served[][9] = {"status", "st", "snapshot", "diff", "history", "log", "restore", "undo", "redo"};
  const long name = index_of_name(start);
  if (name >= start->count) return false;
  for (size_t at = 0; at < sizeof served / sizeof *served; at++)
    if (is_same(start->words[name], served[at])) return true;
  return false;
}

/* People at a terminal get progress and an answer to Ctrl-C: what they call runs in the program. */
static bool may_be_served(const struct start *start) {
  return names_served(start) && !is_same(variable(start->env, "JVS_SERVER="), "off") &&
         *variable(start->env, "JVS_FAIL_POINT=") == 0 && is_open(1) && is_open(2) && !is_terminal(1) &&
         !is_terminal(2);
}

static void end(int status) {
  CALL(exit_group, status);
}

/*
 * The program tells what went wrong: in place of the command's name it finds `word` with a number, which
 * lies where the answer did.
 */
static void leave_to_program(const struct start *start, struct buffer *answer, const char *word, int number) {
  char digits[DIGITS];
  const char *text = in_digits(digits, number);
  answer->length = 0;
  answer->failed = false;
  add(answer, word, length_of(word));
  add(answer, text, length_of(text) + 1);
  if (answer->failed) end(1);
  start->words[index_of_name(start)] = answer->bytes;
}

static void say_version(void) {
  static const char version[] = "jvs " VERSION "\n";
  ignore_broken_pipes();
  if (write_all(1, version, sizeof version - 1) == 0) end(0);
}

/* These do something else when they are done again: where it is not known whether they were, nobody does so. */
static bool may_be_repeated(const struct start *start) {
  static const char once[][8] = {"restore", "undo", "redo"};
  for (size_t at = 0; at < sizeof once / sizeof *once; at++)
    if (is_same(start->words[index_of_name(start)], once[at])) return false;
  return true;
}

static void have_served(const struct start *start) {
  struct buffer answer = {0};
  const enum said said = ask_server(start, &answer);
  if (said == ALL) {
    const struct ending ending = print_answer(&answer);
    /* Whoever read from a pipe that is broken has seen enough. */
    if (ending.error == 0 || ending.error == EPIPE || ending.status != 0) end(ending.status);
    leave_to_program(start, &answer, "__unwritten=", ending.error);
  } else if (said == TORN && !may_be_repeated(start)) leave_to_program(start, &answer, "__torn=", 0);
  else drop(&answer);
}

/*
 * What the runtime takes from its environment alone, and src/main.ts takes out of that again: commands
 * run most of their code a few times, and to compile it costs more than it saves. A server runs for long.
 */
static void advise_runtime(const struct start *start) {
  static const char *const advice[] = {
      "BUN_JSC_thresholdForJITAfterWarmUp=2000",              /* of 500 */
      "BUN_JSC_thresholdForFTLOptimizeAfterWarmUp=1000000", /* of 64000 */
  };
  if (start->count > 1 && begins_with(start->words[1], "__")) return;
  size_t count = 0;
  while (start->env[count++] != NULL);
  struct buffer all = {0};
  add(&all, (const char *)advice, sizeof advice);
  add(&all, (const char *)start->env, count * sizeof *start->env);
  if (!all.failed) environ = (char **)all.bytes;
}

/* Does not return where all is done. */
__attribute__((used)) void front(long *stack) {
  struct start start = {.count = stack[0], .words = (char **)(stack + 1)};
  start.env = start.words + start.count + 1;
  if (start.count == 2 && is_same(start.words[1], "--version")) say_version();
  if (may_be_served(&start)) have_served(&start);
  advise_runtime(&start);
}
