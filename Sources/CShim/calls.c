#include "cshim.h"

static int result(long value) { return value < 0 ? -errno : (int)value; }

/* Without openat2: every component is opened without following links; `..` and absolute paths are refused. */
static int walk(int dirfd, const char *path, uint64_t flags, uint64_t mode) {
    char name[NAME_MAX + 1];
    int at = dirfd;
    while (*path == '/') path++;
    if (!*path) path = ".";
    for (;;) {
        size_t size = strcspn(path, "/");
        if (size > NAME_MAX || (size == 2 && path[0] == '.' && path[1] == '.')) {
            if (at != dirfd) close(at);
            return size > NAME_MAX ? -ENAMETOOLONG : -EXDEV;
        }
        memcpy(name, path, size);
        name[size] = 0;
        path += size;
        while (*path == '/') path++;
        int last = !*path;
        int fd = openat(at, name, last ? (int)(flags | O_NOFOLLOW | O_CLOEXEC) : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
        int saved = errno;
        if (at != dirfd) close(at);
        if (fd < 0) return -saved;
        if (last) {
            /* O_PATH with O_NOFOLLOW opens the link itself; the caller asked for its target. */
            struct stat status;
            if ((flags & O_PATH) && !(flags & O_NOFOLLOW) && fstat(fd, &status) == 0 && S_ISLNK(status.st_mode)) {
                close(fd);
                return -ELOOP;
            }
            return fd;
        }
        at = fd;
    }
}

int cs_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    for (int tries = 0;; tries++) {
        long fd = syscall(SYS_openat2, dirfd, path, &how, sizeof how);
        if (fd >= 0) return (int)fd;
        if (errno == EAGAIN && tries < 64) continue; /* a rename raced with the resolution of .. */
        if (errno != ENOSYS && errno != EPERM) return -errno;
        return walk(dirfd, path, flags, mode);
    }
}

int cs_pidfd_open(pid_t pid, unsigned int flags) { return result(syscall(SYS_pidfd_open, pid, flags)); }
int cs_pidfd_send_signal(int pidfd, int signal) { return result(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)); }

/* linux/pidfd.h as of Linux 6.15; older headers lack it. */
struct pidfd_info_v2 {
    uint64_t mask, cgroupid;
    uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
    int32_t exit_code;
    uint32_t coredump_mask, spare;
};
#define PIDFD_INFO_EXIT_BIT 8u
#define PIDFD_GET_INFO_CALL _IOWR(0xFF, 11, struct pidfd_info_v2)

int cs_pidfd_exit_status(int pidfd) {
    struct pidfd_info_v2 info = {.mask = PIDFD_INFO_EXIT_BIT};
    if (ioctl(pidfd, PIDFD_GET_INFO_CALL, &info) < 0) return -errno;
    return info.mask & PIDFD_INFO_EXIT_BIT ? info.exit_code : -ENODATA;
}

int cs_terminal_size(int fd, unsigned short *rows, unsigned short *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -errno;
    *rows = size.ws_row, *columns = size.ws_col;
    return 0;
}

int cs_set_terminal_size(int fd, unsigned short rows, unsigned short columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return result(ioctl(fd, TIOCSWINSZ, &size));
}

/* Copies the bytes from `at` to `end`. Returns where it got to (short: the file was cut off meanwhile) or -errno. */
static off_t copy_range(int from, int to, off_t at, off_t end) {
    static _Thread_local char buffer[65536];
    while (at < end) {
        off_t in = at, out = at;
        size_t size = end - at > 1 << 30 ? 1 << 30 : (size_t)(end - at);
        ssize_t count = copy_file_range(from, &in, to, &out, size, 0);
        if (count <= 0) { /* refused between these file systems, or by a filter */
            count = pread(from, buffer, size < sizeof buffer ? size : sizeof buffer, at);
            if (count > 0) count = pwrite(to, buffer, (size_t)count, at);
        }
        if (count < 0) return -errno;
        if (count == 0) break;
        at += count;
    }
    return at;
}

int cs_copy_contents(int from, int to) {
    struct stat status;
    if (fstat(from, &status) < 0 || ftruncate(to, status.st_size) < 0) return -errno;
    for (off_t at = 0; at < status.st_size;) {
        off_t data = lseek(from, at, SEEK_DATA);
        if (data < 0 && errno == ENXIO) return 0;
        if (data < 0) data = at;
        off_t end = lseek(from, data, SEEK_HOLE);
        if (end <= data) end = status.st_size;
        at = copy_range(from, to, data, end);
        if (at < end) return at < 0 ? (int)at : 0;
    }
    return 0;
}
