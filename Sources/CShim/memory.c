/* A monitor is forked from a whole Swift program and needs a few kilobytes of it. What it does not need is given back:
 * code and constants, which come again from the file when touched, the unchanged pages of the data segment, for the same
 * reason, and the heap, which this side never uses. Nothing here allocates. */
#include "cshim.h"
#include "internal.h"

enum { PAGE = 4096, BATCH = 512 };

/* Drops the pages of a private file mapping that still are the file's: bit 61 of their entry in pagemap(5). */
static void drop_unchanged(int pagemap, unsigned long start, unsigned long end) {
    uint64_t entries[BATCH];
    while (start < end) {
        size_t count = (end - start) / PAGE < BATCH ? (end - start) / PAGE : BATCH;
        if (pread(pagemap, entries, count * sizeof *entries, (off_t)(start / PAGE * sizeof *entries)) != (ssize_t)(count * sizeof *entries)) return;
        for (size_t i = 0; i < count; i++)
            if (entries[i] >> 61 & 1) madvise((void *)(start + i * PAGE), PAGE, MADV_DONTNEED);
        start += count * PAGE;
    }
}

static unsigned long hexadecimal(const char **at) {
    unsigned long value = 0;
    for (;; (*at)++) {
        char c = **at;
        if (c >= '0' && c <= '9') value = value << 4 | (unsigned long)(c - '0');
        else if (c >= 'a' && c <= 'f') value = value << 4 | (unsigned long)(c - 'a' + 10);
        else return value;
    }
}

/* One line of maps(5): `start-end perms offset device inode path`. */
static void shed_mapping(const char *line, int pagemap) {
    unsigned long start = hexadecimal(&line);
    line++;
    unsigned long end = hexadecimal(&line);
    const char *perms = ++line, *path = strchr(line, '/');
    if (perms[3] != 'p') return;
    if (strstr(line, "[heap]")) madvise((void *)start, end - start, MADV_DONTNEED);
    else if (path && perms[2] == 'x') madvise((void *)start, end - start, MADV_DONTNEED);
    /* Read-only now does not mean never written: the linker relocates pages and protects them afterwards. */
    else if (path) drop_unchanged(pagemap, start, end);
}

void cs_shed_memory(void) {
    char text[8192];
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC), pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    size_t have = 0;
    ssize_t count;
    while (maps >= 0 && pagemap >= 0 && (count = read(maps, text + have, sizeof text - 1 - have)) > 0) {
        have += (size_t)count;
        text[have] = 0;
        char *line = text, *end;
        for (; (end = strchr(line, '\n')); line = end + 1) {
            *end = 0;
            shed_mapping(line, pagemap);
        }
        have -= (size_t)(line - text);
        memmove(text, line, have);
    }
    if (maps >= 0) close(maps);
    if (pagemap >= 0) close(pagemap);
}

/* /proc/PID/cmdline is open to everybody, also to the container whose process 1 is ours (--init): the caller's command line,
 * with its paths and variables, is replaced. Fields 48 and 49 of /proc/self/stat (proc(5)) tell where it lies. */
void cs_set_title(const char *title) {
    char text[2048];
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    if (size <= 0) return;
    text[size] = 0;
    char *at = strrchr(text, ')');
    unsigned long bounds[2] = {0, 0};
    for (int field = 2; at && field < 49; field++) {
        at = strchr(at + 1, ' ');
        if (at && field >= 47)
            for (const char *digit = at + 1; *digit >= '0' && *digit <= '9'; digit++)
                bounds[field - 47] = bounds[field - 47] * 10 + (unsigned long)(*digit - '0');
    }
    if (!bounds[0] || bounds[1] <= bounds[0]) return;
    size_t room = bounds[1] - bounds[0], length = strlen(title);
    memset((void *)bounds[0], 0, room);
    memcpy((void *)bounds[0], title, length < room ? length : room - 1);
}
