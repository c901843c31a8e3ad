/* libseccomp for Swift: flat arrays in, BPF bytes out. */
#ifndef CSECCOMP_H
#define CSECCOMP_H

#include <stddef.h>
#include <stdint.h>

/* One comparison of an argument; `op` is enum scmp_compare. */
struct cseccomp_arg {
    uint32_t index, op;
    uint64_t a, b;
};

/* `action` is a SECCOMP_RET_* word with its data; `args` slices the filter's list. */
struct cseccomp_rule {
    int32_t number;
    uint32_t action, first_arg, arg_count;
};

struct cseccomp_filter {
    uint32_t default_action;
    uint32_t arch; /* the one SCMP_ARCH_* word that the program answers for; it kills all others */
    const struct cseccomp_rule *rules;
    size_t rule_count;
    const struct cseccomp_arg *args;
};

/* major << 16 | minor << 8 | micro of the library. */
uint32_t cseccomp_version(void);
/* The SCMP_ARCH_* word of this process. */
uint32_t cseccomp_native(void);
/* "x86_64" to SCMP_ARCH_X86_64; 0 when unknown. */
uint32_t cseccomp_arch(const char *name);
/* The native number, a negative pseudo number of a call that only other architectures have, or -1: unknown. */
int32_t cseccomp_number(const char *name);
/* The number on `arch`; negative when it has no such call. */
int32_t cseccomp_number_on(uint32_t arch, const char *name);
/* Writes the program, at most `capacity` bytes; the number of bytes, or -errno. `bad_rule` is set to the rule
 * that was refused, to SIZE_MAX when it was none. */
long cseccomp_compile(const struct cseccomp_filter *filter, uint8_t *out, size_t capacity, size_t *bad_rule);

#endif
