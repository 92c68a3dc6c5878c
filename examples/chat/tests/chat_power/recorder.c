/* What a program does to the files of one folder, and what it tells its clients, in the order in which it happens.
 *
 * Loaded before the C library (LD_PRELOAD), it stands between the program and a few of its calls. Each call becomes one
 * record in a log: a header as below, and the bytes that were written. What changes a file is recorded when it is done,
 * what is sent to a client before it is done: so an answer never seems earlier than what it promises.
 *
 * RECORDER_FOLDER names the folder, RECORDER_LOG the log. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 4096

struct header {
    uint32_t kind;   /* a letter, below */
    int32_t file;    /* the descriptor */
    uint64_t place;  /* where it is written, or the new length */
    uint64_t length; /* of the bytes behind this header */
};

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static char watched[FILES];
static const char *folder;
static int log_file = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void put(const void *bytes, size_t length) {
    const char *next = bytes;
    while (length > 0) {
        long written = syscall(SYS_write, log_file, next, length);
        if (written <= 0) abort();
        next += written;
        length -= (size_t)written;
    }
}

static void record(char kind, int file, uint64_t place, const struct iovec *parts, int count) {
    struct header header = {(uint32_t)kind, file, place, 0};
    for (int i = 0; i < count; i++) header.length += parts[i].iov_len;
    pthread_mutex_lock(&one_at_a_time);
    put(&header, sizeof header);
    for (int i = 0; i < count; i++) put(parts[i].iov_base, parts[i].iov_len);
    pthread_mutex_unlock(&one_at_a_time);
}

static void record_bytes(char kind, int file, uint64_t place, const void *bytes, size_t length) {
    struct iovec part = {(void *)bytes, length};
    record(kind, file, place, &part, 1);
}

static int is_watched(int file) {
    return log_file >= 0 && file >= 0 && file < FILES && watched[file];
}

static int is_inside(const char *path) {
    return log_file >= 0 && folder && strncmp(path, folder, strlen(folder)) == 0;
}

/* L: the program lives. */
__attribute__((constructor)) static void begin(void) {
    folder = getenv("RECORDER_FOLDER");
    const char *path = getenv("RECORDER_LOG");
    if (!folder || !path) return;
    log_file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log_file < 0) abort();
    record('L', -1, 0, NULL, 0);
}

/* O: this descriptor is this file from now on. Whether it is a new one, the reader knows. */
static int opened(int file, const char *path) {
    if (file >= 0 && file < FILES) {
        watched[file] = is_inside(path);
        if (watched[file]) record_bytes('O', file, 0, path, strlen(path));
    }
    return file;
}

#define OPEN(name)                                       \
    int name(const char *path, int flags, ...) {         \
        va_list rest;                                    \
        va_start(rest, flags);                           \
        int mode = va_arg(rest, int);                    \
        va_end(rest);                                    \
        return opened(REAL(name)(path, flags, mode), path); \
    }
OPEN(open)
OPEN(open64)

int close(int file) {
    if (file >= 0 && file < FILES) watched[file] = 0;
    return REAL(close)(file);
}

/* W: bytes at a place. */
#define PWRITE(name)                                                                    \
    ssize_t name(int file, const void *bytes, size_t length, off_t place) {             \
        ssize_t written = REAL(name)(file, bytes, length, place);                       \
        if (written > 0 && is_watched(file))                                            \
            record_bytes('W', file, (uint64_t)place, bytes, (size_t)written);           \
        return written;                                                                 \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int file, const void *bytes, size_t length) {
    off_t place = is_watched(file) ? lseek(file, 0, SEEK_CUR) : 0;
    ssize_t written = REAL(write)(file, bytes, length);
    if (written > 0 && is_watched(file)) record_bytes('W', file, (uint64_t)place, bytes, (size_t)written);
    return written;
}

/* T: a new length. */
#define TRUNCATE(name)                                              \
    int name(int file, off_t length) {                              \
        int result = REAL(name)(file, length);                      \
        if (result == 0 && is_watched(file))                        \
            record('T', file, (uint64_t)length, NULL, 0);           \
        return result;                                              \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

/* S: everything written to this file, or every name in this folder, is safe. */
#define SYNC(name)                                                              \
    int name(int file) {                                                        \
        int result = REAL(name)(file);                                          \
        if (result == 0 && is_watched(file)) record('S', file, 0, NULL, 0);     \
        return result;                                                          \
    }
SYNC(fsync)
SYNC(fdatasync)

/* U, R: a name is gone, or another one's. */
int unlink(const char *path) {
    int result = REAL(unlink)(path);
    if (result == 0 && is_inside(path)) record_bytes('U', -1, 0, path, strlen(path));
    return result;
}

int rename(const char *from, const char *to) {
    int result = REAL(rename)(from, to);
    if (result == 0 && is_inside(from) && is_inside(to)) {
        struct iovec parts[] = {{(void *)from, strlen(from) + 1}, {(void *)to, strlen(to)}};
        record('R', -1, 0, parts, 2);
    }
    return result;
}

/* A: an answer is about to leave. */
ssize_t send(int socket, const void *bytes, size_t length, int flags) {
    if (log_file >= 0) record_bytes('A', socket, 0, bytes, length);
    return REAL(send)(socket, bytes, length, flags);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    if (log_file >= 0 && !is_watched(file)) record('A', file, 0, parts, count);
    return REAL(writev)(file, parts, count);
}
