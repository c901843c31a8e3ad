/* Cloning, descriptor passing, id maps: what launching and joining share. */
#include "cshim.h"
#include "launch.h"
#include "internal.h"
#include <linux/sched.h>

void *cs_arena_new(size_t size) {
    void *arena = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return arena == MAP_FAILED ? NULL : arena;
}

void cs_arena_free(void *arena, size_t size) { munmap(arena, size); }

/* Fork-like: the child has its own copy of memory. */
pid_t cs_clone(uint64_t flags, int *pidfd) {
    struct clone_args args = {.flags = flags | (pidfd ? CLONE_PIDFD : 0), .exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD, .pidfd = (uint64_t)(uintptr_t)pidfd};
    long pid = syscall(SYS_clone3, &args, sizeof args);
    /* A filter around us that reads flags answers ENOSYS, because clone3(2) hides them in memory. */
    if (pid < 0 && errno == ENOSYS) pid = syscall(SYS_clone, (unsigned long)(args.flags | args.exit_signal), 0ul, pidfd, 0ul, 0ul);
    return pid < 0 ? -errno : (pid_t)pid;
}

int cs_send_fd(int socket, int fd) {
    char byte = 0;
    struct iovec data = {&byte, 1};
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control = {0};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int cs_receive_fd(int socket, int peek) {
    char byte;
    struct iovec data = {&byte, 1};
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control = {0};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    ssize_t count;
    while ((count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (peek ? MSG_PEEK : 0))) < 0 && errno == EINTR) {}
    if (count < 0) return -errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int))) return -EPIPE;
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

void cs_reset_signals(void) {
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void cs_close_others(const int *keep, int count) {
    unsigned int next = 3;
    for (int i = 0; i < count; i++) {
        if (keep[i] < (int)next) continue;
        if ((unsigned int)keep[i] > next) syscall(SYS_close_range, next, (unsigned int)keep[i] - 1, 0u);
        next = (unsigned int)keep[i] + 1;
    }
    syscall(SYS_close_range, next, ~0u, 0u);
}

int cs_read_exactly(int fd, void *data, size_t size) {
    size_t have = 0;
    while (have < size) {
        ssize_t count = read(fd, (char *)data + have, size - have);
        if (count == 0) return 0;
        if (count < 0 && errno != EINTR) return -errno;
        if (count > 0) have += (size_t)count;
    }
    return 1;
}

void cs_decimal(char *text, long value) {
    char digits[24];
    int size = 0;
    if (value < 0) *text++ = '-', value = -value;
    do digits[size++] = (char)('0' + value % 10); while (value /= 10);
    while (size) *text++ = digits[--size];
    *text = 0;
}

int cs_unix_address(int directory, const char *name, struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "/proc/self/fd/"};
    char *at = address->sun_path + strlen(address->sun_path);
    cs_decimal(at, directory);
    at += strlen(at);
    if (strlen(name) + 2 > sizeof address->sun_path - (size_t)(at - address->sun_path)) return -ENAMETOOLONG;
    *at = '/';
    strcpy(at + 1, name);
    return 0;
}

int cs_connect_unix(int directory, const char *name) {
    struct sockaddr_un address;
    int error = cs_unix_address(directory, name, &address);
    if (error) return error;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    error = errno;
    close(fd);
    return -error;
}

int cs_listen_unix(int directory, const char *name) {
    struct sockaddr_un address;
    int failed = cs_unix_address(directory, name, &address);
    if (failed) return failed;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    unlinkat(directory, name, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 128) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

/* The next connection of the same user or of root, -EAGAIN when none waits; others are closed. */
int cs_accept_own(int listener, int flags) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | flags);
        if (fd < 0) return -errno;
        struct ucred peer;
        socklen_t size = sizeof peer;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == geteuid() || peer.uid == 0)) return fd;
        close(fd);
    }
}

/* One of the files /proc/PID/{uid_map,gid_map,setgroups}. */
static int write_map(pid_t pid, const char *name, const char *text) {
    char path[64] = "/proc/";
    cs_decimal(path + 6, pid);
    strcat(strcat(path, "/"), name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    int error = write(fd, text, strlen(text)) < 0 ? errno : 0;
    close(fd);
    return error;
}

static pid_t start_helper(const char **argv) {
    pid_t pid = vfork();
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return pid;
}

/* Positive: errno; negative: the helper's exit status. */
static int end_helper(pid_t pid) {
    if (pid < 0) return errno;
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return errno;
    return WIFEXITED(status) ? -WEXITSTATUS(status) : -255;
}

int cs_write_maps(struct cs_launch *launch, pid_t pid, struct cs_outcome *outcome) {
    if (launch->map == CS_MAP_HELPERS) {
        cs_decimal(launch->pid_text, pid);
        launch->uid_helper[1] = launch->gid_helper[1] = launch->pid_text;
        pid_t uid = start_helper(launch->uid_helper), gid = start_helper(launch->gid_helper);
        int uid_error = end_helper(uid), gid_error = end_helper(gid);
        if (uid_error) *outcome = (struct cs_outcome){.phase = CS_PHASE_UID_MAP, .error = uid_error};
        else if (gid_error) *outcome = (struct cs_outcome){.phase = CS_PHASE_GID_MAP, .error = gid_error};
        return outcome->phase ? -1 : 0;
    }
    if (launch->map == CS_MAP_DIRECT) {
        int error = write_map(pid, "uid_map", launch->uid_map);
        if (error) {
            *outcome = (struct cs_outcome){.phase = CS_PHASE_UID_MAP, .error = error};
            return -1;
        }
        error = write_map(pid, "gid_map", launch->gid_map);
        if (error == EPERM && (error = write_map(pid, "setgroups", "deny")) == 0) error = write_map(pid, "gid_map", launch->gid_map);
        if (error) {
            *outcome = (struct cs_outcome){.phase = CS_PHASE_GID_MAP, .error = error};
            return -1;
        }
    }
    return 0;
}

/* Becomes the root of the new user namespace; the maps must be written. */
int cs_become_root(int mapped, int keep_groups) {
    if (!mapped) return 0;
    if (!keep_groups) syscall(SYS_setgroups, 0, NULL); /* refused where a single id is mapped: then no group is left to drop */
    if (syscall(SYS_setresgid, 0, 0, 0) < 0 || syscall(SYS_setresuid, 0, 0, 0) < 0) return errno;
    /* Changing ids made us unreadable for our parent; the set-up still writes to its own /proc files. */
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return 0;
}

pid_t cs_start_companion(char *const *argv, int errors) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    volatile int error = 0;
    pid_t pid = vfork();
    if (pid == 0) {
        cs_reset_signals();
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(errors, 2) == 2) execvp(argv[0], argv);
        error = errno;
        _exit(127);
    }
    if (pid < 0) error = errno;
    else if (error) waitpid(pid, NULL, 0);
    close(null);
    return error ? -error : pid;
}

pid_t cs_spawn_mapped(const struct cs_launch *maps, int outlives, const char *program, char *const argv[], char *const envp[], struct cs_outcome *outcome) {
    int go[2], report[2];
    if (pipe2(go, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0) return -errno;
    *outcome = (struct cs_outcome){0};
    pid_t pid = cs_clone(maps->clone_flags, NULL);
    if (pid == 0) {
        char byte;
        close(go[1]), close(report[0]);
        int error = read(go[0], &byte, 1) == 1 ? cs_become_root(maps->map != CS_MAP_NONE, 1) : ECANCELED;
        /* A stage works for its caller and ends with it. After the change of ids, which would reset this; the caller may be
         * gone by then, and only holds the other end of the report while it lives. */
        if (!error && (outlives ? setsid() : prctl(PR_SET_PDEATHSIG, SIGKILL)) < 0) error = errno;
        struct pollfd caller = {.fd = report[1]};
        if (!error && poll(&caller, 1, 0) == 1 && caller.revents & POLLERR) error = ECANCELED;
        if (!error) {
            cs_reset_signals();
            execve(program, argv, envp);
            error = errno;
        }
        (void)!write(report[1], &error, sizeof error);
        _exit(127);
    }
    close(go[0]), close(report[1]);
    int error = pid < 0 ? -pid : 0;
    if (pid < 0) outcome->phase = CS_PHASE_CLONE;
    else if (cs_write_maps((struct cs_launch *)(uintptr_t)maps, pid, outcome) < 0) error = outcome->error ? outcome->error : EPERM;
    else if (write(go[1], "g", 1) != 1) error = errno;
    close(go[1]);
    int said;
    if (!error && cs_read_exactly(report[0], &said, sizeof said) == 1) error = said, outcome->phase = CS_PHASE_STEPS;
    close(report[0]);
    if (error) {
        outcome->error = error;
        if (pid > 0) kill(pid, SIGKILL), waitpid(pid, NULL, 0);
        return -(error > 0 ? error : EPERM);
    }
    return pid;
}

/* The stages: joiner enters the namespaces and leaves; its clone, a child of the caller, becomes the program. */
pid_t cs_exec(struct cs_exec *exec, struct cs_outcome *outcome) {
    int report[2], pids[2];
    if (pipe2(report, O_CLOEXEC) < 0 || pipe2(pids, O_CLOEXEC) < 0) return -errno;
    *outcome = (struct cs_outcome){0};
    pid_t joiner = cs_clone(0, NULL);
    if (joiner == 0) {
        close(report[0]), close(pids[0]);
        /* Processes of the container must not reach this binary or its memory through /proc. */
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        struct cs_report failure = {.step = ~0u};
        if (setns(exec->target_pidfd, (int)exec->namespaces) < 0) failure.error = errno;
        else {
            prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
            pid_t pid = cs_clone(CLONE_PARENT, NULL);
            if (pid > 0) {
                (void)!write(pids[1], &pid, sizeof pid);
                _exit(0);
            }
            if (pid < 0) failure.error = -pid;
        }
        if (!failure.error) {
            close(pids[1]);
            int streams[3] = {exec->stdin_fd, exec->stdout_fd, exec->stderr_fd};
            if (exec->namespaces & CLONE_NEWUSER && (syscall(SYS_setresgid, 0, 0, 0) < 0 || syscall(SYS_setresuid, 0, 0, 0) < 0)) failure.error = errno;
            prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
            for (int fd = 0; fd < 3 && !failure.error && exec->tty_socket < 0; fd++) {
                struct stat status; /* pipes of ours; the null device belongs to the host and stays its own */
                if (fstat(streams[fd], &status) == 0 && S_ISFIFO(status.st_mode)) fchown(streams[fd], exec->stdio_owner, (gid_t)-1);
                if (dup2(streams[fd], fd) < 0) failure.error = errno;
            }
            if (!failure.error && exec->tty_socket < 0 && setsid() < 0) failure.error = errno;
            cs_reset_signals();
            if (!failure.error) cs_run_plan(&exec->plan, report[1], exec->tty_socket, &failure);
        }
        (void)!write(report[1], &failure, sizeof failure);
        _exit(127);
    }
    close(report[1]), close(pids[1]);
    pid_t pid = -EPERM;
    struct cs_report failure = {0};
    if (joiner < 0) pid = joiner;
    else {
        if (cs_read_exactly(pids[0], &pid, sizeof pid) != 1) pid = 0;
        if (cs_read_exactly(report[0], &failure, sizeof failure) == 1 && failure.error) {
            if (pid > 0) waitpid(pid, NULL, __WALL);
            outcome->phase = failure.step == ~0u ? CS_PHASE_CLONE : CS_PHASE_STEPS;
            outcome->error = failure.error, outcome->step = failure.step, outcome->detail = failure.detail;
            pid = -failure.error;
        } else if (pid == 0) pid = -ESRCH;
        waitpid(joiner, NULL, 0);
    }
    close(report[0]), close(pids[0]);
    return pid;
}
