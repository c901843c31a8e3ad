/* The child between clone(2) and execve(2). Async-signal-safe calls only: no malloc, stdio or locks.
 * Directories are held as descriptors; a path of the container is resolved by openat2 inside its root, never by name. */
#include "cshim.h"
#include "plan.h"
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <net/if.h>

#ifndef PROC_SUPER_MAGIC
#define PROC_SUPER_MAGIC 0x9fa0
#endif

struct context {
    const struct cs_plan *plan;
    const struct cs_step *step;
    int root, proc, null, tty_socket, report;
    uint32_t detail;
};

#define IN_ROOT (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)

static int failed(void) { return errno ? errno : EIO; }

/* The parent directory of `path` inside the root, made where missing; `*name` is the last component. */
static int open_parent(int root, const char *path, const char **name, uint64_t resolve, mode_t mode) {
    char part[NAME_MAX + 1];
    int at = fcntl(root, F_DUPFD_CLOEXEC, 3);
    for (;;) {
        while (*path == '/') path++;
        const char *slash = strchr(path, '/');
        const char *rest = slash;
        while (rest && *rest == '/') rest++;
        if (!slash || !*rest) {
            *name = path;
            return at;
        }
        size_t size = (size_t)(slash - path);
        if (at < 0 || size > NAME_MAX) {
            if (at >= 0) close(at);
            return size > NAME_MAX ? -ENAMETOOLONG : -EBADF;
        }
        memcpy(part, path, size);
        part[size] = 0;
        int next = cs_openat2(at, part, O_PATH | O_DIRECTORY, 0, resolve);
        if (next == -ENOENT && mkdirat(at, part, mode) == 0) next = cs_openat2(at, part, O_PATH | O_DIRECTORY, 0, resolve);
        close(at);
        if (next < 0) return next;
        at = next;
        path = rest;
    }
}

/* The mount target as an O_PATH descriptor, made in-root when the step allows it. */
static int open_target(const struct context *context, const char *path, uint32_t flags) {
    uint64_t resolve = flags & CS_MOUNT_NO_LINKS ? IN_ROOT | RESOLVE_NO_SYMLINKS : IN_ROOT;
    int fd = cs_openat2(context->root, path, O_PATH, 0, resolve);
    if (fd != -ENOENT || !(flags & CS_MOUNT_CREATE)) return fd;
    /* Links in the middle of the path keep working inside the root; a link in the parent part is resolved by the
     * whole-path attempt above, so only plain components are made here. */
    const char *name;
    int parent = open_parent(context->root, path, &name, IN_ROOT | RESOLVE_NO_SYMLINKS, 0755);
    if (parent < 0) return parent;
    char last[NAME_MAX + 1];
    size_t size = strcspn(name, "/");
    if (size > NAME_MAX) return -ENAMETOOLONG;
    memcpy(last, name, size);
    last[size] = 0;
    int error = 0;
    if (flags & CS_MOUNT_CREATE_FILE) {
        int made = openat(parent, last, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (made < 0) error = errno;
        else close(made);
    } else if (mkdirat(parent, last, 0755) < 0) error = errno;
    if (!error || error == EEXIST) fd = cs_openat2(parent, last, O_PATH, 0, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    else fd = -error;
    close(parent);
    return fd;
}

static int attach(int mount, int target) {
    return move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0 ? failed() : 0;
}

static int set_attributes(int mount, uint64_t attributes, int recursive) {
    if (!attributes) return 0;
    struct mount_attr attr = {.attr_set = attributes};
    return mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr, sizeof attr) < 0 ? failed() : 0;
}

/* A detached mount of a new file system. */
static int new_filesystem(const char *type, const char *const *options, uint64_t attributes) {
    int context = fsopen(type, FSOPEN_CLOEXEC), mount = -1;
    if (context < 0) return -failed();
    fsconfig(context, FSCONFIG_SET_STRING, "source", type, 0);
    for (; options && *options; options++) {
        char key[64];
        const char *equals = strchr(*options, '=');
        size_t size = equals ? (size_t)(equals - *options) : strlen(*options);
        if (size >= sizeof key) { errno = EINVAL; goto out; }
        memcpy(key, *options, size);
        key[size] = 0;
        if (fsconfig(context, equals ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, equals ? equals + 1 : NULL, 0) < 0) goto out;
    }
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) goto out;
    mount = fsmount(context, FSMOUNT_CLOEXEC, (unsigned int)attributes);
out:;
    int error = mount < 0 ? failed() : 0;
    close(context);
    return mount < 0 ? -error : mount;
}

/* Kernels before 6.7 take all lower directories in one option of at most a page: mount(2) with relative paths. */
static int overlay_old(const struct cs_step *step) {
    static char data[4096 * 2];
    size_t used = 0;
    const char *parts[] = {"userxattr,upperdir=", step->source, ",workdir=", step->extra, ",lowerdir="};
    for (size_t i = 0; i < 5; i++) {
        size_t size = strlen(parts[i]);
        if (used + size >= sizeof data) return ENAMETOOLONG;
        memcpy(data + used, parts[i], size);
        used += size;
    }
    for (const char *const *lower = step->list; *lower; lower++) {
        size_t size = strlen(*lower);
        if (used + size + 2 >= sizeof data) return ENAMETOOLONG;
        if (lower != step->list) data[used++] = ':';
        memcpy(data + used, *lower, size);
        used += size;
    }
    data[used] = 0;
    return mount("overlay", step->target, "overlay", 0, data) < 0 ? failed() : 0;
}

static int overlay(struct context *context) {
    const struct cs_step *step = context->step;
    int fs = fsopen("overlay", FSOPEN_CLOEXEC);
    if (fs < 0) return failed();
    int error = 0;
    if (fsconfig(fs, FSCONFIG_SET_STRING, "source", "overlay", 0) < 0 || fsconfig(fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0) < 0) error = failed();
    for (const char *const *lower = step->list; !error && *lower; lower++)
        if (fsconfig(fs, FSCONFIG_SET_STRING, "lowerdir+", *lower, 0) < 0) {
            error = failed();
            if (error == EINVAL && lower == step->list) {
                close(fs);
                error = overlay_old(step);
                goto attached;
            }
        }
    context->detail = 1;
    if (!error && (fsconfig(fs, FSCONFIG_SET_STRING, "upperdir", step->source, 0) < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "workdir", step->extra, 0) < 0)) error = failed();
    context->detail = 2;
    if (!error && fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) error = failed();
    if (!error) {
        int mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
        if (mount < 0) error = failed();
        else {
            if (move_mount(mount, "", AT_FDCWD, step->target, MOVE_MOUNT_F_EMPTY_PATH) < 0) error = failed();
            close(mount);
        }
    }
    close(fs);
attached:
    if (error) return error;
    context->root = open(step->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return context->root < 0 ? failed() : 0;
}

static int root_bind(struct context *context) {
    const struct cs_step *step = context->step;
    int tree = open_tree(AT_FDCWD, step->source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (tree < 0) return failed();
    int error = move_mount(tree, "", AT_FDCWD, step->target, MOVE_MOUNT_F_EMPTY_PATH) < 0 ? failed() : 0;
    close(tree);
    if (error) return error;
    context->root = open(step->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return context->root < 0 ? failed() : 0;
}

/* Copies regular files, directories and links of `from` into `to`: a tmpfs that starts with the content it hides. */
static void copy_tree(int from, int to, int depth) {
    char buffer[4096] __attribute__((aligned(8)));
    long count;
    while (depth < 32 && (count = syscall(SYS_getdents64, from, buffer, sizeof buffer)) > 0)
        for (long at = 0; at < count;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + at);
            at += entry->d_reclen;
            const char *name = entry->d_name;
            struct stat status;
            if (!strcmp(name, ".") || !strcmp(name, "..") || fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0) continue;
            if (S_ISDIR(status.st_mode)) {
                mkdirat(to, name, 0700);
                int a = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), b = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (a >= 0 && b >= 0) copy_tree(a, b, depth + 1);
                if (b >= 0) fchown(b, status.st_uid, status.st_gid), fchmod(b, status.st_mode & 07777), close(b);
                if (a >= 0) close(a);
            } else if (S_ISREG(status.st_mode)) {
                int a = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), b = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
                if (a >= 0 && b >= 0) {
                    while (copy_file_range(a, NULL, b, NULL, 1 << 20, 0) > 0) {}
                    char block[1024];
                    ssize_t got;
                    while ((got = read(a, block, sizeof block)) > 0 && write(b, block, (size_t)got) == got) {}
                    fchown(b, status.st_uid, status.st_gid), fchmod(b, status.st_mode & 07777);
                }
                if (a >= 0) close(a);
                if (b >= 0) close(b);
            } else if (S_ISLNK(status.st_mode)) {
                char link[PATH_MAX];
                ssize_t size = readlinkat(from, name, link, sizeof link - 1);
                if (size > 0) link[size] = 0, symlinkat(link, to, name), fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW);
            }
        }
}

static int filesystem(struct context *context) {
    const struct cs_step *step = context->step;
    int target = open_target(context, step->target, step->flags);
    if (target < 0) return -target;
    int mount = new_filesystem(step->source, step->list, step->number);
    if (mount < 0 && step->flags & CS_MOUNT_BIND_IF_REFUSED && (mount == -EPERM || mount == -EBUSY)) {
        mount = open_tree(AT_FDCWD, step->target, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
        if (mount < 0) mount = -failed();
        else {
            int error = set_attributes(mount, step->number, 1);
            if (error) close(mount), mount = -error;
        }
    }
    if (mount < 0) { close(target); return -mount; }
    if (step->flags & CS_MOUNT_COPY_UP) {
        int hidden = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fresh = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (hidden >= 0 && fresh >= 0) copy_tree(hidden, fresh, 0);
        if (hidden >= 0) close(hidden);
        if (fresh >= 0) close(fresh);
    }
    int error = attach(mount, target);
    close(target);
    /* The private proc mount serves our own writes: nothing of the container can redirect them. */
    if (!error && !strcmp(step->source, "proc") && context->proc < 0) context->proc = mount;
    else close(mount);
    return error;
}

static int bind_mount(struct context *context) {
    const struct cs_step *step = context->step;
    context->detail = 1;
    int tree = open_tree(AT_FDCWD, step->source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (step->flags & CS_MOUNT_RECURSIVE ? AT_RECURSIVE : 0));
    if (tree < 0) return failed();
    uint32_t flags = step->flags;
    struct stat status;
    if (fstat(tree, &status) == 0 && !S_ISDIR(status.st_mode)) flags |= CS_MOUNT_CREATE_FILE;
    context->detail = 2;
    int target = open_target(context, step->target, flags);
    if (target < 0) { close(tree); return -target; }
    context->detail = 3;
    int error = set_attributes(tree, step->number, step->flags & CS_MOUNT_ATTRIBUTES_RECURSIVE);
    if (!error && step->number2) {
        struct mount_attr attr = {.propagation = step->number2};
        if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) < 0) error = failed();
    }
    context->detail = 4;
    if (!error) error = attach(tree, target);
    close(tree);
    close(target);
    return error;
}

/* A device of the host, bound by descriptor after checking that it is the device meant. */
static int device(struct context *context) {
    const struct cs_step *step = context->step;
    int tree = open_tree(AT_FDCWD, step->source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0) return failed();
    struct stat status;
    int error = 0;
    if (fstat(tree, &status) < 0) error = failed();
    else if (step->number && (!S_ISCHR(status.st_mode) || status.st_rdev != step->number)) error = ENODEV;
    if (!error) {
        int target = open_target(context, step->target, step->flags | CS_MOUNT_CREATE | CS_MOUNT_CREATE_FILE);
        if (target < 0) error = -target;
        else {
            error = attach(tree, target);
            close(target);
        }
    }
    if (!error && step->number == makedev(1, 3)) context->null = tree;
    else close(tree);
    return error;
}

static int symbolic_link(struct context *context) {
    const char *name;
    int parent = open_parent(context->root, context->step->target, &name, IN_ROOT | RESOLVE_NO_SYMLINKS, 0755);
    if (parent < 0) return -parent;
    int error = symlinkat(context->step->source, parent, name) < 0 && errno != EEXIST ? failed() : 0;
    close(parent);
    return error;
}

static int mask(struct context *context) {
    int target = open_target(context, context->step->target, CS_MOUNT_NO_LINKS);
    if (target == -ENOENT || target == -ENOTDIR || target == -EACCES) return 0;
    if (target < 0) return -target;
    struct stat status;
    int mount, error;
    if (fstat(target, &status) < 0) error = failed();
    else {
        static const char *const none[] = {"size=0", "nr_inodes=1", NULL};
        if (S_ISDIR(status.st_mode)) mount = new_filesystem("tmpfs", none, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        else if ((mount = open_tree(context->null, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)) < 0) mount = -failed();
        error = mount < 0 ? -mount : attach(mount, target);
        if (mount >= 0) close(mount);
    }
    close(target);
    return error;
}

static int read_only(struct context *context) {
    int target = open_target(context, context->step->target, CS_MOUNT_NO_LINKS);
    if (target == -ENOENT || target == -ENOTDIR || target == -EACCES) return 0;
    if (target < 0) return -target;
    int tree = open_tree(target, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    int error = tree < 0 ? failed() : set_attributes(tree, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 1);
    if (!error) error = attach(tree, target);
    if (tree >= 0) close(tree);
    close(target);
    return error;
}

/* Writes below our own proc mount; the file system's magic is checked again on the opened file. */
static int write_proc(struct context *context, const char *directory, const char *path, const char *value) {
    int base = context->proc >= 0 ? openat(context->proc, directory, O_PATH | O_DIRECTORY | O_CLOEXEC) : cs_openat2(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY, 0, 0);
    if (base < 0) return failed();
    int fd = cs_openat2(base, path, O_WRONLY, 0, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_NO_XDEV);
    close(base);
    if (fd < 0) return -fd;
    struct statfs status;
    int error = 0;
    if (fstatfs(fd, &status) < 0 || status.f_type != PROC_SUPER_MAGIC) error = EXDEV;
    else if (write(fd, value, strlen(value)) < 0) error = failed();
    close(fd);
    return error;
}

static int loopback(void) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return failed();
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int error = ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? failed() : 0;
    close(fd);
    return error;
}

/* The pty belongs to the container's own devpts; the slave is taken from the master, not by name. */
static int console(struct context *context) {
    const struct cs_step *step = context->step;
    context->detail = 1;
    int master = cs_openat2(context->root, "dev/pts/ptmx", O_RDWR | O_NOCTTY, 0, IN_ROOT | RESOLVE_NO_SYMLINKS);
    if (master < 0) return -master;
    int zero = 0;
    context->detail = 2;
    if (ioctl(master, TIOCSPTLCK, &zero) < 0) return failed();
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) return failed();
    if (step->number) {
        struct winsize size = {.ws_row = (unsigned short)(step->number >> 16), .ws_col = (unsigned short)step->number};
        ioctl(master, TIOCSWINSZ, &size);
    }
    if (step->flags & 1) {
        context->detail = 3;
        int target = open_target(context, "/dev/console", CS_MOUNT_CREATE | CS_MOUNT_CREATE_FILE | CS_MOUNT_NO_LINKS);
        if (target < 0) return -target;
        int tree = open_tree(slave, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (tree < 0) return failed();
        int error = attach(tree, target);
        close(tree), close(target);
        if (error) return error;
    }
    context->detail = 4;
    int sent = cs_send_fd(context->tty_socket, master);
    if (sent < 0) return -sent;
    close(master);
    if (setsid() < 0 && errno != EPERM) return failed();
    if (ioctl(slave, TIOCSCTTY, 0) < 0) return failed();
    for (int fd = 0; fd < 3; fd++)
        if (dup2(slave, fd) < 0) return failed();
    close(slave);
    return 0;
}

static int pivot(struct context *context) {
    if (fchdir(context->root) < 0) return failed();
    if (syscall(SYS_pivot_root, ".", ".") < 0) return failed();
    if (umount2(".", MNT_DETACH) < 0) return failed();
    if (chdir("/") < 0) return failed();
    close(context->root);
    context->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return context->root < 0 ? failed() : 0;
}

/* After the pivot: every path is inside. The directory is made like docker makes it, then proved to be inside. */
static int workdir(struct context *context) {
    const struct cs_step *step = context->step;
    int fd = cs_openat2(context->root, step->target, O_PATH | O_DIRECTORY, 0, IN_ROOT);
    if (fd == -ENOENT) {
        fd = open_target(context, step->target, CS_MOUNT_CREATE);
        if (fd >= 0 && step->number) fchownat(fd, "", (uid_t)step->number, (gid_t)step->number2, AT_EMPTY_PATH);
    }
    if (fd < 0) return -fd;
    int error = fchdir(fd) < 0 ? failed() : 0;
    close(fd);
    char here[PATH_MAX];
    if (!error && (syscall(SYS_getcwd, here, sizeof here) < 0 || here[0] != '/')) error = ENOENT;
    return error;
}

static int bounding(uint64_t keep) {
    for (int capability = 0; capability < 64; capability++) {
        int held = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (held < 0) break;
        if (held && !(keep >> capability & 1) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) return failed();
    }
    return 0;
}

static int identity(const struct cs_step *step) {
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) return failed();
    /* EPERM: groups are denied in a single-id user namespace, and then there is only one. */
    if (syscall(SYS_setgroups, step->number2, step->data) < 0 && errno != EPERM) return failed();
    if (syscall(SYS_setresgid, step->number, step->number, step->number) < 0) return failed();
    if (syscall(SYS_setresuid, step->flags, step->flags, step->flags) < 0) return failed();
    return 0;
}

static int capabilities(uint64_t set, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = (uint32_t)set, .permitted = (uint32_t)set, .inheritable = (uint32_t)inheritable},
        {.effective = (uint32_t)(set >> 32), .permitted = (uint32_t)(set >> 32), .inheritable = (uint32_t)(inheritable >> 32)},
    };
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &header, data) < 0 ? failed() : 0;
}

static int seccomp(const struct cs_step *step) {
    struct sock_fprog program = {.len = (unsigned short)(step->size / sizeof(struct sock_filter)), .filter = (struct sock_filter *)(uintptr_t)step->data};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0 ? failed() : 0;
}

static pid_t reaped_child;
static void forward(int signal) { kill(reaped_child, signal); }

/* Process 1 of a container with --init: passes signals on, buries orphans, ends as its child ends. */
static int reaper(struct context *context) {
    /* Nobody in the container may open this process's binary, which lies on the host. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    pid_t child = cs_clone(0, NULL);
    if (child < 0) return -child;
    if (child == 0) {
        setpgid(0, 0);
        if (isatty(0)) {
            signal(SIGTTOU, SIG_IGN);
            tcsetpgrp(0, getpid());
            signal(SIGTTOU, SIG_DFL);
        }
        return 0;
    }
    close(context->report);
    prctl(PR_SET_NAME, "proa:init", 0, 0, 0);
    cs_close_others(NULL, 0);
    reaped_child = child;
    for (int number = 1; number < NSIG; number++)
        if (number != SIGCHLD && number != SIGKILL && number != SIGSTOP && number != SIGTTIN && number != SIGTTOU) signal(number, forward);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (;;) {
        int status;
        pid_t ended = wait(&status);
        if (ended == child) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
        if (ended < 0 && errno != EINTR) _exit(255);
    }
}

static int run_step(struct context *context) {
    const struct cs_step *step = context->step;
    switch ((enum cs_op)step->op) {
    case CS_PROPAGATION: return mount(NULL, "/", NULL, MS_REC | step->flags, NULL) < 0 ? failed() : 0;
    case CS_OVERLAY: return overlay(context);
    case CS_ROOT_BIND: return root_bind(context);
    case CS_FILESYSTEM: {
        int error = filesystem(context);
        return step->flags & CS_MOUNT_OPTIONAL ? 0 : error;
    }
    case CS_BIND: {
        int error = bind_mount(context);
        return step->flags & CS_MOUNT_OPTIONAL ? 0 : error;
    }
    case CS_DEVICE: {
        int error = device(context);
        return step->flags & CS_MOUNT_OPTIONAL ? 0 : error;
    }
    case CS_SYMLINK: return symbolic_link(context);
    case CS_DIRECTORY: {
        int fd = open_target(context, step->target, CS_MOUNT_CREATE);
        if (fd < 0) return -fd;
        close(fd);
        return 0;
    }
    case CS_MASK: return mask(context);
    case CS_READ_ONLY: return read_only(context);
    case CS_SYSCTL: return write_proc(context, "sys", step->target, step->source);
    case CS_HOSTNAME: return sethostname(step->source, strlen(step->source)) < 0 ? failed() : 0;
    case CS_DOMAINNAME: return setdomainname(step->source, strlen(step->source)) < 0 ? failed() : 0;
    case CS_LOOPBACK: return loopback();
    case CS_RLIMIT: {
        struct rlimit limit = {step->number, step->number2};
        return setrlimit((__rlimit_resource_t)step->flags, &limit) < 0 ? failed() : 0;
    }
    case CS_OOM_SCORE: return write_proc(context, "self", "oom_score_adj", step->source);
    case CS_CONSOLE: return console(context);
    case CS_ROOT_READ_ONLY: return set_attributes(context->root, MOUNT_ATTR_RDONLY, 0);
    case CS_PIVOT: return pivot(context);
    case CS_WORKDIR: return workdir(context);
    case CS_BOUNDING: return bounding(step->number);
    case CS_IDENTITY: return identity(step);
    case CS_CAPABILITIES: return capabilities(step->number, step->number2);
    case CS_NO_NEW_PRIVILEGES: return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? failed() : 0;
    case CS_SECCOMP: return seccomp(step);
    case CS_KEYRING: syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL); return 0;
    case CS_REAPER: return reaper(context);
    case CS_SLEEP_FOREVER:
        close(context->report);
        for (;;) pause();
    }
    return EINVAL;
}

/* Whether a failed candidate ends the search in PATH. */
static int conclusive(int error) { return error != ENOENT && error != ENOTDIR && error != EACCES && error != ENAMETOOLONG && error != ELOOP; }

void cs_run_plan(const struct cs_plan *plan, int report_fd, int tty_socket, struct cs_report *report) {
    struct context context = {.plan = plan, .root = -1, .proc = -1, .null = -1, .tty_socket = tty_socket, .report = report_fd};
    umask(0);
    *report = (struct cs_report){0};
    /* exec into a running container: the root is already ours. */
    if (plan->store_fd < 0) context.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (; report->step < plan->step_count && !report->error; report->step += !report->error) {
        context.step = &plan->steps[report->step];
        context.detail = 0;
        report->error = run_step(&context);
    }
    report->detail = context.detail;
    if (report->error) return;
    umask(022);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
    int denied = 0;
    for (const char *const *candidate = plan->candidates; *candidate; candidate++) {
        execve(*candidate, (char *const *)(uintptr_t)plan->argv, (char *const *)(uintptr_t)plan->envp);
        report->error = failed();
        if (report->error == EACCES) denied = 1;
        if (conclusive(report->error)) return;
    }
    report->error = denied ? EACCES : report->error ? report->error : ENOENT;
}
