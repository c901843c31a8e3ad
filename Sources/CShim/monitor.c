/* The monitor of one container: forks the keeper, which is the parent of the container's first process and takes the
 * monitor's place if it dies; copies the streams to the log and to attached clients; records the exit code. */
#include "cshim.h"
#include "launch.h"
#include "internal.h"

enum { CLIENTS_MAX = 16, CHUNK = 16384 };
static const off_t SPILL_MAX = (off_t)1 << 30;

struct client {
    int fd, want, creator, got_exit;
    unsigned char header[5];
    uint32_t header_have, left;
    /* What the client has not taken yet, in an unlinked file: a slow reader costs disk, not memory, and stops nobody. */
    int spill;
    off_t spill_read, spill_write;
};

struct monitor {
    struct cs_launch *launch;
    int keeper;              /* socket to the other process of the pair, -1 when it is gone */
    int input, output[2];    /* our ends of the container's streams; the pty master is input and output[0] */
    int listener, signals;
    pid_t init, other;
    int ended, status, creator_left;
    char pending[CHUNK];     /* standard input the container has not taken yet */
    uint32_t pending_used;
    struct client clients[CLIENTS_MAX];
    struct cs_log log;
};

/* One monitor a process: static, so that no allocator is ever touched. */
static struct monitor monitor;

static void put32(unsigned char *to, uint32_t value) {
    for (int i = 0; i < 4; i++) to[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t get32(const unsigned char *from) { return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24; }

static void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

/* ---- records -------------------------------------------------------------------------------------------------- */

static char *text_append(char *at, const char *text) {
    size_t size = strlen(text);
    memcpy(at, text, size + 1);
    return at + size;
}

static char *number_append(char *at, long value) {
    cs_decimal(at, value);
    return at + strlen(at);
}

static int write_record(int directory, const char *name, const char *text, int durable) {
    char temporary[32] = ".";
    strcat(temporary, name);
    int fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    size_t size = strlen(text);
    int error = write(fd, text, size) == (ssize_t)size ? 0 : errno ? errno : ENOSPC;
    if (!error && durable && fsync(fd) < 0) error = errno;
    close(fd);
    if (!error && renameat(directory, temporary, directory, name) < 0) error = errno;
    if (!error && durable && fsync(directory) < 0) error = errno;
    return error;
}

/* Field 22 of /proc/PID/stat: clock ticks since boot. */
static long start_time(pid_t pid) {
    char path[32] = "/proc/", text[1024];
    cs_decimal(path + 6, pid);
    strcat(path, "/stat");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    if (size <= 0) return 0;
    text[size] = 0;
    char *at = strrchr(text, ')');
    for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
    long value = 0;
    for (at = at ? at + 1 : (char *)""; *at >= '0' && *at <= '9'; at++) value = value * 10 + *at - '0';
    return value;
}

static int record_start(void) {
    char text[512], *at = text;
    if (!monitor.launch->started_at[0]) cs_timestamp(monitor.launch->started_at);
    at = number_append(text_append(at, "{\"pid\":"), monitor.init);
    at = number_append(text_append(at, ",\"startTime\":"), start_time(monitor.init));
    at = number_append(text_append(at, ",\"monitor\":"), getpid());
    at = number_append(text_append(at, ",\"monitorStartTime\":"), start_time(getpid()));
    at = text_append(text_append(text_append(at, ",\"bootId\":\""), monitor.launch->boot_id), "\"");
    text_append(text_append(text_append(at, ",\"startedAt\":\""), monitor.launch->started_at), "\"}");
    unlinkat(monitor.launch->container_fd, "exit.json", 0);
    return write_record(monitor.launch->container_fd, "run.json", text, 0);
}

static int exit_code(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

static void record_exit(void) {
    char text[256], time[32], *at = text;
    cs_timestamp(time);
    at = number_append(text_append(at, "{\"exitCode\":"), exit_code(monitor.status));
    at = text_append(text_append(at, ",\"startedAt\":\""), monitor.launch->started_at);
    text_append(text_append(text_append(at, "\",\"finishedAt\":\""), time), "\"}");
    /* A full disk is tried again for a while: the exit code is worth waiting for. */
    for (int tries = 0; tries < 50; tries++) {
        if (write_record(monitor.launch->container_fd, "exit.json", text, monitor.launch->durable) == 0) break;
        struct timespec pause = {.tv_nsec = 200000000};
        nanosleep(&pause, NULL);
    }
    unlinkat(monitor.launch->container_fd, "run.json", 0);
}

/* ---- clients -------------------------------------------------------------------------------------------------- */

static void close_input(void) {
    if (monitor.launch->tty || monitor.input < 0) return;
    close(monitor.input);
    monitor.input = -1, monitor.pending_used = 0;
    /* The keeper holds the pipe as well; the container sees the end only when both have let go. */
    if (monitor.keeper >= 0) (void)!write(monitor.keeper, "c", 1);
}

static void drop(struct client *client) {
    if (client->want & 1 && monitor.launch->stdin_once && monitor.pending_used == 0) close_input();
    else if (client->want & 1 && monitor.launch->stdin_once) monitor.launch->open_stdin = 2; /* closed when drained */
    if (client->creator && !client->got_exit) monitor.creator_left = 1;
    close(client->fd);
    if (client->spill >= 0) close(client->spill);
    *client = (struct client){.fd = -1, .spill = -1};
}

static int spill_append(struct client *client, const void *data, size_t size) {
    if (client->spill < 0) client->spill = openat(monitor.launch->container_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (client->spill < 0) return -1;
    if (pwrite(client->spill, data, size, client->spill_write) != (ssize_t)size) return -1;
    client->spill_write += (off_t)size;
    return 0;
}

/* Sends or keeps one frame. A client that cannot be served is dropped; only the creator may hold the streams back,
 * and that happens before reading (see `held_back`). */
static void send_frame(struct client *client, char type, const void *payload, uint32_t size) {
    unsigned char header[5] = {(unsigned char)type};
    put32(header + 1, size);
    size_t done = 0;
    if (client->spill_read == client->spill_write) {
        struct iovec parts[2] = {{header, 5}, {(void *)(uintptr_t)payload, size}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t sent = sendmsg(client->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            drop(client);
            return;
        }
        done = sent < 0 ? 0 : (size_t)sent;
    }
    if (done < 5 && spill_append(client, header + done, 5 - done) < 0) {
        drop(client);
        return;
    }
    size_t from = done > 5 ? done - 5 : 0;
    if (from < size && spill_append(client, (const char *)payload + from, size - from) < 0) drop(client);
}

static void drain_spill(struct client *client) {
    static char buffer[CHUNK];
    while (client->spill_read < client->spill_write) {
        ssize_t count = pread(client->spill, buffer, sizeof buffer, client->spill_read);
        if (count <= 0) {
            drop(client);
            return;
        }
        ssize_t sent = send(client->fd, buffer, (size_t)count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN) drop(client);
            return;
        }
        client->spill_read += sent;
    }
    if (ftruncate(client->spill, 0) == 0) client->spill_read = client->spill_write = 0;
}

static void broadcast(char type, const void *payload, uint32_t size, int want) {
    for (struct client *client = monitor.clients; client < monitor.clients + CLIENTS_MAX; client++) {
        if (client->fd < 0 || (want && !(client->want & want))) continue;
        if (!client->creator && client->spill_write - client->spill_read > SPILL_MAX) drop(client);
        else send_frame(client, type, payload, size);
    }
}

/* True while the creator of a foreground container has more to read than we keep for it: then its pipe pushes back,
 * as pipes do, instead of losing output. */
static int held_back(void) {
    for (struct client *client = monitor.clients; client < monitor.clients + CLIENTS_MAX; client++)
        if (client->fd >= 0 && client->creator && client->spill_write - client->spill_read > SPILL_MAX) return 1;
    return 0;
}

static void accept_client(void) {
    int fd = accept4(monitor.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == geteuid() || peer.uid == 0))
        for (struct client *client = monitor.clients; client < monitor.clients + CLIENTS_MAX; client++)
            if (client->fd < 0) {
                *client = (struct client){.fd = fd, .spill = -1};
                return;
            }
    close(fd);
}

/* The payload of a short frame is complete in `data`. */
static void take_frame(struct client *client, const unsigned char *data, uint32_t size) {
    switch (client->header[0]) {
    case CS_FRAME_WANT:
        if (size == 1) client->want = data[0];
        break;
    case CS_FRAME_STDIN_END:
        if (monitor.pending_used) monitor.launch->open_stdin = 2;
        else close_input();
        break;
    case CS_FRAME_SIZE:
        if (size == 4 && monitor.launch->tty && monitor.input >= 0)
            cs_set_terminal_size(monitor.input, (unsigned short)(data[0] | data[1] << 8), (unsigned short)(data[2] | data[3] << 8));
        break;
    case CS_FRAME_REMOVED: monitor.launch->auto_remove = 0; break;
    default: break;
    }
}

static void write_input(void) {
    while (monitor.pending_used && monitor.input >= 0) {
        ssize_t count = write(monitor.input, monitor.pending, monitor.pending_used);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count < 0) {
            close_input();
            monitor.pending_used = 0;
            return;
        }
        monitor.pending_used -= (uint32_t)count;
        memmove(monitor.pending, monitor.pending + count, monitor.pending_used);
    }
    if (monitor.launch->open_stdin == 2) close_input();
}

static void read_client(struct client *client) {
    static unsigned char small[64];
    for (;;) {
        ssize_t count;
        if (client->header_have < 5) {
            count = recv(client->fd, client->header + client->header_have, 5 - client->header_have, MSG_DONTWAIT);
            if (count > 0) {
                client->header_have += (uint32_t)count;
                if (client->header_have < 5) continue;
                client->left = get32(client->header + 1);
                if (client->header[0] != CS_FRAME_STDIN && client->left > sizeof small) count = 0;
                else if (client->left == 0) {
                    client->header_have = 0;
                    take_frame(client, small, 0);
                    if (client->fd < 0) return;
                    continue;
                }
            }
        } else if (client->header[0] == CS_FRAME_STDIN) {
            uint32_t room = CHUNK - monitor.pending_used;
            if (room == 0) return;
            count = recv(client->fd, monitor.pending + monitor.pending_used, client->left < room ? client->left : room, MSG_DONTWAIT);
            if (count > 0) {
                client->left -= (uint32_t)count;
                if (client->left == 0) client->header_have = 0;
                if (monitor.input >= 0 && monitor.launch->open_stdin) monitor.pending_used += (uint32_t)count, write_input();
            }
        } else {
            /* Senders write such frames in one piece; a socket of the same user is not worth an assembly buffer. */
            count = recv(client->fd, small, client->left, MSG_DONTWAIT | MSG_WAITALL);
            if (count > 0) {
                client->header_have = 0;
                if ((uint32_t)count == client->left) take_frame(client, small, client->left);
                else count = 0;
                if (client->fd < 0) return;
            }
        }
        if (count == 0) drop(client);
        if (count < 0 && errno != EAGAIN && errno != EINTR) drop(client);
        if (count <= 0) return;
    }
}

/* ---- the loop -------------------------------------------------------------------------------------------------- */

/* 1 while there may be more, 0 at the end of the stream. */
static int read_output(int stream) {
    static char buffer[CHUNK];
    ssize_t count = read(monitor.output[stream], buffer, sizeof buffer);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (count <= 0) {
        /* EIO: the last process has closed the terminal. It may be opened again while the container lives. */
        if (monitor.launch->tty && !monitor.ended) {
            struct timespec pause = {.tv_nsec = 10000000};
            nanosleep(&pause, NULL);
            return 0;
        }
        if (!monitor.launch->tty) close(monitor.output[stream]);
        monitor.output[stream] = -1;
        return 0;
    }
    cs_log_write(&monitor.log, stream, buffer, (size_t)count);
    broadcast(stream ? CS_FRAME_STDERR : CS_FRAME_STDOUT, buffer, (uint32_t)count, stream ? 4 : 2);
    return 1;
}

static void reap(void) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == monitor.init) monitor.ended = 1, monitor.status = status;
}

static void read_keeper(void) {
    int status;
    ssize_t count = recv(monitor.keeper, &status, sizeof status, MSG_DONTWAIT);
    if (count == sizeof status) monitor.ended = 1, monitor.status = status;
    else if (count == 0) {
        close(monitor.keeper);
        monitor.keeper = -1;
        reap(); /* the container is our child now */
    }
}

static void serve_once(int timeout) {
    struct pollfd polls[CLIENTS_MAX + 6];
    struct client *owners[CLIENTS_MAX + 6];
    nfds_t count = 0;
    int hold = held_back();
#define WATCH(descriptor, what, owner) \
    do { if ((descriptor) >= 0) { polls[count] = (struct pollfd){.fd = (descriptor), .events = (short)(what)}; owners[count++] = (owner); } } while (0)
    WATCH(monitor.signals, POLLIN, NULL);
    WATCH(monitor.keeper, POLLIN, NULL);
    WATCH(monitor.listener, POLLIN, NULL);
    nfds_t streams = count;
    if (!hold) WATCH(monitor.output[0], POLLIN, NULL);
    if (!hold && !monitor.launch->tty) WATCH(monitor.output[1], POLLIN, NULL);
    if (monitor.pending_used) WATCH(monitor.input, POLLOUT, NULL);
    nfds_t first = count;
    for (struct client *client = monitor.clients; client < monitor.clients + CLIENTS_MAX; client++)
        WATCH(client->fd, (monitor.pending_used < CHUNK ? POLLIN : 0) | (client->spill_read < client->spill_write ? POLLOUT : 0), client);
#undef WATCH
    if (poll(polls, count, timeout) <= 0) return;
    for (nfds_t i = 0; i < streams; i++) {
        if (!polls[i].revents) continue;
        if (polls[i].fd == monitor.signals) {
            struct signalfd_siginfo info;
            (void)!read(monitor.signals, &info, sizeof info);
            reap();
        } else if (polls[i].fd == monitor.keeper) read_keeper();
        else accept_client();
    }
    for (nfds_t i = streams; i < first; i++) {
        if (!polls[i].revents) continue;
        if (polls[i].events == POLLOUT) write_input();
        else read_output(polls[i].fd == monitor.output[1] && !monitor.launch->tty);
    }
    for (nfds_t i = first; i < count; i++) {
        struct client *client = owners[i];
        if (client->fd >= 0 && polls[i].revents & POLLOUT) drain_spill(client);
        if (client->fd >= 0 && polls[i].revents & (POLLIN | POLLHUP | POLLERR)) read_client(client);
    }
}

/* Whether anybody still has output to take. */
static int clients_behind(void) {
    for (struct client *client = monitor.clients; client < monitor.clients + CLIENTS_MAX; client++)
        if (client->fd >= 0 && (client->spill_read < client->spill_write || client->creator)) return 1;
    return 0;
}

static _Noreturn void serve(void) {
    while (!monitor.ended) serve_once(-1);
    /* The last process is gone, so what the pipes hold is all there is; a pipe kept open from outside does not count. */
    for (int stream = 0; stream < 2; stream++) {
        if (monitor.output[stream] < 0) continue;
        set_nonblocking(monitor.output[stream]);
        while (monitor.output[stream] >= 0 && read_output(stream)) {}
    }
    cs_log_end(&monitor.log);
    record_exit();
    unsigned char code[4];
    put32(code, (uint32_t)exit_code(monitor.status));
    broadcast(CS_FRAME_EXIT, code, sizeof code, 0);
    if (monitor.listener >= 0) close(monitor.listener), unlinkat(monitor.launch->runtime_fd, monitor.launch->socket_name, 0);
    monitor.listener = -1, monitor.output[0] = monitor.output[1] = -1;
    if (monitor.keeper >= 0) close(monitor.keeper), monitor.keeper = -1;
    /* Slow readers get the rest; the creator says whether it removed the container. */
    while (clients_behind()) serve_once(-1);
    if (monitor.launch->auto_remove) {
        char *argv[] = {"proa:cleanup", (char *)(uintptr_t)monitor.launch->container_id, NULL};
        cs_reset_signals();
        execve(monitor.launch->cleanup_program, argv, environ);
    }
    _exit(0);
}

/* ---- the start --------------------------------------------------------------------------------------------------- */

struct start {
    int stdin_pipe[2], stdout_pipe[2], stderr_pipe[2], go[2], report[2], tty[2], pair[2];
};

static _Noreturn void container_init(struct start *start) {
    struct cs_launch *launch = monitor.launch;
    struct cs_report report = {0};
    char byte;
    close(start->go[1]), close(start->report[0]), close(start->pair[0]), close(start->pair[1]), close(start->tty[0]);
    close(start->stdin_pipe[1]), close(start->stdout_pipe[0]), close(start->stderr_pipe[0]);
    if (read(start->go[0], &byte, 1) != 1) _exit(127); /* nobody wants this container any more */
    report.error = cs_become_root(launch->map != CS_MAP_NONE);
    if (!launch->tty) {
        int streams[3] = {launch->open_stdin ? start->stdin_pipe[0] : -1, start->stdout_pipe[1], start->stderr_pipe[1]};
        for (int fd = 0; fd < 3 && !report.error; fd++) {
            if (streams[fd] < 0) continue; /* /dev/null stays */
            fchown(streams[fd], launch->stdio_owner, (gid_t)-1);
            if (dup2(streams[fd], fd) < 0) report.error = errno;
        }
        if (!report.error && setsid() < 0) report.error = errno;
    }
    cs_reset_signals();
    if (!report.error) cs_run_plan(&launch->plan, start->report[1], launch->tty ? start->tty[1] : -1, &report);
    (void)!write(start->report[1], &report, sizeof report);
    _exit(127);
}

/* The parent of the container: waits, tells the monitor, and becomes the monitor if that one dies. */
static _Noreturn void keep(struct start *start) {
    struct cs_launch *launch = monitor.launch;
    if (launch->join_pidns_fd >= 0 && setns(launch->join_pidns_fd, CLONE_NEWPID) < 0) monitor.init = -errno;
    if (monitor.init >= 0 && launch->join_netns_fd >= 0 && setns(launch->join_netns_fd, CLONE_NEWNET) < 0) monitor.init = -errno;
    if (monitor.init >= 0) monitor.init = cs_clone(launch->clone_flags, NULL);
    if (monitor.init == 0) container_init(start);
    close(start->go[0]), close(start->report[0]), close(start->report[1]), close(start->tty[1]), close(start->pair[0]);
    close(start->stdin_pipe[0]), close(start->stdout_pipe[1]), close(start->stderr_pipe[1]);
    int pair = start->pair[1], started = 0;
    (void)!write(pair, &monitor.init, sizeof monitor.init);
    close(start->go[1]);
    if (monitor.init < 0) _exit(1);
    for (;;) {
        struct pollfd polls[2] = {{.fd = pair, .events = POLLIN}, {.fd = monitor.signals, .events = POLLIN}};
        poll(polls, 2, -1);
        char byte;
        if (polls[1].revents) {
            struct signalfd_siginfo info;
            (void)!read(monitor.signals, &info, sizeof info);
            reap();
            if (monitor.ended) (void)!write(pair, &monitor.status, sizeof monitor.status);
        }
        if (!polls[0].revents) continue;
        ssize_t count = read(pair, &byte, 1);
        if (count == 1 && byte == 's') started = 1;
        if (count == 1 && byte == 'c') close(start->stdin_pipe[1]), start->stdin_pipe[1] = -1;
        if (count == 0) break;
    }
    if (started != 1) {
        if (!started && !monitor.ended) kill(monitor.init, SIGKILL);
        _exit(0);
    }
    struct stat status;
    if (fstatat(launch->container_fd, "exit.json", &status, 0) == 0) _exit(0);
    /* The monitor was killed: go on in its place. Its clients are lost; the container notices nothing. */
    close(pair);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    monitor.keeper = -1;
    monitor.input = start->stdin_pipe[1], monitor.output[0] = start->stdout_pipe[0], monitor.output[1] = start->stderr_pipe[0];
    if (launch->tty) monitor.input = monitor.output[0] = cs_receive_fd(start->tty[0], 0), monitor.output[1] = -1;
    if (monitor.input >= 0) set_nonblocking(monitor.input);
    cs_log_open(&monitor.log, launch->container_fd, launch->log_name, launch->log_max_bytes, launch->log_max_files);
    monitor.creator_left = 1;
    int ended = monitor.ended;
    if (!ended) record_start();
    serve();
}

static _Noreturn void give_up(int control, const struct cs_outcome *outcome) {
    unsigned char frame[5 + sizeof *outcome] = {CS_FRAME_FAILED};
    put32(frame + 1, sizeof *outcome);
    memcpy(frame + 5, outcome, sizeof *outcome);
    (void)!write(control, frame, sizeof frame);
    if (monitor.listener >= 0) unlinkat(monitor.launch->runtime_fd, monitor.launch->socket_name, 0);
    _exit(1);
}

static int listen_on(int directory, const char *name) {
    struct sockaddr_un address;
    int failed = cs_unix_address(directory, name, &address);
    if (failed) return failed;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    unlinkat(directory, name, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

static void new_pipe(int ends[2], struct cs_outcome *outcome) {
    if (pipe2(ends, O_CLOEXEC) < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = errno;
}

static void open_streams(struct start *start, struct cs_outcome *outcome) {
    new_pipe(start->go, outcome), new_pipe(start->report, outcome);
    if (!monitor.launch->tty) new_pipe(start->stdin_pipe, outcome), new_pipe(start->stdout_pipe, outcome), new_pipe(start->stderr_pipe, outcome);
    else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, start->tty) < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = errno;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, start->pair) < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = errno;
    sigset_t child;
    sigemptyset(&child), sigaddset(&child, SIGCHLD);
    monitor.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (monitor.signals < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = errno;
    if (outcome->phase) return;
    monitor.listener = listen_on(monitor.launch->runtime_fd, monitor.launch->socket_name);
    if (monitor.listener < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = -monitor.listener;
}

static _Noreturn void monitor_main(struct cs_launch *launch, int control) {
    struct start start = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    struct cs_outcome outcome = {0};
    monitor = (struct monitor){.launch = launch, .keeper = -1, .input = -1, .output = {-1, -1}, .listener = -1, .signals = -1};
    for (int i = 0; i < CLIENTS_MAX; i++) monitor.clients[i] = (struct client){.fd = -1, .spill = -1};
    setsid();
    prctl(PR_SET_NAME, "proa:monitor", 0, 0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    /* A terminal or a login that ends must not take the monitor along; all else stays blocked, as the caller left it. */
    for (int number = 1; number < NSIG; number++) signal(number, number == SIGCHLD ? SIG_DFL : SIG_IGN);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    /* Relative host paths of the plan start at the store. It is the working directory before the mount namespace is made,
     * because the kernel translates that into the new namespace, and no open descriptor. */
    if (fchdir(launch->store_fd) < 0) outcome = (struct cs_outcome){.phase = CS_PHASE_MONITOR, .error = errno};
    int keep_list[] = {control, launch->container_fd, launch->runtime_fd, launch->store_fd, launch->join_pidns_fd, launch->join_netns_fd};
    int kept = sizeof keep_list / sizeof *keep_list;
    for (int i = 1; i < kept; i++)
        for (int j = i; j > 0 && keep_list[j] < keep_list[j - 1]; j--) { int swap = keep_list[j]; keep_list[j] = keep_list[j - 1], keep_list[j - 1] = swap; }
    cs_close_others(keep_list, kept);
    open_streams(&start, &outcome);
    if (outcome.phase) give_up(control, &outcome);
    monitor.other = cs_clone(0, NULL);
    if (monitor.other < 0) outcome = (struct cs_outcome){.phase = CS_PHASE_MONITOR, .error = -monitor.other}, give_up(control, &outcome);
    if (monitor.other == 0) {
        close(control);
        keep(&start);
    }
    close(start.go[0]), close(start.report[1]), close(start.tty[1]), close(start.pair[1]);
    close(start.stdin_pipe[0]), close(start.stdout_pipe[1]), close(start.stderr_pipe[1]);
    monitor.keeper = start.pair[0];
    if (cs_read_exactly(monitor.keeper, &monitor.init, sizeof monitor.init) != 1) monitor.init = -ECHILD;
    if (monitor.init < 0) outcome = (struct cs_outcome){.phase = CS_PHASE_CLONE, .error = -monitor.init}, give_up(control, &outcome);
    if (cs_write_maps(launch, monitor.init, &outcome) < 0) give_up(control, &outcome);

    unsigned char go[5]; /* a frame without payload: its length carries the wanted streams */
    if (cs_read_exactly(control, go, sizeof go) != 1 || go[0] != CS_FRAME_GO) {
        unlinkat(launch->runtime_fd, launch->socket_name, 0);
        _exit(1); /* the caller is gone or changed its mind; our end of the go pipe closes with us */
    }
    (void)!write(start.go[1], "g", 1);
    close(start.go[1]);
    struct cs_report report;
    if (cs_read_exactly(start.report[0], &report, sizeof report) == 1) {
        outcome = (struct cs_outcome){.phase = CS_PHASE_STEPS, .error = report.error, .step = report.step, .detail = report.detail};
        give_up(control, &outcome);
    }
    close(start.report[0]);
    monitor.input = start.stdin_pipe[1], monitor.output[0] = start.stdout_pipe[0], monitor.output[1] = start.stderr_pipe[0];
    if (launch->tty) {
        /* The message stays in the socket: the keeper takes it if it must take our place. */
        monitor.input = monitor.output[0] = cs_receive_fd(start.tty[0], 1);
        if (monitor.input < 0) outcome = (struct cs_outcome){.phase = CS_PHASE_MONITOR, .error = EPIPE}, give_up(control, &outcome);
    } else if (!launch->open_stdin) close_input();
    if (monitor.input >= 0) set_nonblocking(monitor.input);
    int error = record_start();
    if (error) outcome = (struct cs_outcome){.phase = CS_PHASE_RECORD, .error = error}, give_up(control, &outcome);
    (void)!write(monitor.keeper, "s", 1);
    cs_log_open(&monitor.log, launch->container_fd, launch->log_name, launch->log_max_bytes, launch->log_max_files);
    set_nonblocking(control);
    monitor.clients[0] = (struct client){.fd = control, .spill = -1, .creator = 1, .want = go[1]};
    unsigned char pid[4];
    put32(pid, (uint32_t)monitor.init);
    send_frame(&monitor.clients[0], CS_FRAME_STARTED, pid, sizeof pid);
    serve();
}

pid_t cs_launch(struct cs_launch *launch, int control) {
    pid_t pid = cs_clone(0, NULL);
    if (pid == 0) monitor_main(launch, control);
    return pid;
}
