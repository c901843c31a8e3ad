/* The child between clone(2) and execve(2). Async-signal-safe calls only: no malloc, stdio or locks.
 * Directories are held as descriptors; a path of the container is resolved by openat2 inside its root, never by name. */
#include "context.h"
#include "internal.h"
#include "reaper_program.h"
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <net/if.h>

#ifndef PROC_SUPER_MAGIC
#define PROC_SUPER_MAGIC 0x9fa0
#endif

static int symbolic_link(struct context *context) {
    const char *name;
    int parent = cs_open_parent(context->root, context->step->target, &name, IN_ROOT | RESOLVE_NO_SYMLINKS, 0755);
    if (parent < 0) return -parent;
    int error = symlinkat(context->step->source, parent, name) < 0 && errno != EEXIST ? failed() : 0;
    close(parent);
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
        int target = cs_open_target(context, "/dev/console", CS_MOUNT_CREATE | CS_MOUNT_CREATE_FILE | CS_MOUNT_NO_LINKS);
        if (target < 0) return -target;
        int tree = open_tree(slave, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (tree < 0) return failed();
        int error = cs_attach(tree, target);
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

/* Standard streams that are the host's null device become the container's, which is mounted read-only: through a
 * descriptor of the host's, root of the container could change the mode and the owner of the host's node. */
static void own_null(struct context *context) {
    int null = cs_openat2(context->root, "dev/null", O_RDWR | O_NOCTTY | O_NONBLOCK, 0, IN_ROOT | RESOLVE_NO_SYMLINKS);
    struct stat status;
    if (null < 0) return;
    if (fstat(null, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)) {
        fcntl(null, F_SETFL, 0);
        for (int fd = 0; fd < 3; fd++)
            if (fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)) dup2(null, fd);
    }
    close(null);
}

static int pivot(struct context *context) {
    if (fchdir(context->root) < 0) return failed();
    if (syscall(SYS_pivot_root, ".", ".") < 0) return failed();
    if (umount2(".", MNT_DETACH) < 0) return failed();
    if (chdir("/") < 0) return failed();
    close(context->root);
    context->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (context->root < 0) return failed();
    own_null(context);
    return 0;
}

/* Whether executing `path`, a program or a script, leads through one of proc's magic links: `/proc/self/exe` is still this
 * binary of the host then, and what runs could write to it (CVE-2019-5736). A process of the container may swap the file
 * behind our back; it gains no more than the name of a program that is in use and so cannot be written. */
static int is_magic(const char *path) {
    static char line[256];
    for (int depth = 0; depth < 6; depth++) {
        struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, .resolve = RESOLVE_NO_MAGICLINKS};
        int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
        if (fd < 0) return errno == ELOOP;
        struct stat status;
        ssize_t size = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? pread(fd, line, sizeof line - 1, 0) : 0;
        close(fd);
        if (size < 2 || line[0] != '#' || line[1] != '!') return 0;
        line[size] = 0;
        char *from = line + 2 + strspn(line + 2, " \t");
        from[strcspn(from, " \t\n")] = 0;
        path = from;
    }
    return 0;
}

static void find_magic(struct context *context) {
    for (int i = 0; i < 64 && context->plan->candidates[i]; i++)
        if (is_magic(context->plan->candidates[i])) context->magic |= (uint64_t)1 << i;
}

/* After the pivot: every path is inside. The directory is made like docker makes it, then proved to be inside. */
static int workdir(struct context *context) {
    const struct cs_step *step = context->step;
    int fd = cs_openat2(context->root, step->target, O_PATH | O_DIRECTORY, 0, IN_ROOT);
    /* exec finds its directory or fails; only the first process has one made. */
    if (fd == -ENOENT && context->plan->store_fd >= 0) fd = cs_open_target(context, step->target, CS_MOUNT_CREATE);
    if (fd < 0) return -fd;
    int error = fchdir(fd) < 0 ? failed() : 0;
    close(fd);
    char here[PATH_MAX];
    if (!error && (syscall(SYS_getcwd, here, sizeof here) < 0 || here[0] != '/')) error = ENOENT;
    if (!error) find_magic(context); /* here, because a filter that comes later may forbid looking */
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
    if (step->number2 != ~(uint64_t)0 && syscall(SYS_setgroups, step->number2, step->data) < 0 && errno != EPERM) return failed();
    if (syscall(SYS_setresgid, step->number, step->number, step->number) < 0) return failed();
    if (syscall(SYS_setresuid, step->flags, step->flags, step->flags) < 0) return failed();
    return 0;
}

static int capabilities(uint64_t set, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[2] = {{0}, {0}};
    /* Root inside another container does not have them all: what we do not hold, nobody gets from us. */
    if (syscall(SYS_capget, &header, held) < 0) return failed();
    set &= (uint64_t)held[1].permitted << 32 | held[0].permitted;
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

/* The program of process 1 with --init in sealed memory, or -1; made early, while no filter can forbid it. */
static int reaper_program(void) {
    unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    int fd = (int)syscall(SYS_memfd_create, "proa:init", flags | 0x10u /* MFD_EXEC, Linux 6.3 */);
    if (fd < 0 && errno == EINVAL) fd = (int)syscall(SYS_memfd_create, "proa:init", flags);
    if (fd < 0) return -1;
    if (write(fd, cs_reaper_program, sizeof cs_reaper_program) == (ssize_t)sizeof cs_reaper_program
        && fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0) return fd;
    close(fd);
    return -1;
}

/* Process 1 of a container with --init goes on as the program in embedded/reaper.c; where that cannot be executed
 * (vm.memfd_noexec), it does the same itself. */
static int reaper(struct context *context) {
    /* Nobody in the container may open this process's binary, which lies on the host. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    sigset_t every, none;
    sigfillset(&every), sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &every, NULL);
    /* clone(2): a seccomp filter that reads flags cannot let clone3(2) through, and ours is installed by now. */
    pid_t child = (pid_t)syscall(SYS_clone, (unsigned long)SIGCHLD, 0ul, 0ul, 0ul, 0ul);
    if (child < 0) return failed();
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &none, NULL);
        setpgid(0, 0);
        if (isatty(0)) {
            signal(SIGTTOU, SIG_IGN);
            tcsetpgrp(0, getpid());
            signal(SIGTTOU, SIG_DFL);
        }
        return 0;
    }
    close(context->report);
    if (context->reaper >= 0) {
        char path[48] = "/proc/self/fd/", number[24];
        char *argv[] = {"proa:init", number, NULL}, *envp[] = {NULL};
        cs_decimal(path + strlen(path), context->reaper);
        cs_decimal(number, child);
        syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
        execve(path, argv, envp);
    }
    prctl(PR_SET_NAME, "proa:init", 0, 0, 0);
    cs_close_others(NULL, 0);
    reaped_child = (pid_t)child;
    for (int number = 1; number < NSIG; number++)
        if (number != SIGCHLD && number != SIGKILL && number != SIGSTOP && number != SIGTTIN && number != SIGTTOU) signal(number, forward);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (;;) {
        int status;
        pid_t ended = wait(&status);
        if (ended == child) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
        if (ended < 0 && errno != EINTR) _exit(255);
    }
}

/* A refusal of what a container can do without is told, not fatal. */
static int optional(const struct context *context, int error) {
    if (!(context->step->flags & CS_MOUNT_OPTIONAL)) return error;
    lost(context, error);
    return 0;
}

static int run_step(struct context *context) {
    const struct cs_step *step = context->step;
    switch ((enum cs_op)step->op) {
    case CS_PROPAGATION: return mount(NULL, "/", NULL, MS_REC | step->flags, NULL) < 0 ? failed() : 0;
    case CS_OVERLAY: return cs_overlay(context);
    case CS_ROOT_BIND: return cs_root_bind(context);
    case CS_FILESYSTEM: return optional(context, cs_filesystem(context));
    case CS_BIND: return optional(context, cs_bind_mount(context));
    case CS_DEVICE: return optional(context, cs_device(context));
    case CS_SYMLINK: return symbolic_link(context);
    case CS_DIRECTORY: {
        int fd = cs_open_target(context, step->target, CS_MOUNT_CREATE);
        if (fd < 0) return -fd;
        close(fd);
        return 0;
    }
    case CS_MASK: return cs_mask(context);
    case CS_READ_ONLY: return cs_read_only(context);
    case CS_SYSCTL: return optional(context, write_proc(context, "sys", step->target, step->source));
    case CS_HOSTNAME: return sethostname(step->source, strlen(step->source)) < 0 ? failed() : 0;
    case CS_DOMAINNAME: return setdomainname(step->source, strlen(step->source)) < 0 ? failed() : 0;
    case CS_LOOPBACK: return loopback();
    case CS_RLIMIT: {
        struct rlimit limit = {step->number, step->number2};
        return setrlimit((__rlimit_resource_t)step->flags, &limit) < 0 ? failed() : 0;
    }
    case CS_OOM_SCORE: return write_proc(context, "self", "oom_score_adj", step->source);
    case CS_CONSOLE: return console(context);
    case CS_ROOT_READ_ONLY: return cs_set_attributes(context->root, MOUNT_ATTR_RDONLY, 0);
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

int cs_mount_root(const struct cs_plan *plan, int is_private, struct cs_report *report) {
    struct context context = {.plan = plan, .root = -1, .proc = -1, .null = -1, .tty_socket = -1, .report = -1, .reaper = -1};
    *report = (struct cs_report){0};
    if (!is_private && unshare(CLONE_NEWNS) < 0) return -failed();
    int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || fchdir(plan->store_fd) < 0) report->error = failed();
    mode_t mask = umask(0);
    for (; report->step < plan->step_count && !report->error; report->step += !report->error) {
        context.step = &plan->steps[report->step];
        context.detail = 0;
        report->error = run_step(&context);
    }
    report->detail = context.detail;
    umask(mask);
    if (!report->error && fchdir(here) < 0) report->error = failed();
    if (here >= 0) close(here);
    if (report->error && context.root >= 0) close(context.root);
    return report->error ? -report->error : context.root;
}

/* Whether a failed candidate ends the search in PATH. */
static int conclusive(int error) { return error != ENOENT && error != ENOTDIR && error != EACCES && error != ENAMETOOLONG && error != ELOOP; }

void cs_run_plan(const struct cs_plan *plan, int report_fd, int tty_socket, struct cs_report *report) {
    struct context context = {.plan = plan, .root = -1, .proc = -1, .null = -1, .tty_socket = tty_socket, .report = report_fd, .reaper = -1};
    for (uint32_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].op == CS_REAPER) context.reaper = reaper_program();
    umask(0);
    *report = (struct cs_report){0};
    /* exec into a running container: the root is already ours. */
    if (plan->store_fd < 0) {
        context.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        own_null(&context);
    }
    for (; report->step < plan->step_count && !report->error; report->step += !report->error) {
        context.step = &plan->steps[report->step];
        context.detail = 0;
        report->error = run_step(&context);
        if (!report->error && plan->sources && (context.step->op == CS_OVERLAY || context.step->op == CS_ROOT_BIND)) {
            cs_open_sources(&context);
            report->error = cs_become_root(1, (int)plan->keep_groups);
        }
    }
    report->detail = context.detail;
    if (report->error) return;
    umask(022);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
    int denied = 0;
    for (const char *const *candidate = plan->candidates; *candidate; candidate++) {
        if (candidate - plan->candidates < 64 && context.magic >> (candidate - plan->candidates) & 1) {
            report->error = EACCES, denied = 1;
            continue;
        }
        execve(*candidate, (char *const *)(uintptr_t)plan->argv, (char *const *)(uintptr_t)plan->envp);
        report->error = failed();
        if (report->error == EACCES) denied = 1;
        if (conclusive(report->error)) return;
    }
    report->error = denied ? EACCES : report->error ? report->error : ENOENT;
}
