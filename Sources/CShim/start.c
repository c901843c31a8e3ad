/* The start of a container: monitor, keeper and first process, each cloned from the one before. */
#include "monitor.h"

struct start {
    int stdin_pipe[2], stdout_pipe[2], stderr_pipe[2], go[2], report[2], tty[2], pair[2];
};

/* Namespaces that the first process makes itself, of those it is to have: making them takes as long as everything else of a
 * clone together, and so happens while the id maps are written. */
enum { OWN_NAMESPACES = CLONE_NEWNET | CLONE_NEWIPC };

static _Noreturn void container_init(struct start *start) {
    struct cs_launch *launch = cs_monitor.launch;
    struct cs_report report = {0};
    char byte;
    close(start->go[1]), close(start->report[0]), close(start->pair[0]), close(start->pair[1]), close(start->tty[0]);
    close(start->stdin_pipe[1]), close(start->stdout_pipe[0]), close(start->stderr_pipe[0]);
    if (unshare((int)(launch->clone_flags & OWN_NAMESPACES)) < 0) report.error = errno, report.phase = CS_PHASE_CLONE;
    if (launch->tell_cloned) (void)!write(start->report[1], &report, sizeof report);
    if (read(start->go[0], &byte, 1) != 1) _exit(127); /* nobody wants this container any more */
    if (!report.error && !launch->plan.sources) report.error = cs_become_root(launch->map != CS_MAP_NONE || launch->join_userns_fd >= 0, (int)launch->plan.keep_groups);
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

/* A mount namespace outlives its last process as long as a descriptor of it is open. Taking all mounts down takes the kernel
 * longer than ending the process does: held here, they are taken down beside the removal of the container, not before its
 * exit code is known. Only where the same container cannot be started again meanwhile. Failing to hold costs time, nothing else. */
static int hold_mounts(const struct cs_launch *launch) {
    if (!launch->auto_remove || !(launch->clone_flags & CLONE_NEWNS)) return -1;
    char path[48] = "/proc/";
    cs_decimal(path + 6, cs_monitor.init);
    strcat(path, "/ns/mnt");
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* What the keeper tells the monitor about the clone. */
struct cloned {
    pid_t pid; /* or -errno */
    struct cs_outcome outcome; /* of writing the id maps, where the keeper's side does that */
};

/* Clones the first process inside other namespaces. The keeper stays where it is: a child that shares its memory enters them,
 * clones on the keeper's behalf, and writes the id maps, as only somebody in the parent user namespace may. */
static void clone_inside(struct start *start, struct cloned *cloned) {
    struct cs_launch *launch = cs_monitor.launch;
    pid_t joiner = vfork();
    if (joiner == 0) {
        cloned->pid = 0;
        if (launch->join_userns_fd >= 0 && setns(launch->join_userns_fd, CLONE_NEWUSER) < 0) cloned->pid = -errno;
        else if (launch->join_netns_fd >= 0 && setns(launch->join_netns_fd, CLONE_NEWNET) < 0) cloned->pid = -errno;
        if (cloned->pid) _exit(1);
        pid_t pid = cs_clone((launch->clone_flags & ~(uint64_t)OWN_NAMESPACES) | CLONE_PARENT, NULL);
        if (pid == 0) container_init(start);
        cloned->pid = pid;
        if (pid > 0) cs_write_maps(launch, pid, &cloned->outcome);
        _exit(0);
    }
    if (joiner < 0) cloned->pid = -errno;
    else waitpid(joiner, NULL, 0);
}

/* The parent of the container: waits, tells the monitor, and becomes the monitor if that one dies. */
static _Noreturn void keep(struct start *start) {
    struct cs_launch *launch = cs_monitor.launch;
    struct cloned cloned = {0};
    if (launch->join_pidns_fd >= 0 && setns(launch->join_pidns_fd, CLONE_NEWPID) < 0) cloned.pid = -errno;
    else if (launch->join_userns_fd >= 0 || launch->join_netns_fd >= 0) clone_inside(start, &cloned);
    else if ((cloned.pid = cs_clone(launch->clone_flags & ~(uint64_t)OWN_NAMESPACES, NULL)) == 0) container_init(start);
    cs_monitor.init = cloned.pid;
    if (launch->join_userns_fd >= 0) close(launch->join_userns_fd);
    if (launch->join_netns_fd >= 0) close(launch->join_netns_fd);
    close(start->go[0]), close(start->report[0]), close(start->report[1]), close(start->tty[1]), close(start->pair[0]);
    close(start->stdin_pipe[0]), close(start->stdout_pipe[1]), close(start->stderr_pipe[1]);
    int pair = start->pair[1], started = 0, patience = -1;
    (void)!write(pair, &cloned, sizeof cloned);
    close(start->go[1]);
    if (cs_monitor.init < 0) _exit(1);
    int mounts = hold_mounts(launch);
    for (;;) {
        struct pollfd polls[2] = {{.fd = pair, .events = POLLIN}, {.fd = cs_monitor.signals, .events = POLLIN}};
        /* The first quiet second ends the start: from then on only what the loop needs stays in memory. */
        if (poll(polls, 2, patience) == 0) cs_shed_memory(), patience = -1;
        char byte;
        if (polls[1].revents) {
            struct signalfd_siginfo info;
            (void)!read(cs_monitor.signals, &info, sizeof info);
            cs_reap();
            if (cs_monitor.ended) (void)!write(pair, &cs_monitor.status, sizeof cs_monitor.status), close(mounts), mounts = -1;
        }
        if (!polls[0].revents) continue;
        ssize_t count = read(pair, &byte, 1);
        if (count == 1 && byte == 's') started = 1, patience = 1000;
        if (count == 1 && byte == 'e') _exit(0);
        if (count == 1 && byte == 'c') close(start->stdin_pipe[1]), start->stdin_pipe[1] = -1;
        if (count == 0) break;
    }
    if (started != 1) {
        if (!started && !cs_monitor.ended) kill(cs_monitor.init, SIGKILL);
        _exit(0);
    }
    struct stat status;
    if (fstatat(launch->container_fd, "exit.json", &status, 0) == 0) _exit(0);
    /* The monitor was killed: go on in its place. Its clients are lost; the container notices nothing. */
    close(pair), close(mounts);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    cs_monitor.keeper = -1;
    cs_monitor.input = start->stdin_pipe[1], cs_monitor.output[0] = start->stdout_pipe[0], cs_monitor.output[1] = start->stderr_pipe[0];
    if (launch->tty) cs_monitor.input = cs_monitor.output[0] = cs_receive_fd(start->tty[0], 0), cs_monitor.output[1] = -1;
    if (cs_monitor.input >= 0) set_nonblocking(cs_monitor.input);
    cs_log_open(&cs_monitor.log, launch->container_fd, launch->log_name, launch->log_max_bytes, launch->log_max_files);
    int ended = cs_monitor.ended;
    if (!ended) cs_record_start();
    cs_serve();
}

static _Noreturn void give_up(int control, const struct cs_outcome *outcome) {
    unsigned char frame[5 + sizeof *outcome] = {CS_FRAME_FAILED};
    put32(frame + 1, sizeof *outcome);
    memcpy(frame + 5, outcome, sizeof *outcome);
    (void)!write(control, frame, sizeof frame);
    if (cs_monitor.listener >= 0) unlinkat(cs_monitor.launch->runtime_fd, cs_monitor.launch->socket_name, 0);
    _exit(1);
}

static void new_pipe(int ends[2], struct cs_outcome *outcome) {
    if (pipe2(ends, O_CLOEXEC) < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = errno;
}

static void open_streams(struct start *start, struct cs_outcome *outcome) {
    new_pipe(start->go, outcome), new_pipe(start->report, outcome);
    if (!cs_monitor.launch->tty) new_pipe(start->stdin_pipe, outcome), new_pipe(start->stdout_pipe, outcome), new_pipe(start->stderr_pipe, outcome);
    else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, start->tty) < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = errno;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, start->pair) < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = errno;
    sigset_t child;
    sigemptyset(&child), sigaddset(&child, SIGCHLD);
    cs_monitor.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (cs_monitor.signals < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = errno;
    if (outcome->phase) return;
    cs_monitor.listener = cs_listen_unix(cs_monitor.launch->runtime_fd, cs_monitor.launch->socket_name);
    if (cs_monitor.listener < 0) outcome->phase = CS_PHASE_MONITOR, outcome->error = -cs_monitor.listener;
}

static _Noreturn void monitor_main(struct cs_launch *launch, int control) {
    struct start start = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    struct cs_outcome outcome = {0};
    cs_monitor = (struct monitor){.launch = launch, .keeper = -1, .input = -1, .output = {-1, -1}, .listener = -1, .signals = -1};
    for (int i = 0; i < CLIENTS_MAX; i++) cs_monitor.clients[i] = (struct client){.fd = -1, .spill = -1};
    setsid();
    prctl(PR_SET_NAME, "proa:monitor", 0, 0, 0);
    cs_set_title("proa:monitor");
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    /* A terminal or a login that ends must not take the monitor along; all else stays blocked, as the caller left it. */
    for (int number = 1; number < NSIG; number++) signal(number, number == SIGCHLD ? SIG_DFL : SIG_IGN);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    /* Relative host paths of the plan start at the store. It is the working directory before the mount namespace is made,
     * because the kernel translates that into the new namespace, and no open descriptor. */
    if (fchdir(launch->store_fd) < 0) outcome = (struct cs_outcome){.phase = CS_PHASE_MONITOR, .error = errno};
    int keep_list[] = {control, launch->container_fd, launch->runtime_fd, launch->store_fd, launch->join_pidns_fd, launch->join_netns_fd, launch->join_userns_fd, launch->hold_fd};
    int kept = sizeof keep_list / sizeof *keep_list;
    for (int i = 1; i < kept; i++)
        for (int j = i; j > 0 && keep_list[j] < keep_list[j - 1]; j--) { int swap = keep_list[j]; keep_list[j] = keep_list[j - 1], keep_list[j - 1] = swap; }
    cs_close_others(keep_list, kept);
    open_streams(&start, &outcome);
    if (outcome.phase) give_up(control, &outcome);
    cs_monitor.other = cs_clone(0, NULL);
    if (cs_monitor.other < 0) outcome = (struct cs_outcome){.phase = CS_PHASE_MONITOR, .error = -cs_monitor.other}, give_up(control, &outcome);
    if (cs_monitor.other == 0) {
        close(control);
        keep(&start);
    }
    close(start.go[0]), close(start.report[1]), close(start.tty[1]), close(start.pair[1]);
    close(start.stdin_pipe[0]), close(start.stdout_pipe[1]), close(start.stderr_pipe[1]);
    cs_monitor.keeper = start.pair[0];
    if (launch->join_userns_fd >= 0) close(launch->join_userns_fd);
    if (launch->join_netns_fd >= 0) close(launch->join_netns_fd);
    struct cloned cloned;
    if (cs_read_exactly(cs_monitor.keeper, &cloned, sizeof cloned) != 1) cloned = (struct cloned){.pid = -ECHILD};
    cs_monitor.init = cloned.pid;
    if (cs_monitor.init < 0) outcome = (struct cs_outcome){.phase = CS_PHASE_CLONE, .error = -cs_monitor.init}, give_up(control, &outcome);
    if (cloned.outcome.phase) give_up(control, &cloned.outcome);
    if (launch->join_userns_fd < 0 && launch->join_netns_fd < 0 && cs_write_maps(launch, cs_monitor.init, &outcome) < 0) give_up(control, &outcome);

    struct cs_report report;
    unsigned char pid[4];
    put32(pid, (uint32_t)cs_monitor.init);
    if (launch->tell_cloned) {
        if (cs_read_exactly(start.report[0], &report, sizeof report) != 1) report.error = ECHILD, report.phase = CS_PHASE_CLONE;
        if (report.error) outcome = (struct cs_outcome){.phase = report.phase, .error = report.error}, give_up(control, &outcome);
        unsigned char frame[9] = {CS_FRAME_CLONED, sizeof pid};
        memcpy(frame + 5, pid, sizeof pid);
        (void)!write(control, frame, sizeof frame);
    }
    unsigned char go[5]; /* a frame without payload: its length carries the wanted streams */
    if (cs_read_exactly(control, go, sizeof go) != 1 || go[0] != CS_FRAME_GO) {
        unlinkat(launch->runtime_fd, launch->socket_name, 0);
        _exit(1); /* the caller is gone or changed its mind; our end of the go pipe closes with us */
    }
    (void)!write(start.go[1], "g", 1);
    close(start.go[1]);
    if (cs_read_exactly(start.report[0], &report, sizeof report) == 1) {
        outcome = (struct cs_outcome){.phase = report.phase ? report.phase : CS_PHASE_STEPS, .error = report.error, .step = report.step, .detail = report.detail};
        give_up(control, &outcome);
    }
    close(start.report[0]);
    cs_monitor.input = start.stdin_pipe[1], cs_monitor.output[0] = start.stdout_pipe[0], cs_monitor.output[1] = start.stderr_pipe[0];
    if (launch->tty) {
        /* The message stays in the socket: the keeper takes it if it must take our place. */
        cs_monitor.input = cs_monitor.output[0] = cs_receive_fd(start.tty[0], 1);
        if (cs_monitor.input < 0) outcome = (struct cs_outcome){.phase = CS_PHASE_MONITOR, .error = EPIPE}, give_up(control, &outcome);
    } else if (!launch->open_stdin) cs_close_input();
    if (cs_monitor.input >= 0) set_nonblocking(cs_monitor.input);
    int error = cs_record_start();
    if (error) outcome = (struct cs_outcome){.phase = CS_PHASE_RECORD, .error = error}, give_up(control, &outcome);
    (void)!write(cs_monitor.keeper, "s", 1);
    cs_log_open(&cs_monitor.log, launch->container_fd, launch->log_name, launch->log_max_bytes, launch->log_max_files);
    set_nonblocking(control);
    cs_monitor.clients[0] = (struct client){.fd = control, .spill = -1, .creator = 1, .want = go[1]};
    cs_send_frame(&cs_monitor.clients[0], CS_FRAME_STARTED, pid, sizeof pid);
    cs_serve();
}

pid_t cs_launch(struct cs_launch *launch, int control) {
    pid_t pid = cs_clone(0, NULL);
    if (pid == 0) monitor_main(launch, control);
    return pid;
}
