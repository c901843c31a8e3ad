extension SeccompProfile {
    /// Changes whenever the data below does: part of the name of a cached filter.
    static let dockerDefaultVersion = "docker-1"

    /// docker's default: an allow list, EPERM for the rest, more with more capabilities.
    package static var dockerDefault: SeccompProfile {
        SeccompProfile(
            defaultAction: .errno(SeccompAction.errnoDefault),
            architectureMap: [
                ("x86_64", ["x86", "x32"]), ("aarch64", ["arm"]), ("mips64", ["mips", "mips64n32"]), ("mips64n32", ["mips", "mips64"]),
                ("mipsel64", ["mipsel", "mipsel64n32"]), ("mipsel64n32", ["mipsel", "mipsel64"]), ("s390x", ["s390"]),
                ("riscv64", []), ("loongarch64", []),
            ],
            rules: [allow(always)] + conditionalRules + argumentRules + cloneRules)
    }

    private static func allow(
        _ names: String, _ arguments: [Argument] = [], capability: String? = nil, on architectures: String = "",
        kernel: KernelVersion? = nil
    ) -> Rule {
        Rule(
            names: words(names), action: .allow, arguments: arguments,
            includes: Condition(
                capabilities: capability.map { ["CAP_" + $0] } ?? [], architectures: words(architectures), minimumKernel: kernel))
    }
    /// Byte by byte: the lists are ASCII, and finding whole characters would take longer than all else here.
    private static func words(_ text: String) -> [String] {
        text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { String(Substring($0)) }
    }

    private static var conditionalRules: [Rule] {
        [
            // Before 4.8 a tracer could change a call after the filter had seen it.
            allow("process_vm_readv process_vm_writev ptrace", kernel: KernelVersion("4.8")),
            allow("sync_file_range2 swapcontext", on: "ppc64le"),
            allow("arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls", on: "arm arm64"),
            allow("arch_prctl", on: "amd64 x32"),
            allow("modify_ldt", on: "amd64 x32 x86"),
            allow("s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr", on: "s390 s390x"),
            allow("riscv_flush_icache", on: "riscv64"),
            allow("open_by_handle_at", capability: "DAC_READ_SEARCH"),
            allow(administration, capability: "SYS_ADMIN"),
            allow("reboot", capability: "SYS_BOOT"),
            allow("chroot", capability: "SYS_CHROOT"),
            allow("delete_module init_module finit_module", capability: "SYS_MODULE"),
            allow("acct", capability: "SYS_PACCT"),
            allow("kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace", capability: "SYS_PTRACE"),
            allow("iopl ioperm", capability: "SYS_RAWIO"),
            allow("settimeofday stime clock_settime clock_settime64", capability: "SYS_TIME"),
            allow("vhangup", capability: "SYS_TTY_CONFIG"),
            allow("get_mempolicy mbind set_mempolicy set_mempolicy_home_node", capability: "SYS_NICE"),
            allow("syslog", capability: "SYSLOG"),
            allow("bpf", capability: "BPF"),
            allow("perf_event_open", capability: "PERFMON"),
        ]
    }

    /// Address families are listed, not excluded: the kernel cuts the argument to 32 bits after the filter has compared
    /// 64, so "all but AF_VSOCK" could be passed with a high bit. Left out: 12 DECNET, 19 ECONET, 20 ATMSVC, 23 IRDA,
    /// 25 WANPIPE, 34 IUCV, 37 CAIF, 38 ALG, 40 VSOCK. personality(2): Linux, Linux32, each with and without UNAME26, query.
    private static var argumentRules: [Rule] {
        let families: [UInt64] = [13, 14, 15, 16, 17, 18, 21, 22, 24, 26, 27, 28, 29, 30, 31, 32, 33, 35, 36, 39, 41, 42, 43, 44, 45]
        let personalities: [UInt64] = [0, 0x8, 0x20000, 0x20008, 0xffff_ffff]
        return [allow("socket", [Argument(index: 0, value: 12, comparison: .less)])]
            + families.map { allow("socket", [Argument(index: 0, value: $0, comparison: .equal)]) }
            + personalities.map { allow("personality", [Argument(index: 0, value: $0, comparison: .equal)]) }
    }

    /// New namespaces only with CAP_SYS_ADMIN. A filter cannot see the flags of clone3, which lie in memory: ENOSYS makes
    /// libc fall back to clone.
    private static var cloneRules: [Rule] {
        let withoutNamespaces: (UInt32) -> [Argument] = { [Argument(index: $0, value: 0x7e02_0000, comparison: .maskedEqual)] }
        let mainframes = ["s390", "s390x"]
        let unprivileged = Condition(capabilities: ["CAP_SYS_ADMIN"])
        return [
            Rule(
                names: ["clone"], action: .allow, arguments: withoutNamespaces(0),
                excludes: Condition(capabilities: unprivileged.capabilities, architectures: mainframes)),
            Rule(
                names: ["clone"], action: .allow, arguments: withoutNamespaces(1), includes: Condition(architectures: mainframes),
                excludes: unprivileged),
            Rule(names: ["clone3"], action: .errno(SeccompAction.errnoUnknownCall), excludes: unprivileged),
        ]
    }

    private static let administration = """
        bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules
        lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname
        sethostname setns syslog umount umount2 unshare
        """

    private static let always = """
        accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown chown32
        clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep
        clock_nanosleep_time64 close close_range connect copy_file_range creat dup dup2 dup3 epoll_create
        epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2
        execve execveat exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir
        fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork
        fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex
        futex_requeue futex_time64 futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area
        getcpu getcwd getdents getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32
        getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid
        getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32 getxattr
        getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents
        io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get ioprio_set ipc kill landlock_add_rule
        landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listmount
        listxattr listxattrat llistxattr _llseek lremovexattr lseek lsetxattr lstat lstat64 madvise map_shadow_stack
        membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2
        mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
        mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall munmap
        name_to_handle_at nanosleep newfstatat _newselect open openat openat2 pause pidfd_open pidfd_send_signal
        pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64
        process_mrelease pselect6 pselect6_time64 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv
        recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat rename renameat
        renameat2 restart_syscall riscv_hwprobe rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
        rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max
        sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
        sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
        sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop semtimedop_time64 send sendfile
        sendfile64 sendmmsg sendmsg sendto set_robust_list set_thread_area set_tid_address setfsgid setfsgid32
        setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer setpgid setpriority setregid setregid32
        setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32
        setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 sigprocmask sigreturn
        socketcall socketpair splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync
        sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
        timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64
        timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat
        uretprobe utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid write writev
        """
}
