/* The door between Swift and the kernel. Everything here returns a value or -errno. */
#ifndef CSHIM_H
#define CSHIM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* openat2(2): resolves `path` below `dirfd` with RESOLVE_* bits; where the kernel or a filter knows no openat2 (ENOSYS,
 * EPERM from a filter), walks the path component by component with O_NOFOLLOW, which refuses every link.
 * The descriptor is close-on-exec. */
int cs_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

/* Macros of the kernel's headers that Swift cannot import. */
static inline int cs_wifexited(int status) { return WIFEXITED(status); }
static inline int cs_wexitstatus(int status) { return WEXITSTATUS(status); }
static inline int cs_wifsignaled(int status) { return WIFSIGNALED(status); }
static inline int cs_wtermsig(int status) { return WTERMSIG(status); }
static inline unsigned int cs_major(uint64_t dev) { return major(dev); }
static inline unsigned int cs_minor(uint64_t dev) { return minor(dev); }
static inline uint64_t cs_makedev(unsigned int ma, unsigned int mi) { return makedev(ma, mi); }

/* Variadic functions. */
static inline int cs_open(const char *path, int flags, unsigned int mode) { return open(path, flags, mode); }
static inline int cs_openat(int dirfd, const char *path, int flags, unsigned int mode) { return openat(dirfd, path, flags, mode); }
static inline int cs_set_pipe_size(int fd, int bytes) { return fcntl(fd, F_SETPIPE_SZ, bytes); }
static inline int cs_fcntl_dup(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }

static inline char **cs_environment(void) { return environ; }

/* pidfd_open(2) and pidfd_send_signal(2). */
int cs_pidfd_open(pid_t pid, unsigned int flags);
int cs_pidfd_send_signal(int pidfd, int signal);
/* Exit status (as from waitpid) of a process that has been reaped, asked through a pidfd that was opened
 * before (PIDFD_GET_INFO, Linux 6.15); -ENODATA while it lives, -ENOTTY where the kernel cannot tell. */
int cs_pidfd_exit_status(int pidfd);

/* The user namespace that owns a namespace (ioctl_ns(2)); -1 with errno. */
static inline int cs_namespace_owner(int fd) { return ioctl(fd, 0xb701); } /* NS_GET_USERNS */
/* The network namespace of a process held by descriptor (Linux 6.11); -1 with errno. */
static inline int cs_pidfd_network_namespace(int pidfd) { return ioctl(pidfd, 0xff04, 0); } /* PIDFD_GET_NET_NAMESPACE */
/* /proc/self is ours again after a change of ids. */
static inline void cs_set_dumpable(void) { prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
/* Replaces the command line that others see of this process and of its later children. */
void cs_set_title(const char *title);
/* Starts argv[0], which ends with the calling thread; /dev/null as input and output, `errors` as standard error. Pid or -errno. */
pid_t cs_start_companion(char *const *argv, int errors);

/* Reads exactly `size` bytes: 1, or 0 at an early end of file, or -errno. */
int cs_read_exactly(int fd, void *data, size_t size);
/* Address of the unix socket `name` in a directory held open: short, however long its path is. 0 or -ENAMETOOLONG. */
int cs_unix_address(int directory, const char *name, struct sockaddr_un *address);
/* A connected stream socket, close-on-exec. */
int cs_connect_unix(int directory, const char *name);
/* A listening, non-blocking stream socket; what had the name is removed. */
int cs_listen_unix(int directory, const char *name);
/* The next connection of the same user or of root, close-on-exec; -EAGAIN when none waits. Others are closed. */
int cs_accept_own(int listener, int flags);
/* Sizes of a terminal: 0 or -errno. */
int cs_terminal_size(int fd, unsigned short *rows, unsigned short *columns);
int cs_set_terminal_size(int fd, unsigned short rows, unsigned short columns);

/* Copies the content of a regular file into an empty one: holes stay holes, blocks are shared where the file system can.
 * 0 or -errno. */
int cs_copy_contents(int from, int to);

/* SHA-256 (FIPS 180-4): the processor's SHA instructions where it has them. */
struct cs_sha256 {
    uint32_t state[8];
    uint64_t total;
    uint8_t block[64];
};
void cs_sha256_init(struct cs_sha256 *hash);
void cs_sha256_update(struct cs_sha256 *hash, const void *data, size_t size);
void cs_sha256_final(struct cs_sha256 *hash, uint8_t digest[32]);

#endif
