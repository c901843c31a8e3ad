/* The set-up of a container as flat data: Swift writes it, C executes it between clone(2) and execve(2).
 * Every pointer points into the same shared mapping (see cs_arena_new), which parent and child see at one address. */
#ifndef CSHIM_PLAN_H
#define CSHIM_PLAN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One step. `target` is a path inside the container's root, resolved without leaving it. */
enum cs_op {
    CS_PROPAGATION = 1, /* flags: MS_* for mount(2) on "/", recursively */
    CS_OVERLAY,         /* list: lower directories, topmost first; source: upper; extra: work; target: mount point (host path);
                           number: MOUNT_ATTR_* */
    CS_ROOT_BIND,       /* source: host directory that becomes the root; target: mount point (host path); number: MOUNT_ATTR_* */
    CS_FILESYSTEM,      /* source: type; extra: its source, or NULL; list: "key=value" or "flag"; flags: CS_MOUNT_*; number: MOUNT_ATTR_* */
    CS_BIND,            /* source: host path; extra: path below it, or NULL; target; flags: CS_MOUNT_*; number: MOUNT_ATTR_* to set; number2: MS_* propagation */
    CS_DEVICE,          /* source: host device node; target; number: expected dev_t, 0 for any */
    CS_SYMLINK,         /* source: text of the link; target */
    CS_DIRECTORY,       /* target; number: mode */
    CS_MASK,            /* target: hidden behind /dev/null or an empty read-only tmpfs; absent is fine */
    CS_READ_ONLY,       /* target: remounted read-only; absent is fine */
    CS_SYSCTL,          /* target: path below /proc/sys; source: value; flags: CS_MOUNT_OPTIONAL */
    CS_HOSTNAME,        /* source */
    CS_DOMAINNAME,      /* source */
    CS_LOOPBACK,        /* brings `lo` up */
    CS_RLIMIT,          /* flags: resource; number: soft; number2: hard */
    CS_OOM_SCORE,       /* source: text for oom_score_adj */
    CS_CONSOLE,         /* opens a pty in the container, sends its master, makes the slave the standard streams;
                           flags: 1 = also bind it on /dev/console; number: rows << 16 | columns, 0 unknown */
    CS_ROOT_READ_ONLY,
    CS_PIVOT,
    CS_WORKDIR,         /* target: made when missing, owned by root */
    CS_BOUNDING,        /* number: capabilities that stay */
    CS_IDENTITY,        /* flags: uid; number: gid; number2: count of groups, ~0: they stay; data: uint32_t groups[] */
    CS_CAPABILITIES,    /* number: effective and permitted; number2: inheritable (always 0) */
    CS_NO_NEW_PRIVILEGES,
    CS_SECCOMP,         /* data, size: struct sock_filter[] */
    CS_KEYRING,         /* a session keyring of its own; refusal is fine */
    CS_REAPER,          /* process 1 stays as a reaper of ours, its child goes on */
    CS_SLEEP_FOREVER,   /* no program: this process holds the namespaces */
};

enum {
    CS_MOUNT_CREATE_FILE = 1,      /* a missing target becomes a file, else a directory */
    CS_MOUNT_CREATE = 2,           /* a missing target is made */
    CS_MOUNT_NO_LINKS = 4,         /* the target path may contain no symbolic link at all */
    CS_MOUNT_RECURSIVE = 8,        /* bind with submounts */
    CS_MOUNT_OPTIONAL = 16,        /* refusal is fine */
    CS_MOUNT_ATTRIBUTES_RECURSIVE = 32,
    CS_MOUNT_BIND_IF_REFUSED = 64, /* CS_FILESYSTEM: bind the host's mount at the same path instead */
    CS_MOUNT_COPY_UP = 128,        /* tmpfs: filled with the content it hides */
};

struct cs_step {
    uint32_t op, flags;
    uint64_t number, number2;
    const char *source, *target, *extra;
    const char *const *list; /* NULL-terminated or NULL */
    const void *data;
    size_t size;
};

/* A line of an id map: `inside` starts at 0 for the container. */
struct cs_id_range {
    uint32_t inside, outside, count;
};

struct cs_plan {
    const struct cs_step *steps;
    uint32_t step_count;
    int store_fd;                    /* -1: the root is entered already (exec) */
    const char *const *candidates;   /* full paths to try for the program, in order */
    const char *const *argv;
    const char *const *envp;
    int32_t *sources;                /* not NULL: root of the new user namespace may not reach what the caller may. The root file
                                        system is mounted and the sources of CS_BIND are opened before this process
                                        becomes it, one descriptor or -errno for each step */
    uint32_t keep_groups;            /* the caller's groups stay */
    int32_t *refused;                /* per step: why the kernel refused what may be missing; 0 or errno. NULL: nobody asks */
};

/* What the child says when a step fails; end of file without it means that execve(2) worked. */
struct cs_report {
    uint32_t step;    /* index, or step_count for execve itself */
    int32_t error;    /* errno */
    uint32_t detail;  /* for CS_CONSOLE, CS_OVERLAY, CS_BIND: which call (see setup.c) */
    uint32_t phase;   /* enum cs_phase where it was before the steps, else 0 */
};

/* Runs the steps and the program; returns only on failure, with the report filled. `tty_socket` takes the pty master
 * (SCM_RIGHTS) or is -1. `report_fd` is closed by execve or by the reaper. Async-signal-safe. */
void cs_run_plan(const struct cs_plan *plan, int report_fd, int tty_socket, struct cs_report *report);

/* Runs steps that only mount in this process, which has one thread. `is_private`: it has a mount namespace of its own
 * already, else it gets one; whatever is mounted goes with it. Returns the container's root (O_PATH) or -errno, with the report
 * filled unless it was the namespace that was refused. */
int cs_mount_root(const struct cs_plan *plan, int is_private, struct cs_report *report);

/* A private anonymous mapping shared with children; `size` bytes are reserved, only touched pages cost. NULL on failure. */
void *cs_arena_new(size_t size);
void cs_arena_free(void *arena, size_t size);

/* Kernel and libc pieces shared by setup.c and monitor.c. */
pid_t cs_clone(uint64_t flags, int *pidfd);
int cs_send_fd(int socket, int fd);
int cs_receive_fd(int socket, int peek);
void cs_reset_signals(void);
/* Closes every descriptor from 3 on that is not among the `count` ascending numbers of `keep`. */
void cs_close_others(const int *keep, int count);

#endif
