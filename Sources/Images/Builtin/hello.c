/* The program of the image that is built into proa: says hello and reports, as seen from inside, what the container
 * got. No libc: it must be a few kilobytes, static, and the same bytes wherever it is compiled. Reads only /proc. */

typedef unsigned long word;
struct timespec {
    long seconds, nanoseconds;
};

#if defined(__x86_64__)
enum { SYS_read = 0, SYS_write = 1, SYS_open_at = 257, SYS_close = 3, SYS_getpid = 39, SYS_getuid = 102,
       SYS_clock_gettime = 228, SYS_exit_group = 231, SYS_access_at = 269 };
static long call(long number, word a, word b, word c, word d) {
    register word r10 __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start:\n xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call hello\n");
#elif defined(__aarch64__)
enum { SYS_read = 63, SYS_write = 64, SYS_open_at = 56, SYS_close = 57, SYS_getpid = 172, SYS_getuid = 174,
       SYS_clock_gettime = 113, SYS_exit_group = 94, SYS_access_at = 48 };
static long call(long number, word a, word b, word c, word d) {
    register word x8 __asm__("x8") = (word)number;
    register word x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return (long)x0;
}
__asm__(".globl _start\n_start:\n mov x29,#0\n mov x30,#0\n mov x0,sp\n bl hello\n");
#else
#error "the built-in image knows x86_64 and aarch64"
#endif

/* The whole report is written with as few write(2) as possible. */
static char out[4096];
static word out_size;

static void flush(void) {
    word done = 0;
    while (done < out_size) {
        long count = call(SYS_write, 1, (word)(out + done), out_size - done, 0);
        if (count <= 0 && count != -4) break; /* EINTR is asked again */
        if (count > 0) done += (word)count;
    }
    out_size = 0;
}
static void put(const char *text) {
    for (; *text; text++) {
        if (out_size == sizeof out) flush();
        out[out_size++] = *text;
    }
}
static void put_number(word number) {
    char digits[24];
    int at = 23;
    digits[at] = 0;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    put(digits + at);
}

/* The first `size - 1` bytes of a file, or an empty text: an absent file is an answer, too. */
static word read_file(const char *path, char *buffer, word size) {
    long fd = call(SYS_open_at, (word)-100, (word)path, 02000000 /* O_CLOEXEC */, 0);
    word total = 0;
    buffer[0] = 0;
    if (fd < 0) return 0;
    while (total < size - 1) {
        long count = call(SYS_read, (word)fd, (word)(buffer + total), size - 1 - total, 0);
        if (count <= 0) break;
        total += (word)count;
    }
    call(SYS_close, (word)fd, 0, 0, 0);
    buffer[total] = 0;
    return total;
}

/* The text behind `prefix`, or 0. */
static const char *after(const char *text, const char *prefix) {
    while (*prefix)
        if (*text++ != *prefix++) return 0;
    return text;
}
static const char *find(const char *text, const char *word) {
    for (; *text; text++)
        if (after(text, word)) return text;
    return 0;
}
static const char *skip_blanks(const char *text) {
    while (*text == ' ' || *text == '\t') text++;
    return text;
}
static const char *next_line(const char *text) {
    while (*text && *text != '\n') text++;
    return *text ? text + 1 : text;
}
/* A decimal number at `*text`, which moves behind it; 0 where there is none. */
static word number(const char **text) {
    word value = 0;
    *text = skip_blanks(*text);
    while (**text >= '0' && **text <= '9') value = value * 10 + (word)(*(*text)++ - '0');
    return value;
}

static char file[16384];

/* Which user of the host this is: /proc/self/uid_map has lines of "inside outside count" (user_namespaces(7)). */
static void report_user(void) {
    word inside = (word)call(SYS_getuid, 0, 0, 0, 0);
    read_file("/proc/self/uid_map", file, sizeof file);
    put("  user       uid ");
    put_number(inside);
    put(" in here");
    for (const char *line = file; *line; line = next_line(line)) {
        const char *at = line;
        word first = number(&at), outside = number(&at), count = number(&at);
        if (inside < first || inside - first >= count) continue;
        if (first == 0 && outside == 0 && count == 4294967295UL) {
            put(inside == 0 ? ", and root outside as well: there is no user namespace\n"
                            : ", the same outside: there is no user namespace\n");
        } else {
            put(", uid ");
            put_number(outside + (inside - first));
            put(" outside\n");
        }
        return;
    }
    put("\n");
}

/* seccomp mode, no_new_privs and the effective capabilities, from /proc/self/status (proc(5)). */
static void report_limits(void) {
    const char *at, *line;
    read_file("/proc/self/status", file, sizeof file);
    if ((line = find(file, "\nSeccomp:"))) {
        at = line + 9;
        word mode = number(&at);
        put("  seccomp    ");
        put(mode == 2 ? "a filter checks every system call\n" : mode == 1 ? "strict\n" : "off\n");
    }
    if ((line = find(file, "\nCapEff:"))) {
        word count = 0;
        for (at = skip_blanks(line + 8); *at && *at != '\n'; at++) {
            word digit = (word)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
            for (; digit; digit >>= 1) count += digit & 1;
        }
        put("  privileges ");
        put_number(count);
        put(count == 1 ? " capability" : " capabilities");
        if ((line = find(file, "\nNoNewPrivs:"))) {
            at = line + 12;
            put(number(&at) ? ", and no program can gain more" : ", setuid programs work");
        }
        put("\n");
    }
}

static void report_processes(void) {
    word pid = (word)call(SYS_getpid, 0, 0, 0, 0);
    put("  processes  this is process ");
    put_number(pid);
    put(pid == 1 ? ", the first of its own tree\n" : "\n");
}

/* /proc/net/dev has two heading lines, then one per interface: "  lo: ...". */
static void report_network(void) {
    word others = 0;
    if (!read_file("/proc/net/dev", file, sizeof file)) return;
    put("  network    ");
    for (const char *line = next_line(next_line(file)); *line; line = next_line(line)) {
        const char *name = skip_blanks(line);
        if (!*name || *name == '\n' || after(name, "lo:")) continue;
        put(others++ ? ", " : "interfaces: lo, ");
        while (*name && *name != ':' && *name != '\n') {
            char letter[2] = {*name++, 0};
            put(letter);
        }
    }
    put(others ? "\n" : "private: nothing but lo\n");
}

/* Whether mount points below /proc shield the kernel: read-only binds and masks (/proc/self/mountinfo, proc(5)). */
static void report_proc(void) {
    word read_only = 0, masked = 0;
    if (read_file("/proc/self/mountinfo", file, sizeof file) == 0) return;
    for (const char *line = file; *line; line = next_line(line)) {
        const char *at = line;
        for (int field = 0; field < 4; field++) {
            while (*at && *at != ' ' && *at != '\n') at++;
            if (*at == ' ') at++;
        }
        if (!(at = after(at, "/proc/"))) continue;
        while (*at && *at != ' ' && *at != '\n') at++;
        /* A read-only bind shows proc as its type; a mask shows what hides the file: tmpfs, or the device null. */
        const char *type = find(at, " - ");
        if (!type || type > next_line(line)) continue;
        if (after(type + 3, "proc ")) {
            if (after(at, " ro")) read_only++;
        } else if (after(type + 3, "tmpfs ") || after(type + 3, "devtmpfs ")) {
            masked++;
        }
    }
    put("  /proc      ");
    put_number(masked);
    put(masked == 1 ? " path masked, " : " paths masked, ");
    put_number(read_only);
    put(" read-only\n");
}

/* PROA_START_NS is CLOCK_MONOTONIC in nanoseconds when the command began; without it there is no line. */
static void report_time(char **environment) {
    const char *value = 0;
    struct timespec now = {0, 0};
    for (; *environment && !value; environment++) value = after(*environment, "PROA_START_NS=");
    if (!value || *value < '0' || *value > '9') return;
    word begin = number(&value);
    if (call(SYS_clock_gettime, 1 /* CLOCK_MONOTONIC */, (word)&now, 0, 0)) return;
    word end = (word)now.seconds * 1000000000UL + (word)now.nanoseconds;
    if (*value || begin == 0 || begin > end) return;
    word tenths = (end - begin + 50000) / 100000;
    put("  start      ");
    put_number(tenths / 10);
    put(".");
    put_number(tenths % 10);
    put(" ms from the command to this line\n");
}

__attribute__((noreturn, used)) void hello(word *stack) {
    char **environment = (char **)(stack + 1 + stack[0] + 1);
    put("\n"
        "        |\\\n"
        "        | \\      Ahoy, and welcome aboard!\n"
        "        |  \\     A proa is a fast boat with one hull and one outrigger.\n"
        "     ___|___\\__  You are in a container that one program started, and\n"
        "     \\_________/ no daemon was needed for it.\n"
        "    ~~ \\______ ~~~~\n"
        "\n"
        "What this container got:\n");
    report_user();
    report_processes();
    report_network();
    report_limits();
    report_proc();
    report_time(environment);
    put("\nNext: proa run -it --rm debian bash\n");
    flush();
    call(SYS_exit_group, 0, 0, 0, 0);
    __builtin_unreachable();
}

/* Compilers may call these for loops and initialisers. */
__attribute__((used)) void *memset(void *to, int byte, word size) {
    volatile char *at = to;
    while (size--) *at++ = (char)byte;
    return to;
}
__attribute__((used)) void *memcpy(void *to, const void *from, word size) {
    volatile char *at = to;
    const char *source = from;
    while (size--) *at++ = *source++;
    return to;
}
