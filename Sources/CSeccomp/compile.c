#define _GNU_SOURCE
#include "cseccomp.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

uint32_t cseccomp_version(void) {
    const struct scmp_version *version = seccomp_version();
    return version ? version->major << 16 | version->minor << 8 | version->micro : 0;
}

uint32_t cseccomp_native(void) { return seccomp_arch_native(); }

uint32_t cseccomp_arch(const char *name) { return seccomp_arch_resolve_name(name); }

int32_t cseccomp_number(const char *name) { return seccomp_syscall_resolve_name(name); }

int32_t cseccomp_number_on(uint32_t arch, const char *name) { return seccomp_syscall_resolve_name_arch(arch, name); }

static int add_rule(scmp_filter_ctx context, const struct cseccomp_rule *rule, const struct cseccomp_arg *args) {
    struct scmp_arg_cmp compare[6];
    if (rule->arg_count > 6) return -EINVAL;
    for (uint32_t i = 0; i < rule->arg_count; i++) {
        const struct cseccomp_arg *arg = &args[rule->first_arg + i];
        compare[i] = (struct scmp_arg_cmp){
            .arg = arg->index, .op = (enum scmp_compare)arg->op, .datum_a = arg->a, .datum_b = arg->b};
    }
    int code = seccomp_rule_add_array(context, rule->action, rule->number, rule->arg_count, compare);
    return code == -EEXIST ? 0 : code;
}

static int fill(scmp_filter_ctx context, const struct cseccomp_filter *filter, size_t *bad_rule) {
    /* A binary tree instead of a chain: most calls need about 10 comparisons instead of hundreds. */
    int code = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (code == 0) code = seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 0);
    if (code == 0 && filter->arch != seccomp_arch_native()) {
        code = seccomp_arch_add(context, filter->arch);
        if (code == 0) code = seccomp_arch_remove(context, seccomp_arch_native());
    }
    for (size_t i = 0; code == 0 && i < filter->rule_count; i++) {
        code = add_rule(context, &filter->rules[i], filter->args);
        if (code != 0) *bad_rule = i;
    }
    return code;
}

static long export(scmp_filter_ctx context, uint8_t *out, size_t capacity) {
    int file = memfd_create("seccomp", MFD_CLOEXEC);
    if (file < 0) return -errno;
    long result = seccomp_export_bpf(context, file);
    off_t size = result < 0 ? 0 : lseek(file, 0, SEEK_END);
    if (size < 0 || (size_t)size > capacity) result = -E2BIG;
    for (off_t done = 0; result >= 0 && done < size;) {
        ssize_t count = pread(file, out + done, (size_t)(size - done), done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) result = count < 0 ? -errno : -EIO;
        else done += count;
    }
    close(file);
    return result < 0 ? result : (long)size;
}

long cseccomp_compile(const struct cseccomp_filter *filter, uint8_t *out, size_t capacity, size_t *bad_rule) {
    *bad_rule = SIZE_MAX;
    scmp_filter_ctx context = seccomp_init(filter->default_action);
    if (!context) return -EINVAL;
    long result = fill(context, filter, bad_rule);
    if (result == 0) result = export(context, out, capacity);
    seccomp_release(context);
    return result;
}
