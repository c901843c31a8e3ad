/* The mounts of a container, by descriptor: a target checked is the target mounted on. Async-signal-safe. */
#include "context.h"

int cs_attach(int mount, int target) {
    return move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0 ? failed() : 0;
}

int cs_set_attributes(int mount, uint64_t attributes, int recursive) {
    if (!attributes) return 0;
    struct mount_attr attr = {.attr_set = attributes};
    return mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr, sizeof attr) < 0 ? failed() : 0;
}

/* A detached mount of a new file system. */
static int new_filesystem(const char *type, const char *name, const char *const *options, uint64_t attributes) {
    int context = fsopen(type, FSOPEN_CLOEXEC), mount = -1;
    if (context < 0) return -failed();
    fsconfig(context, FSCONFIG_SET_STRING, "source", name ? name : type, 0);
    for (; options && *options; options++) {
        char key[64];
        const char *equals = strchr(*options, '=');
        size_t size = equals ? (size_t)(equals - *options) : strlen(*options);
        if (size >= sizeof key) { errno = EINVAL; goto out; }
        memcpy(key, *options, size);
        key[size] = 0;
        if (fsconfig(context, equals ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, equals ? equals + 1 : NULL, 0) < 0) goto out;
    }
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) goto out;
    mount = fsmount(context, FSMOUNT_CLOEXEC, (unsigned int)attributes);
out:;
    int error = mount < 0 ? failed() : 0;
    close(context);
    return mount < 0 ? -error : mount;
}

static char *put(char *at, const char *end, const char *text) {
    size_t size = strlen(text);
    if (!at || (size_t)(end - at) <= size) return NULL;
    memcpy(at, text, size + 1);
    return at + size;
}

/* mount(2) takes a page of options at most. */
static int mount_overlay(const struct cs_step *step, const char *const *lower) {
    static char data[4096];
    const char *end = data + sizeof data;
    char *at = put(data, end, "userxattr,upperdir=");
    at = put(put(put(put(at, end, step->source), end, ",workdir="), end, step->extra), end, ",lowerdir=");
    for (const char *const *path = lower; *path && at; path++) at = put(put(at, end, path == lower ? "" : ":"), end, *path);
    if (!at) return ENAMETOOLONG;
    return mount("overlay", step->target, "overlay", step->number & MOUNT_ATTR_NODEV ? MS_NODEV : 0, data) < 0 ? failed() : 0;
}

/* Kernels before 6.5 take all lower directories in one option. Many layers get short names there: bound on numbered
 * directories of a tmpfs below the mount point, which the overlay then covers. */
static int overlay_old(const struct cs_step *step) {
    enum { LAYERS_MAX = 500 };
    static char names[LAYERS_MAX][4];
    static const char *numbered[LAYERS_MAX + 1];
    int error = mount_overlay(step, step->list);
    if (error != ENAMETOOLONG) return error;
    int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || mount("tmpfs", step->target, "tmpfs", 0, "mode=700") < 0) return failed();
    int count = 0;
    error = 0;
    for (; !error && step->list[count]; count++) {
        if (count == LAYERS_MAX) return E2BIG;
        char *name = names[count];
        name[0] = (char)('a' + count / 26 % 26), name[1] = (char)('a' + count % 26), name[2] = 0;
        numbered[count] = name;
        int layer = open_tree(here, step->list[count], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        int place = open(step->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (layer < 0 || place < 0 || mkdirat(place, name, 0700) < 0 || move_mount(layer, "", place, name, MOVE_MOUNT_F_EMPTY_PATH) < 0) error = failed();
        if (layer >= 0) close(layer);
        if (place >= 0) close(place);
    }
    if (!error && chdir(step->target) < 0) error = failed();
    if (!error) error = mount_overlay(step, numbered);
    if (fchdir(here) < 0 && !error) error = failed();
    close(here);
    return error;
}

/* One call per lower directory: Linux 6.5 and later. */
static int overlay_new(struct context *context, int fs) {
    const struct cs_step *step = context->step;
    if (fsconfig(fs, FSCONFIG_SET_STRING, "source", "overlay", 0) < 0 || fsconfig(fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0) < 0) return failed();
    for (const char *const *lower = step->list; *lower; lower++)
        if (fsconfig(fs, FSCONFIG_SET_STRING, "lowerdir+", *lower, 0) < 0) return failed();
    context->detail = 1;
    if (fsconfig(fs, FSCONFIG_SET_STRING, "upperdir", step->source, 0) < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "workdir", step->extra, 0) < 0) return failed();
    context->detail = 2;
    if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return failed();
    int mount = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned int)step->number);
    if (mount < 0) return failed();
    int error = move_mount(mount, "", AT_FDCWD, step->target, MOVE_MOUNT_F_EMPTY_PATH) < 0 ? failed() : 0;
    close(mount);
    return error;
}

int cs_overlay(struct context *context) {
    int fs = fsopen("overlay", FSOPEN_CLOEXEC);
    if (fs < 0) return failed();
    int error = overlay_new(context, fs);
    close(fs);
    /* An older kernel takes any option and says EINVAL only when the file system is made. */
    if (error == EINVAL) error = overlay_old(context->step);
    if (error) return error;
    context->root = open(context->step->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return context->root < 0 ? failed() : 0;
}

int cs_root_bind(struct context *context) {
    const struct cs_step *step = context->step;
    int tree = open_tree(AT_FDCWD, step->source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (tree < 0) return failed();
    int error = cs_set_attributes(tree, step->number, 0);
    if (!error) error = move_mount(tree, "", AT_FDCWD, step->target, MOVE_MOUNT_F_EMPTY_PATH) < 0 ? failed() : 0;
    close(tree);
    if (error) return error;
    context->root = open(step->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return context->root < 0 ? failed() : 0;
}

/* Copies regular files, directories and links of `from` into `to`: a tmpfs that starts with the content it hides. */
static void copy_tree(int from, int to, int depth) {
    char buffer[4096] __attribute__((aligned(8)));
    long count;
    while (depth < 32 && (count = syscall(SYS_getdents64, from, buffer, sizeof buffer)) > 0)
        for (long at = 0; at < count;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + at);
            at += entry->d_reclen;
            const char *name = entry->d_name;
            struct stat status;
            if (!strcmp(name, ".") || !strcmp(name, "..") || fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0) continue;
            if (S_ISDIR(status.st_mode)) {
                mkdirat(to, name, 0700);
                int a = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), b = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (a >= 0 && b >= 0) copy_tree(a, b, depth + 1);
                if (b >= 0) fchown(b, status.st_uid, status.st_gid), fchmod(b, status.st_mode & 07777), close(b);
                if (a >= 0) close(a);
            } else if (S_ISREG(status.st_mode)) {
                int a = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), b = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
                if (a >= 0 && b >= 0) {
                    while (copy_file_range(a, NULL, b, NULL, 1 << 20, 0) > 0) {}
                    char block[1024];
                    ssize_t got;
                    while ((got = read(a, block, sizeof block)) > 0 && write(b, block, (size_t)got) == got) {}
                    fchown(b, status.st_uid, status.st_gid), fchmod(b, status.st_mode & 07777);
                }
                if (a >= 0) close(a);
                if (b >= 0) close(b);
            } else if (S_ISLNK(status.st_mode)) {
                char link[PATH_MAX];
                ssize_t size = readlinkat(from, name, link, sizeof link - 1);
                if (size > 0) link[size] = 0, symlinkat(link, to, name), fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW);
            }
        }
}

int cs_filesystem(struct context *context) {
    const struct cs_step *step = context->step;
    int target = cs_open_target(context, step->target, step->flags);
    if (target < 0) return -target;
    int mount = new_filesystem(step->source, step->extra, step->list, step->number);
    if (mount < 0 && step->flags & CS_MOUNT_BIND_IF_REFUSED && (mount == -EPERM || mount == -EBUSY)) {
        lost(context, -mount);
        mount = open_tree(AT_FDCWD, step->target, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
        if (mount < 0) mount = -failed();
        else {
            int error = cs_set_attributes(mount, step->number, 1);
            if (error) close(mount), mount = -error;
        }
    }
    if (mount < 0) { close(target); return -mount; }
    if (step->flags & CS_MOUNT_COPY_UP) {
        int hidden = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fresh = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (hidden >= 0 && fresh >= 0) copy_tree(hidden, fresh, 0);
        if (hidden >= 0) close(hidden);
        if (fresh >= 0) close(fresh);
    }
    int error = cs_attach(mount, target);
    close(target);
    /* The private proc mount serves our own writes: nothing of the container can redirect them. */
    if (!error && !strcmp(step->source, "proc") && context->proc < 0) context->proc = mount;
    else close(mount);
    return error;
}

/* What a bind mount shows, cloned. A path below the source is written by containers: it is resolved without leaving it. */
static int open_source(const struct cs_step *step) {
    unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (step->flags & CS_MOUNT_RECURSIVE ? AT_RECURSIVE : 0);
    int tree;
    if (step->extra) {
        int top = open(step->source, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (top < 0) return -failed();
        int below = cs_openat2(top, step->extra, O_PATH, 0, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
        close(top);
        if (below < 0) return below;
        tree = open_tree(below, "", flags | AT_EMPTY_PATH);
        int error = tree < 0 ? failed() : 0;
        close(below);
        return error ? -error : tree;
    }
    tree = open_tree(AT_FDCWD, step->source, flags);
    return tree < 0 ? -failed() : tree;
}

void cs_open_sources(const struct context *context) {
    const struct cs_plan *plan = context->plan;
    for (uint32_t i = 0; i < plan->step_count; i++) plan->sources[i] = plan->steps[i].op == CS_BIND ? open_source(&plan->steps[i]) : -1;
}

int cs_bind_mount(struct context *context) {
    const struct cs_step *step = context->step;
    context->detail = 1;
    int tree = context->plan->sources ? context->plan->sources[step - context->plan->steps] : open_source(step);
    if (tree < 0) return -tree;
    uint32_t flags = step->flags;
    struct stat status;
    if (fstat(tree, &status) == 0 && !S_ISDIR(status.st_mode)) flags |= CS_MOUNT_CREATE_FILE;
    context->detail = 2;
    int target = cs_open_target(context, step->target, flags);
    if (target < 0) { close(tree); return -target; }
    context->detail = 3;
    int error = cs_set_attributes(tree, step->number, step->flags & CS_MOUNT_ATTRIBUTES_RECURSIVE);
    if (!error && step->number2) {
        struct mount_attr attr = {.propagation = step->number2};
        if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) < 0) error = failed();
    }
    context->detail = 4;
    if (!error) error = cs_attach(tree, target);
    close(tree);
    close(target);
    return error;
}

/* A device of the host, bound by descriptor after checking that it is the device meant. */
int cs_device(struct context *context) {
    const struct cs_step *step = context->step;
    int tree = open_tree(AT_FDCWD, step->source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0) return failed();
    struct stat status;
    int error = 0;
    if (fstat(tree, &status) < 0) error = failed();
    else if (step->number && (!S_ISCHR(status.st_mode) || status.st_rdev != step->number)) error = ENODEV;
    /* The node is the host's own: on a read-only mount it works as ever, but its mode, owner and times stay as they are. */
    if (!error) error = cs_set_attributes(tree, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0);
    if (!error) {
        int target = cs_open_target(context, step->target, step->flags | CS_MOUNT_CREATE | CS_MOUNT_CREATE_FILE);
        if (target < 0) error = -target;
        else {
            error = cs_attach(tree, target);
            close(target);
        }
    }
    if (!error && step->number == makedev(1, 3)) context->null = tree;
    else close(tree);
    return error;
}

int cs_mask(struct context *context) {
    int target = cs_open_target(context, context->step->target, CS_MOUNT_NO_LINKS);
    if (target == -ENOENT || target == -ENOTDIR || target == -EACCES) return 0;
    if (target < 0) return -target;
    struct stat status;
    int mount, error;
    if (fstat(target, &status) < 0) error = failed();
    else {
        static const char *const none[] = {"size=0", "nr_inodes=1", NULL};
        if (S_ISDIR(status.st_mode)) mount = new_filesystem("tmpfs", NULL, none, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        else if ((mount = open_tree(context->null, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)) < 0) mount = -failed();
        error = mount < 0 ? -mount : cs_attach(mount, target);
        if (mount >= 0) close(mount);
    }
    close(target);
    return error;
}

int cs_read_only(struct context *context) {
    int target = cs_open_target(context, context->step->target, CS_MOUNT_NO_LINKS);
    if (target == -ENOENT || target == -ENOTDIR || target == -EACCES) return 0;
    if (target < 0) return -target;
    int tree = open_tree(target, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    int error = tree < 0 ? failed() : cs_set_attributes(tree, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 1);
    if (!error) error = cs_attach(tree, target);
    if (tree >= 0) close(tree);
    close(target);
    return error;
}
