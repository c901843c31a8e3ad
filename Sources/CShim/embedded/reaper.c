/* Process 1 of a container with --init: passes signals on, buries orphans, ends as its child ends. A program of its own,
 * executed from memory, so that nothing inside finds the engine's binary behind /proc/1/exe (CVE-2019-5736) and the
 * owner of the container may enter it. Every signal is blocked when it starts. Argument 1: pid of the child.
 * No libc: static, and the same bytes wherever it is compiled; `make hello` writes them to reaper_program.h. */

#if defined(__x86_64__)
enum { SYS_wait4 = 61, SYS_kill = 62, SYS_prctl = 157, SYS_rt_sigtimedwait = 128, SYS_exit_group = 231 };
static long call(long number, long a, long b, long c, long d) {
    register long r10 __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start:\n xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call reap\n");
#elif defined(__aarch64__)
enum { SYS_wait4 = 260, SYS_kill = 129, SYS_prctl = 167, SYS_rt_sigtimedwait = 137, SYS_exit_group = 94 };
static long call(long number, long a, long b, long c, long d) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}
__asm__(".globl _start\n_start:\n mov x29,#0\n mov x30,#0\n mov x0,sp\n bl reap\n");
#else
#error "the reaper knows x86_64 and aarch64"
#endif

enum { SIG_CHLD = 17, SIG_TTIN = 21, SIG_TTOU = 22, NO_HANG = 1, NO_CHILD = -10, SET_NAME = 15 };

static void end(long code) {
    for (;;) call(SYS_exit_group, code, 0, 0, 0);
}

/* `stack` as the kernel leaves it: argc, then argv. */
void reap(long *stack) {
    long child = 0;
    const char *text = stack[0] > 1 ? (const char *)stack[2] : "";
    while (*text >= '0' && *text <= '9') child = child * 10 + *text++ - '0';
    call(SYS_prctl, SET_NAME, (long)"proa:init", 0, 0);
    unsigned long all = ~0ul;
    for (;;) {
        int status;
        long ended;
        while ((ended = call(SYS_wait4, -1, (long)&status, NO_HANG, 0)) > 0)
            if (ended == child) end(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
        if (ended == NO_CHILD) end(255);
        long number = call(SYS_rt_sigtimedwait, (long)&all, 0, 0, sizeof all);
        if (number > 0 && number != SIG_CHLD && number != SIG_TTIN && number != SIG_TTOU) call(SYS_kill, child, number, 0, 0);
    }
}
