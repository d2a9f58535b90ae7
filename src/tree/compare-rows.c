/*
 * Which rows of a stat index are not as the kernel says now?
 *
 * The innermost loop of every command, in C for two reasons: the kernel's share of it spreads over
 * threads that cost microseconds to start, not the milliseconds of a JavaScript thread; and it runs
 * at full speed from the first row on. It reads, and writes nothing but marks. Whatever it cannot
 * tell it marks: what is marked is looked at again by src/tree/scan-touched.ts, which decides.
 *
 * Built by tools/build-native.ts without a C library of its own: the calls below are found in the one
 * that the program runs with, whichever it is. Interface: src/tree/compare-rows.ts.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As in src/tree/scan-table.ts. */
enum { HASHED = 1, RACY = 4, LINKED = 16, DIRTY = 32, MOUNT = 64, UNSTABLE = 128 };
enum { KIND_FILE = 'f', KIND_FOLDER = 'd', KIND_LINK = 'l', KIND_FIFO = 'p', KIND_IGNORED = 'i', KIND_GONE = 'x' };

/* Looked at by the scan in any case. */
#define ALWAYS_LOOKED_AT (RACY | LINKED | DIRTY | MOUNT | UNSTABLE)
#define STAT_MASK ((STATX_BASIC_STATS & ~STATX_ATIME) | 0x1000) /* ... and STATX_MNT_ID */

/* What is told of a row. */
enum { AS_IT_WAS = 0, TOUCHED = 1, LISTED = 2 };

enum {
  /* Below a folder that lies deeper, everything is marked: each level keeps a descriptor open. */
  MOST_DEPTH = 64,
  MOST_HELPERS = 7,
  LISTING_BYTES = 32 * 1024,
};

/* The columns of a ScanTable, in the order in which compare-rows.ts gives them. */
struct table {
  const double *size, *mtime_seconds, *ctime_seconds;
  const uint32_t *mtime_nanos, *ctime_nanos, *ino_low, *ino_high, *uid, *gid;
  const uint32_t *parent, *first_child, *child_count, *name_start;
  const uint16_t *mode;
  const uint8_t *kind, *flags;
  const char *names;
  uint64_t rows;
};

/* Some children of a folder; whoever has the first of them looks at the folder itself, too. */
struct unit {
  uint32_t folder, from, to;
};

struct work {
  struct table table;
  uint8_t *marks;
  int root;
  int is_always_listed;
  uint64_t mount;
  struct unit *units;
  uint64_t unit_count;
  uint64_t next;
  int is_given_up;
  int helper_count;
  pthread_t helpers[MOST_HELPERS];
};

/* What a thread has open: the way from the root to a folder. */
struct walker {
  struct work *work;
  int depth;
  uint32_t rows[MOST_DEPTH];
  int fds[MOST_DEPTH];
  char listing[LISTING_BYTES];
};

static const char *name_of(const struct table *table, uint32_t row) {
  return table->names + table->name_start[row];
}

static void leave_to(struct walker *walker, int depth) {
  while (walker->depth > depth) close(walker->fds[--walker->depth]);
}

/* Opens a folder name by name, so that no link is followed; -1 where that fails. */
static int open_folder(struct walker *walker, uint32_t folder) {
  const struct table *table = &walker->work->table;
  uint32_t way[MOST_DEPTH];
  int length = 0;
  for (uint32_t row = folder; row != 0; row = table->parent[row]) {
    if (length == MOST_DEPTH) return -1;
    way[length++] = row;
  }
  int shared = 0;
  while (shared < walker->depth && shared < length && walker->rows[shared] == way[length - 1 - shared]) shared++;
  leave_to(walker, shared);
  while (walker->depth < length) {
    const int at = walker->depth == 0 ? walker->work->root : walker->fds[walker->depth - 1];
    const uint32_t row = way[length - 1 - walker->depth];
    const int fd = openat(at, name_of(table, row), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -1;
    walker->rows[walker->depth] = row;
    walker->fds[walker->depth++] = fd;
  }
  return length == 0 ? walker->work->root : walker->fds[length - 1];
}

static int is_same_inode(const struct table *table, uint32_t row, const struct statx *now) {
  return (uint32_t)now->stx_ino == table->ino_low[row] && (uint32_t)(now->stx_ino >> 32) == table->ino_high[row] &&
         now->stx_ctime.tv_nsec == table->ctime_nanos[row] &&
         (double)now->stx_ctime.tv_sec == table->ctime_seconds[row];
}

static int has_same_rights(const struct table *table, uint32_t row, const struct statx *now) {
  return (now->stx_mode & 07777) == table->mode[row] && now->stx_uid == table->uid[row] &&
         now->stx_gid == table->gid[row];
}

static void mark(struct work *work, uint32_t row) {
  __atomic_store_n(&work->marks[row], TOUCHED, __ATOMIC_RELAXED);
}

/* Whoever finds out more of it, by its children, may do so before or after. */
static void mark_listed(struct work *work, uint32_t folder) {
  uint8_t none = AS_IT_WAS;
  __atomic_compare_exchange_n(&work->marks[folder], &none, LISTED, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/*
 * Whether the kernel lists the same names in the same order as the last time. It is listed to its end
 * in any case: of a file system elsewhere (FUSE, NFS) that brings news of each name that is in it.
 */
static int lists_the_same(struct walker *walker, int fd, uint32_t folder) {
  const struct table *table = &walker->work->table;
  uint32_t row = table->first_child[folder];
  const uint32_t end = row + table->child_count[folder];
  int is_same = lseek(fd, 0, SEEK_SET) == 0; /* The root's place in its listing is everybody's. */
  for (;;) {
    const long got = syscall(SYS_getdents64, fd, walker->listing, LISTING_BYTES);
    if (got <= 0) return is_same && got == 0 && row == end;
    for (long at = 0; at < got && is_same;) {
      const struct dirent64 *entry = (const struct dirent64 *)(walker->listing + at);
      at += entry->d_reclen;
      const char *name = entry->d_name;
      if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0))) continue;
      is_same = row < end && strcmp(name, name_of(table, row)) == 0;
      row++;
    }
  }
}

/* A folder whose times tell of each name that came or went (see scan-row.ts) need not be listed. */
static void compare_folder(struct walker *walker, int fd, uint32_t folder) {
  struct work *work = walker->work;
  const struct table *table = &work->table;
  const int is_proven = !(table->flags[folder] & RACY);
  const int is_same = (is_proven && !work->is_always_listed) || lists_the_same(walker, fd, folder);
  struct statx now;
  if (!is_same || statx(fd, "", AT_EMPTY_PATH, STAT_MASK, &now) != 0 || now.stx_mnt_id != work->mount ||
      !is_same_inode(table, folder, &now) || !has_same_rights(table, folder, &now))
    mark(work, folder);
  else if (!is_proven && !work->is_always_listed)
    mark_listed(work, folder);
}

/* Whether nothing but the kernel can tell if something in a folder is as its row says. */
static int is_to_be_asked_for(const struct table *table, uint32_t row) {
  const uint8_t kind = table->kind[row], flags = table->flags[row];
  if (kind == KIND_IGNORED) return 1;
  if (kind != KIND_FILE && kind != KIND_LINK && kind != KIND_FIFO) return 0;
  return (flags & HASHED) && !(flags & ALWAYS_LOOKED_AT);
}

static int is_untouched(const struct table *table, uint32_t row, const struct statx *now) {
  if (!is_same_inode(table, row, now)) return 0;
  /* What is left out may be a folder in place of a file, with its inode number, and be kept as that. */
  if (table->kind[row] == KIND_IGNORED) return 1;
  return has_same_rights(table, row, now) && now->stx_nlink == 1 && (double)now->stx_size == table->size[row] &&
         now->stx_mtime.tv_nsec == table->mtime_nanos[row] &&
         (double)now->stx_mtime.tv_sec == table->mtime_seconds[row];
}

static void compare_row(struct work *work, int fd, uint32_t row) {
  const struct table *table = &work->table;
  if (table->kind[row] == KIND_GONE) mark(work, row); /* It is there again, or never was content, and there are few. */
  if (!is_to_be_asked_for(table, row)) return;
  struct statx now;
  const int is_there = statx(fd, name_of(table, row), AT_SYMLINK_NOFOLLOW, STAT_MASK, &now) == 0;
  if (!is_there || !is_untouched(table, row, &now)) mark(work, row);
  /* Its folder has not the same names, whatever its times say: encrypted ones change with the keys. */
  if (!is_there) mark(work, table->parent[row]);
}

static void compare_unit(struct walker *walker, const struct unit *unit) {
  struct work *work = walker->work;
  const struct table *table = &work->table;
  const int fd = open_folder(walker, unit->folder);
  if (fd < 0) {
    mark(work, table->parent[unit->folder]);
    mark(work, unit->folder);
    for (uint32_t row = unit->from; row < unit->to; row++) mark(work, row);
    return;
  }
  if (unit->from == table->first_child[unit->folder]) compare_folder(walker, fd, unit->folder);
  for (uint32_t row = unit->from; row < unit->to; row++) compare_row(work, fd, row);
}

/* Returns the rows that were compared, or 0 when there is nothing left to take. */
static uint64_t compare_next(struct walker *walker) {
  struct work *work = walker->work;
  if (__atomic_load_n(&work->is_given_up, __ATOMIC_RELAXED)) return 0;
  const uint64_t turn = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED);
  if (turn >= work->unit_count) return 0;
  const struct unit *unit = &work->units[turn];
  compare_unit(walker, unit);
  return 1 + unit->to - unit->from;
}

static void *help(void *argument) {
  struct walker *walker = calloc(1, sizeof *walker);
  if (walker == NULL) return NULL; /* The others do it all. */
  walker->work = argument;
  while (compare_next(walker) > 0)
    ;
  leave_to(walker, 0);
  free(walker);
  return NULL;
}

/* The signals of the program are none of these threads' business. */
static void start_helpers(struct work *work, uint32_t count) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (work->helper_count < (int)count && work->helper_count < MOST_HELPERS) {
    if (pthread_create(&work->helpers[work->helper_count], NULL, help, work) != 0) break;
    work->helper_count++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static uint64_t list_units(const struct table *table, uint32_t unit_rows, struct unit *units) {
  uint64_t count = 0;
  for (uint32_t folder = 0; folder < table->rows; folder++) {
    if (table->kind[folder] != KIND_FOLDER || (table->flags[folder] & MOUNT)) continue;
    uint32_t from = table->first_child[folder];
    const uint32_t end = from + table->child_count[folder];
    do {
      const uint32_t to = end - from > unit_rows ? from + unit_rows : end;
      if (units != NULL) units[count] = (struct unit){folder, from, to};
      count++;
      from = to;
    } while (from < end);
  }
  return count;
}

void compare_end(struct walker *walker);

struct way {
  /* How many threads beside the caller's. */
  uint32_t helpers;
  /* Each takes up to so many names of a folder at a time. */
  uint32_t unit_rows;
  /* Whether each folder is listed, or only those whose times prove nothing. */
  uint32_t is_always_listed;
};

/*
 * Begins to compare the rows with what is in the open folder `root`. `marks` has a zero byte for each
 * row, and stays where it is until compare_end: then it is 1 where the row is not as the kernel says, or
 * may not be, and 2 where it is a folder that was listed since its times proved nothing, and is as it was.
 * Returns NULL where memory lacks, or the root cannot be looked at.
 */
struct walker *compare_start(const struct table *table, int root, uint8_t *marks, const struct way *way) {
  struct statx now;
  if (statx(root, "", AT_EMPTY_PATH, STAT_MASK, &now) != 0) return NULL;
  struct work *work = calloc(1, sizeof *work);
  struct walker *walker = calloc(1, sizeof *walker);
  const uint64_t count = list_units(table, way->unit_rows, NULL);
  struct unit *units = malloc(count * sizeof *units);
  if (work == NULL || walker == NULL || units == NULL) {
    free(work);
    free(walker);
    free(units);
    return NULL;
  }
  *work = (struct work){.table = *table, .marks = marks, .root = root, .mount = now.stx_mnt_id};
  work->is_always_listed = way->is_always_listed != 0;
  work->units = units;
  work->unit_count = list_units(table, way->unit_rows, units);
  walker->work = work;
  start_helpers(work, way->helpers);
  return walker;
}

/* Compares some rows, at least `rows` unless there are fewer; returns whether there may be more. */
int compare_some(struct walker *walker, uint64_t rows) {
  for (uint64_t done = 0; done < rows;) {
    const uint64_t more = compare_next(walker);
    if (more == 0) return 0;
    done += more;
  }
  return 1;
}

/* Waits for the other threads, which leave what they have not begun, and lets go of everything. */
void compare_end(struct walker *walker) {
  struct work *work = walker->work;
  __atomic_store_n(&work->is_given_up, 1, __ATOMIC_RELAXED);
  for (int helper = 0; helper < work->helper_count; helper++) pthread_join(work->helpers[helper], NULL);
  leave_to(walker, 0);
  free(work->units);
  free(work);
  free(walker);
}
