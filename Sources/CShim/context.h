/* The state of a set-up while its steps run; see setup.c. */
#ifndef CSHIM_CONTEXT_H
#define CSHIM_CONTEXT_H
#include "cshim.h"
#include "plan.h"

struct context {
    const struct cs_plan *plan;
    const struct cs_step *step;
    int root, proc, null, tty_socket, report, reaper;
    uint32_t detail;
    uint64_t magic; /* bit per candidate of the program, see `find_magic` */
};

#define IN_ROOT (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)

static inline int failed(void) { return errno ? errno : EIO; }

/* What is lost without failing; the caller tells it. */
static inline void lost(const struct context *context, int error) {
    if (error && context->plan->refused) context->plan->refused[context->step - context->plan->steps] = error;
}

/* targets.c: paths inside the container's root. */
int cs_open_parent(int root, const char *path, const char **name, uint64_t resolve, mode_t mode);
int cs_open_target(const struct context *context, const char *path, uint32_t flags);

/* mounts.c: each answers 0 or an errno. */
int cs_attach(int mount, int target);
int cs_set_attributes(int mount, uint64_t attributes, int recursive);
int cs_overlay(struct context *context);
int cs_root_bind(struct context *context);
int cs_filesystem(struct context *context);
int cs_bind_mount(struct context *context);
/* Fills the plan's `sources`. */
void cs_open_sources(const struct context *context);
int cs_device(struct context *context);
int cs_mask(struct context *context);
int cs_read_only(struct context *context);
#endif
