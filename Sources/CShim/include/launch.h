/* Starting a container, its monitor, and a process inside a running container. */
#ifndef CSHIM_LAUNCH_H
#define CSHIM_LAUNCH_H

#include "plan.h"

/* How the ids of a new user namespace are mapped. */
enum cs_map { CS_MAP_NONE = 0, CS_MAP_DIRECT = 1, CS_MAP_HELPERS = 2 };

/* Everything about a start, in an arena. The first part must be complete before cs_launch, the plan before cs_go. */
struct cs_launch {
    uint64_t clone_flags;             /* CLONE_NEW* */
    uint32_t map;                     /* enum cs_map */
    const char *uid_map, *gid_map;    /* CS_MAP_DIRECT: text for /proc/PID/{uid,gid}_map */
    const char **uid_helper, **gid_helper; /* CS_MAP_HELPERS: argv, element 1 is filled with the pid */
    char pid_text[16];
    char started_at[32];              /* written by the monitor, kept for the keeper: RFC 3339 */

    uint32_t tty, open_stdin, stdin_once, auto_remove;
    uint32_t durable;                 /* 0: the exit record need not survive a power cut (its container does not) */
    int container_fd, runtime_fd, store_fd; /* directories: record and log; sockets; working directory of the plan */
    int join_pidns_fd, join_netns_fd; /* namespaces to enter before cloning, or -1 */
    int join_userns_fd;               /* the user namespace in which to clone, or -1: the id maps are then CS_MAP_DIRECT, or none: no new one */
    int hold_fd;                      /* kept open by monitor and keeper as long as the container runs, or -1 */
    uint32_t tell_cloned;             /* 1: CS_FRAME_CLONED is wanted before CS_FRAME_GO */
    const char *log_name;             /* json-file in container_fd, NULL for none */
    uint64_t log_max_bytes;           /* 0: never rotated */
    uint32_t log_max_files;
    const char *socket_name;          /* in runtime_fd */
    const char *boot_id;
    const char *cleanup_program;      /* run as "proa:cleanup ID" when nobody else removes the container */
    const char *container_id;
    uid_t stdio_owner;                /* the streams belong to this host uid, or -1 */
    struct cs_plan plan;
};

/* Why a start failed. */
enum cs_phase { CS_PHASE_MONITOR = 1, CS_PHASE_CLONE, CS_PHASE_UID_MAP, CS_PHASE_GID_MAP, CS_PHASE_STEPS, CS_PHASE_RECORD };
struct cs_outcome {
    uint32_t phase;
    int32_t error;        /* errno; for the map phases the helper's exit status when negative */
    uint32_t step, detail;
};

/* Frames on an attach socket: one byte of type, four bytes of little-endian length, payload. */
enum {
    CS_FRAME_STDOUT = 'o', CS_FRAME_STDERR = 'r', CS_FRAME_STARTED = 'S', CS_FRAME_FAILED = 'F', CS_FRAME_EXIT = 'X',
    CS_FRAME_STDIN = 'i', CS_FRAME_STDIN_END = 'e', CS_FRAME_SIZE = 'w', CS_FRAME_GO = 'G', CS_FRAME_REMOVED = 'R',
    CS_FRAME_CLONED = 'P', /* to the creator, payload the first process's pid: it is in its namespaces, and waits */
    CS_FRAME_WANT = 'a', /* attach: payload one byte, bits 1 stdin, 2 stdout, 4 stderr */
};

/* Forks the monitor, which clones the container's first process and writes its id maps at once.
 * `control` is the monitor's end of a socket pair and stays open in the caller, which closes it.
 * Returns the monitor's pid or -errno. All signals must be blocked by the caller. */
pid_t cs_launch(struct cs_launch *launch, int control);

/* A process inside a running container. */
struct cs_exec {
    int target_pidfd;
    uint64_t namespaces;    /* CLONE_NEW* to join */
    int stdin_fd, stdout_fd, stderr_fd; /* -1 with a terminal */
    int tty_socket;         /* takes the master, or -1 */
    uid_t stdio_owner;      /* uid inside, who owns the streams */
    struct cs_plan plan;
};

/* Joins, forks and executes. Returns the host pid of the process, a child of the caller, or -errno with `outcome` filled. */
pid_t cs_exec(struct cs_exec *exec, struct cs_outcome *outcome);

/* A child in a new user namespace with these maps that executes `argv` with the caller's descriptors 0-2 and environment.
 * For stages that need subordinate ids. It ends with its caller, unless `outlives`: then it leads a session of its own.
 * Returns its pid or -errno with `outcome` filled. */
pid_t cs_spawn_mapped(const struct cs_launch *maps, int outlives, const char *program, char *const argv[], char *const envp[], struct cs_outcome *outcome);

#endif
