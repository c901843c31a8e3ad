/* Paths of a container: resolved by openat2 inside its root, made where missing, never by name. Async-signal-safe. */
#include "context.h"

/* The parent directory of `path` inside the root, made where missing; `*name` is the last component. */
int cs_open_parent(int root, const char *path, const char **name, uint64_t resolve, mode_t mode) {
    char part[NAME_MAX + 1];
    int at = fcntl(root, F_DUPFD_CLOEXEC, 3);
    for (;;) {
        while (*path == '/') path++;
        const char *slash = strchr(path, '/');
        const char *rest = slash;
        while (rest && *rest == '/') rest++;
        if (!slash || !*rest) {
            *name = path;
            return at;
        }
        size_t size = (size_t)(slash - path);
        if (at < 0 || size > NAME_MAX) {
            if (at >= 0) close(at);
            return size > NAME_MAX ? -ENAMETOOLONG : -EBADF;
        }
        memcpy(part, path, size);
        part[size] = 0;
        int next = cs_openat2(at, part, O_PATH | O_DIRECTORY, 0, resolve);
        if (next == -ENOENT && mkdirat(at, part, mode) == 0) next = cs_openat2(at, part, O_PATH | O_DIRECTORY, 0, resolve);
        close(at);
        if (next < 0) return next;
        at = next;
        path = rest;
    }
}

/* The mount target as an O_PATH descriptor, made in-root when the step allows it. */
int cs_open_target(const struct context *context, const char *path, uint32_t flags) {
    uint64_t resolve = flags & CS_MOUNT_NO_LINKS ? IN_ROOT | RESOLVE_NO_SYMLINKS : IN_ROOT;
    int fd = cs_openat2(context->root, path, O_PATH, 0, resolve);
    if (fd != -ENOENT || !(flags & CS_MOUNT_CREATE)) return fd;
    /* Links in the middle of the path keep working inside the root; a link in the parent part is resolved by the
     * whole-path attempt above, so only plain components are made here. */
    const char *name;
    int parent = cs_open_parent(context->root, path, &name, IN_ROOT | RESOLVE_NO_SYMLINKS, 0755);
    if (parent < 0) return parent;
    char last[NAME_MAX + 1];
    size_t size = strcspn(name, "/");
    if (size > NAME_MAX) return -ENAMETOOLONG;
    memcpy(last, name, size);
    last[size] = 0;
    int error = 0;
    if (flags & CS_MOUNT_CREATE_FILE) {
        int made = openat(parent, last, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (made < 0) error = errno;
        else close(made);
    } else if (mkdirat(parent, last, 0755) < 0) error = errno;
    if (!error || error == EEXIST) fd = cs_openat2(parent, last, O_PATH, 0, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    else fd = -error;
    close(parent);
    return fd;
}
