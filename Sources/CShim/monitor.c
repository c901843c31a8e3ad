/* The monitor of one container: forks the keeper, which is the parent of the container's first process and takes the
 * monitor's place if it dies; copies the streams to the log and to attached clients; records the exit code. */
#include "monitor.h"

struct monitor cs_monitor;

/* 1 while there may be more, 0 at the end of the stream. */
static int read_output(int stream) {
    static char buffer[CHUNK];
    ssize_t count = read(cs_monitor.output[stream], buffer, sizeof buffer);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (count <= 0) {
        /* EIO: the last process has closed the terminal. It may be opened again while the container lives. */
        if (cs_monitor.launch->tty && !cs_monitor.ended) {
            struct timespec pause = {.tv_nsec = 10000000};
            nanosleep(&pause, NULL);
            return 0;
        }
        if (!cs_monitor.launch->tty) close(cs_monitor.output[stream]);
        cs_monitor.output[stream] = -1;
        return 0;
    }
    cs_log_write(&cs_monitor.log, stream, buffer, (size_t)count);
    cs_broadcast(stream ? CS_FRAME_STDERR : CS_FRAME_STDOUT, buffer, (uint32_t)count, stream ? 4 : 2);
    return 1;
}

void cs_reap(void) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == cs_monitor.init) cs_monitor.ended = 1, cs_monitor.status = status;
}

static void read_keeper(void) {
    int status;
    ssize_t count = recv(cs_monitor.keeper, &status, sizeof status, MSG_DONTWAIT);
    if (count == sizeof status) cs_monitor.ended = 1, cs_monitor.status = status;
    else if (count == 0) {
        close(cs_monitor.keeper);
        cs_monitor.keeper = -1;
        cs_reap(); /* the container is our child now */
    }
}

/* - Returns 0 when nothing happened for `timeout` milliseconds. */
static int serve_once(int timeout) {
    struct pollfd polls[CLIENTS_MAX + 6];
    struct client *owners[CLIENTS_MAX + 6];
    nfds_t count = 0;
    int hold = cs_held_back();
#define WATCH(descriptor, what, owner) \
    do { if ((descriptor) >= 0) { polls[count] = (struct pollfd){.fd = (descriptor), .events = (short)(what)}; owners[count++] = (owner); } } while (0)
    WATCH(cs_monitor.signals, POLLIN, NULL);
    WATCH(cs_monitor.keeper, POLLIN, NULL);
    WATCH(cs_monitor.listener, POLLIN, NULL);
    nfds_t streams = count;
    if (!hold) WATCH(cs_monitor.output[0], POLLIN, NULL);
    if (!hold && !cs_monitor.launch->tty) WATCH(cs_monitor.output[1], POLLIN, NULL);
    if (cs_monitor.pending_used) WATCH(cs_monitor.input, POLLOUT, NULL);
    nfds_t first = count;
    for (struct client *client = cs_monitor.clients; client < cs_monitor.clients + CLIENTS_MAX; client++)
        WATCH(client->fd, (cs_monitor.pending_used < CHUNK ? POLLIN : 0) | (client->spill_read < client->spill_write ? POLLOUT : 0), client);
#undef WATCH
    int ready = poll(polls, count, timeout);
    if (ready <= 0) return ready;
    for (nfds_t i = 0; i < streams; i++) {
        if (!polls[i].revents) continue;
        if (polls[i].fd == cs_monitor.signals) {
            struct signalfd_siginfo info;
            (void)!read(cs_monitor.signals, &info, sizeof info);
            cs_reap();
        } else if (polls[i].fd == cs_monitor.keeper) read_keeper();
        else cs_accept_client();
    }
    for (nfds_t i = streams; i < first; i++) {
        if (!polls[i].revents) continue;
        if (polls[i].events == POLLOUT) cs_write_input();
        else read_output(polls[i].fd == cs_monitor.output[1] && !cs_monitor.launch->tty);
    }
    for (nfds_t i = first; i < count; i++) {
        struct client *client = owners[i];
        if (client->fd >= 0 && polls[i].revents & POLLOUT) cs_drain_spill(client);
        if (client->fd >= 0 && polls[i].revents & (POLLIN | POLLHUP | POLLERR)) cs_read_client(client);
    }
    return ready;
}

/* Whether anybody still has output to take. */
static int clients_behind(void) {
    for (struct client *client = cs_monitor.clients; client < cs_monitor.clients + CLIENTS_MAX; client++)
        if (client->fd >= 0 && (client->spill_read < client->spill_write || client->creator)) return 1;
    return 0;
}

_Noreturn void cs_serve(void) {
    /* The first quiet second ends the start: from then on only what the loop needs stays in memory. */
    for (int patience = 1000; !cs_monitor.ended;)
        if (serve_once(patience) == 0) cs_shed_memory(), patience = -1;
    /* The last process is gone, so what the pipes hold is all there is; a pipe kept open from outside does not count. */
    for (int stream = 0; stream < 2; stream++) {
        if (cs_monitor.output[stream] < 0) continue;
        set_nonblocking(cs_monitor.output[stream]);
        while (cs_monitor.output[stream] >= 0 && read_output(stream)) {}
    }
    cs_log_end(&cs_monitor.log);
    /* Before the record: whoever reads it may start the container again, and the name then belongs to the next monitor. */
    if (cs_monitor.listener >= 0) unlinkat(cs_monitor.launch->runtime_fd, cs_monitor.launch->socket_name, 0);
    cs_record_exit();
    /* Said, not left to be seen: the record may be removed with the container before the keeper looks for it. */
    if (cs_monitor.keeper >= 0) (void)!write(cs_monitor.keeper, "e", 1);
    unsigned char code[4];
    put32(code, (uint32_t)cs_exit_code(cs_monitor.status));
    cs_broadcast(CS_FRAME_EXIT, code, sizeof code, 0);
    if (cs_monitor.listener >= 0) close(cs_monitor.listener);
    cs_monitor.listener = -1, cs_monitor.output[0] = cs_monitor.output[1] = -1;
    if (cs_monitor.keeper >= 0) close(cs_monitor.keeper), cs_monitor.keeper = -1;
    /* Slow readers get the rest; the creator says whether it removed the container. */
    while (clients_behind()) serve_once(-1);
    if (cs_monitor.launch->auto_remove) {
        char *argv[] = {"proa:cleanup", (char *)(uintptr_t)cs_monitor.launch->container_id, NULL};
        cs_reset_signals();
        execve(cs_monitor.launch->cleanup_program, argv, environ);
    }
    _exit(0);
}
