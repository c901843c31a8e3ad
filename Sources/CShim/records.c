/* The records a monitor leaves: run.json while the container runs, exit.json after it. */
#include "monitor.h"

char *cs_text_append(char *at, const char *text) {
    size_t size = strlen(text);
    memcpy(at, text, size + 1);
    return at + size;
}

char *cs_number_append(char *at, long value) {
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

int cs_record_start(void) {
    char text[512], *at = text;
    if (!cs_monitor.launch->started_at[0]) cs_timestamp(cs_monitor.launch->started_at);
    at = cs_number_append(cs_text_append(at, "{\"pid\":"), cs_monitor.init);
    at = cs_number_append(cs_text_append(at, ",\"startTime\":"), start_time(cs_monitor.init));
    at = cs_number_append(cs_text_append(at, ",\"monitor\":"), getpid());
    at = cs_number_append(cs_text_append(at, ",\"monitorStartTime\":"), start_time(getpid()));
    at = cs_text_append(cs_text_append(cs_text_append(at, ",\"bootId\":\""), cs_monitor.launch->boot_id), "\"");
    cs_text_append(cs_text_append(cs_text_append(at, ",\"startedAt\":\""), cs_monitor.launch->started_at), "\"}");
    unlinkat(cs_monitor.launch->container_fd, "exit.json", 0);
    return write_record(cs_monitor.launch->container_fd, "run.json", text, 0);
}

/* Without room for another file: the exit is written over the record of the run, which has its block already. */
static int overwrite_run(const char *text) {
    int directory = cs_monitor.launch->container_fd;
    int fd = openat(directory, "run.json", O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return errno;
    char padded[512];
    struct stat status;
    size_t size = strlen(text);
    int error = fstat(fd, &status) < 0 ? errno : (size_t)status.st_size < size || (size_t)status.st_size > sizeof padded ? ENOSPC : 0;
    if (!error) {
        memset(padded, ' ', sizeof padded);
        memcpy(padded, text, size);
        /* One call: a reader finds the one record or the other. */
        if (pwrite(fd, padded, (size_t)status.st_size, 0) != status.st_size) error = ENOSPC;
    }
    if (!error && cs_monitor.launch->durable && fsync(fd) < 0) error = errno;
    close(fd);
    if (!error && renameat(directory, "run.json", directory, "exit.json") < 0) error = errno;
    return error;
}

int cs_exit_code(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

void cs_record_exit(void) {
    char text[256], time[32], *at = text;
    cs_timestamp(time);
    at = cs_number_append(cs_text_append(at, "{\"exitCode\":"), cs_exit_code(cs_monitor.status));
    at = cs_text_append(cs_text_append(at, ",\"startedAt\":\""), cs_monitor.launch->started_at);
    cs_text_append(cs_text_append(cs_text_append(at, "\",\"finishedAt\":\""), time), "\"}");
    /* A record that need not be durable is worth no file of its own. */
    if (!cs_monitor.launch->durable && overwrite_run(text) == 0) return;
    /* A full disk is tried again for a while: the exit code is worth waiting for. */
    for (int tries = 0; tries < 50; tries++) {
        int error = write_record(cs_monitor.launch->container_fd, "exit.json", text, cs_monitor.launch->durable);
        if (error == 0) break;
        if ((error == ENOSPC || error == EDQUOT) && overwrite_run(text) == 0) return;
        struct timespec pause = {.tv_nsec = 200000000};
        nanosleep(&pause, NULL);
    }
    unlinkat(cs_monitor.launch->container_fd, "run.json", 0);
}
