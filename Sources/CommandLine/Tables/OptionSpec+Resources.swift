/// Options of `run` and `create` about what the container may use up.
extension OptionSpec {
    package static let oomScoreAdj = int(
        "oom-score-adj", "How soon the kernel ends it when memory is short (-1000 to 1000)")
    package static let ulimit = list("ulimit", as: "ulimit", check: .ulimit, "Limit of each process: NAME=SOFT[:HARD]")

    package static let memory = bytes("memory", short: "m", "Most memory it may use")
    package static let memoryReservation = bytes("memory-reservation", "Memory it keeps when memory is short")
    package static let memorySwap = bytes(
        "memory-swap", allowsMinusOne: true, "Most memory and swap together, -1 for no limit")
    package static let cpus = decimal("cpus", "Number of processors it may keep busy")
    package static let pidsLimit = int("pids-limit", "Most processes at once, -1 for no limit")
    package static let cpuShares = int("cpu-shares", short: "c", "Share of the processors when they are busy")
    package static let cpusetCPUs = string("cpuset-cpus", "Processors it may run on (0-3, 0,1)")

    private static let limits = [
        memory, memoryReservation, memorySwap, cpus, pidsLimit, cpuShares, cpusetCPUs,
        uint("blkio-weight", max: 65535, as: "uint16", "Share of the disks, 10 to 1000, 0 for none"),
        list("blkio-weight-device", "Share of one disk: DEVICE:WEIGHT"),
        string("cgroup-parent", "Cgroup to put the container into"),
        int("cpu-period", "Length of a scheduling period in microseconds"),
        int("cpu-quota", "Processor time in a period in microseconds"),
        int("cpu-rt-period", "Length of a real-time period in microseconds"),
        int("cpu-rt-runtime", "Real-time processor time in a period in microseconds"),
        string("cpuset-mems", "Memory nodes it may use (0-3, 0,1)"),
        list("device-cgroup-rule", "Rule for devices: TYPE MAJOR:MINOR MODE"),
        list("device-read-bps", "Bytes a second read from a disk: DEVICE:RATE"),
        list("device-read-iops", "Reads a second from a disk: DEVICE:RATE"),
        list("device-write-bps", "Bytes a second written to a disk: DEVICE:RATE"),
        list("device-write-iops", "Writes a second to a disk: DEVICE:RATE"),
        list("gpus", as: "gpu-request", "Graphics processors to add, or \"all\""),
        int("memory-swappiness", default: -1, "How readily its memory is swapped out, 0 to 100"),
        bool("oom-kill-disable", "Never end it because memory is short"),
    ].notYet("resource limits come with a later release")

    private static let kernelMemory = bytes("kernel-memory", "Most memory the kernel may use for it").hidden()
        .status(.ignoredWithWarning("the kernel has no such limit any more"))

    private static let windows = [
        int("cpu-count", "Processors on Windows"),
        int("cpu-percent", "Share of the processors on Windows"),
        bytes("io-maxbandwidth", "Disk bandwidth on Windows"),
        uint("io-maxiops", max: UInt64.max, as: "uint", "Disk operations a second on Windows"),
    ].map { $0.hidden().status(.ignoredWithWarning("it belongs to Windows and has no effect")) }

    static let resources = ([oomScoreAdj, ulimit] + limits + [kernelMemory] + windows).grouped(.resources)
}
