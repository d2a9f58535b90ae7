/*
 * fsync(2) of several files at the same time: file systems join what they have to write, and the disk
 * is waited for once. In C since to load what Node has for it takes as long as one such wait.
 *
 * Built by tools/build-native.ts. Interface: src/fs/sync-files.ts.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { MOST_HELPERS = 15 };

struct work {
  const int *fds;
  int *errors;
  int count;
  int next;
};

static void *help(void *argument) {
  struct work *work = argument;
  for (;;) {
    const int turn = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED);
    if (turn >= work->count) return NULL;
    int result;
    do result = fsync(work->fds[turn]);
    while (result != 0 && errno == EINTR);
    work->errors[turn] = result == 0 ? 0 : errno;
  }
}

/* Returns when all are durable, or cannot be made so: `errors` then has an error number for each, or 0. */
void sync_files(const int *fds, int *errors, int count) {
  struct work work = {.fds = fds, .errors = errors, .count = count};
  pthread_t helpers[MOST_HELPERS];
  int helper_count = 0;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before); /* The signals of the program are none of these threads' business. */
  while (helper_count < count - 1 && helper_count < MOST_HELPERS) {
    if (pthread_create(&helpers[helper_count], NULL, help, &work) != 0) break;
    helper_count++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  help(&work);
  for (int helper = 0; helper < helper_count; helper++) pthread_join(helpers[helper], NULL);
}
