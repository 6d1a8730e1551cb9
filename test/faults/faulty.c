/*
 * A disk that fails and a clock that is wrong, for the processes of a server under test: loaded before libc (LD_PRELOAD), steered by a
 * small file that all of them map (CALDAV_FAULTS). Which calls fail, for which paths, with which error, is laid down in faulty.ts.
 * An fsync that fails loses what was written to the file since the last one that did not, as disks do: the pages count as clean
 * afterwards, and syncing again would not bring them back.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { READ = 1, WRITE = 2, SYNC = 4, OPEN = 8, CHANGE = 16, ATTRIBUTES = 32, CREATE = 64 };

struct control {
  volatile int32_t calls; /* which fail */
  volatile int32_t error;
  volatile int32_t first; /* from the how manieth that matches, 0: the first */
  volatile int32_t most;  /* and how many of them */
  volatile int32_t seen;
  volatile int32_t failed;
  volatile int64_t clock; /* seconds to add */
  char path[256];         /* part of the paths that are meant */
};

static struct control none;
static struct control *control = &none;

#define REAL(type, name, ...)                                \
  static type (*real)(__VA_ARGS__);                          \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("CALDAV_FAULTS");
  int at = file ? open(file, O_RDWR) : -1;
  if (at < 0) return;
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, at, 0);
  close(at);
  if (mapped != MAP_FAILED) control = mapped;
}

static int fails(int call, const char *path) {
  if (!(control->calls & call) || !path || !strstr(path, control->path)) return 0;
  int seen = __sync_fetch_and_add(&control->seen, 1);
  if (seen < control->first || seen >= control->first + control->most) return 0;
  __sync_fetch_and_add(&control->failed, 1);
  errno = control->error;
  return 1;
}

static const char *path_of(int file, char *path, size_t size) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  return path;
}

static int fails_at(int call, int file) {
  if (!(control->calls & call)) return 0;
  char path[4096];
  int before = errno;
  const char *found = path_of(file, path, sizeof path);
  errno = before;
  return fails(call, found);
}

/* What was written since the last sync, by inode: lost where a sync fails. Only kept while syncs are to fail. */
#define MOST 4096
static struct { dev_t device; ino_t inode; off_t from, to; } dirty[MOST];
static int many;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void note(int file, off_t from, ssize_t length) {
  struct stat stats;
  if (!(control->calls & SYNC) || length <= 0 || fstat(file, &stats) || !S_ISREG(stats.st_mode)) return;
  pthread_mutex_lock(&lock);
  if (many < MOST) {
    dirty[many].device = stats.st_dev;
    dirty[many].inode = stats.st_ino;
    dirty[many].from = from;
    dirty[many++].to = from + length;
  }
  pthread_mutex_unlock(&lock);
}

static void settle(int file, int lose) {
  struct stat stats;
  if (fstat(file, &stats)) return;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  int to = lose ? open(path, O_WRONLY) : -1;
  pthread_mutex_lock(&lock);
  int kept = 0;
  for (int at = 0; at < many; at++) {
    if (dirty[at].device != stats.st_dev || dirty[at].inode != stats.st_ino) dirty[kept++] = dirty[at];
    else if (to >= 0) {
      static const char zeros[4096];
      REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
      for (off_t from = dirty[at].from; from < dirty[at].to;) {
        size_t size = dirty[at].to - from > 4096 ? 4096 : (size_t)(dirty[at].to - from);
        if (real(to, zeros, size, from) <= 0) break;
        from += size;
      }
    }
  }
  many = kept;
  pthread_mutex_unlock(&lock);
  if (to >= 0) close(to);
}

#define SYNCING(name)                      \
  int name(int file) {                     \
    REAL(int, name, int);                  \
    if (fails_at(SYNC, file)) {            \
      int error = errno;                   \
      settle(file, 1);                     \
      errno = error;                       \
      return -1;                           \
    }                                      \
    if (control->calls & SYNC) settle(file, 0); \
    return real(file);                     \
  }
SYNCING(fsync)
SYNCING(fdatasync)

ssize_t read(int file, void *bytes, size_t size) {
  REAL(ssize_t, read, int, void *, size_t);
  return fails_at(READ, file) ? -1 : real(file, bytes, size);
}
#define READING(name, offset)                                                  \
  ssize_t name(int file, void *bytes, size_t size, offset from) {              \
    REAL(ssize_t, name, int, void *, size_t, offset);                          \
    return fails_at(READ, file) ? -1 : real(file, bytes, size, from);          \
  }
READING(pread, off_t)
READING(pread64, off64_t)
ssize_t readv(int file, const struct iovec *parts, int count) {
  REAL(ssize_t, readv, int, const struct iovec *, int);
  return fails_at(READ, file) ? -1 : real(file, parts, count);
}
ssize_t preadv(int file, const struct iovec *parts, int count, off_t from) {
  REAL(ssize_t, preadv, int, const struct iovec *, int, off_t);
  return fails_at(READ, file) ? -1 : real(file, parts, count, from);
}
ssize_t preadv64(int file, const struct iovec *parts, int count, off64_t from) {
  REAL(ssize_t, preadv64, int, const struct iovec *, int, off64_t);
  return fails_at(READ, file) ? -1 : real(file, parts, count, from);
}

static off_t place(int file) { return control->calls & SYNC ? lseek(file, 0, SEEK_CUR) : 0; }

ssize_t write(int file, const void *bytes, size_t size) {
  REAL(ssize_t, write, int, const void *, size_t);
  if (fails_at(WRITE, file)) return -1;
  off_t from = place(file);
  ssize_t written = real(file, bytes, size);
  note(file, from, written);
  return written;
}
#define WRITING(name, offset)                                                  \
  ssize_t name(int file, const void *bytes, size_t size, offset from) {        \
    REAL(ssize_t, name, int, const void *, size_t, offset);                    \
    if (fails_at(WRITE, file)) return -1;                                      \
    ssize_t written = real(file, bytes, size, from);                           \
    note(file, from, written);                                                 \
    return written;                                                            \
  }
WRITING(pwrite, off_t)
WRITING(pwrite64, off64_t)
ssize_t writev(int file, const struct iovec *parts, int count) {
  REAL(ssize_t, writev, int, const struct iovec *, int);
  if (fails_at(WRITE, file)) return -1;
  off_t from = place(file);
  ssize_t written = real(file, parts, count);
  note(file, from, written);
  return written;
}
#define CUTTING(name, offset)                                                  \
  int name(int file, offset size) {                                            \
    REAL(int, name, int, offset);                                              \
    return fails_at(WRITE, file) ? -1 : real(file, size);                      \
  }
CUTTING(ftruncate, off_t)
CUTTING(ftruncate64, off64_t)

#define OPENING(name)                                                          \
  int name(const char *path, int flags, ...) {                                 \
    REAL(int, name, const char *, int, ...);                                   \
    va_list more;                                                              \
    va_start(more, flags);                                                     \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;  \
    va_end(more);                                                              \
    int call = OPEN | ((flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT ? CREATE : 0); \
    return fails(call, path) ? -1 : real(path, flags, mode);                   \
  }
OPENING(open)
OPENING(open64)

#define CHANGING(name)                                                         \
  int name(const char *path) {                                                 \
    REAL(int, name, const char *);                                             \
    return fails(CHANGE, path) ? -1 : real(path);                              \
  }
CHANGING(unlink)
CHANGING(rmdir)
int mkdir(const char *path, mode_t mode) {
  REAL(int, mkdir, const char *, mode_t);
  return fails(CHANGE, path) ? -1 : real(path, mode);
}
int rename(const char *from, const char *to) {
  REAL(int, rename, const char *, const char *);
  return fails(CHANGE, to) ? -1 : real(from, to);
}
#define SETTING(name, of, path)                                                \
  int name(of file, const char *attribute, const void *value, size_t size, int flags) { \
    REAL(int, name, of, const char *, const void *, size_t, int);              \
    return path ? -1 : real(file, attribute, value, size, flags);              \
  }
SETTING(setxattr, const char *, fails(ATTRIBUTES, file))
SETTING(lsetxattr, const char *, fails(ATTRIBUTES, file))
SETTING(fsetxattr, int, fails_at(ATTRIBUTES, file))

int clock_gettime(clockid_t clock, struct timespec *now) {
  REAL(int, clock_gettime, clockid_t, struct timespec *);
  int answer = real(clock, now);
  if (clock == CLOCK_REALTIME && answer == 0) now->tv_sec += control->clock;
  return answer;
}
int gettimeofday(struct timeval *now, void *zone) {
  REAL(int, gettimeofday, struct timeval *, void *);
  int answer = real(now, zone);
  if (answer == 0 && now) now->tv_sec += control->clock;
  return answer;
}
