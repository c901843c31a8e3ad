/// What docker's client accepts, as facts to check the tables against: `long[/letter] type default` of each option
/// and the number of operands, least and most. A default of `-` is empty.
enum DockerFacts {
    struct Command {
        let verb: String
        let operands: String
        let options: String
    }

    static let commands: [Command] = [
        Command(
            verb: "containerRun", operands: "1..",
            options: """
                add-host list -
                annotation map -
                attach/a list -
                blkio-weight int 0
                blkio-weight-device list -
                cap-add list -
                cap-drop list -
                cgroup-parent string -
                cgroupns string -
                cidfile string -
                cpu-count int 0
                cpu-percent int 0
                cpu-period int 0
                cpu-quota int 0
                cpu-rt-period int 0
                cpu-rt-runtime int 0
                cpu-shares/c int 0
                cpus decimal 0
                cpuset-cpus string -
                cpuset-mems string -
                detach/d bool false
                detach-keys string -
                device list -
                device-cgroup-rule list -
                device-read-bps list -
                device-read-iops list -
                device-write-bps list -
                device-write-iops list -
                disable-content-trust bool true
                dns list -
                dns-opt list -
                dns-option list -
                dns-search list -
                domainname string -
                entrypoint string -
                env/e list -
                env-file list -
                expose list -
                gpus list -
                group-add list -
                health-cmd string -
                health-interval duration 0s
                health-retries int 0
                health-start-interval duration 0s
                health-start-period duration 0s
                health-timeout duration 0s
                help bool false
                hostname/h string -
                init bool false
                interactive/i bool false
                io-maxbandwidth bytes 0
                io-maxiops int 0
                ip ip -
                ip6 ip -
                ipc string -
                isolation string -
                kernel-memory bytes 0
                label/l list -
                label-file list -
                link list -
                link-local-ip list -
                log-driver string -
                log-opt list -
                mac-address string -
                memory/m bytes 0
                memory-reservation bytes 0
                memory-swap bytes 0
                memory-swappiness int -1
                mount list -
                name string -
                net list -
                net-alias list -
                network list -
                network-alias list -
                no-healthcheck bool false
                oom-kill-disable bool false
                oom-score-adj int 0
                pid string -
                pids-limit int 0
                platform string -
                privileged bool false
                publish/p list -
                publish-all/P bool false
                pull string missing
                quiet/q bool false
                read-only bool false
                restart string no
                rm bool false
                runtime string -
                security-opt list -
                shm-size bytes 0
                sig-proxy bool true
                stop-signal string -
                stop-timeout int 0
                storage-opt list -
                sysctl map -
                tmpfs list -
                tty/t bool false
                ulimit list -
                use-api-socket bool false
                user/u string -
                userns string -
                uts string -
                volume/v list -
                volume-driver string -
                volumes-from list -
                workdir/w string -
                """),
        Command(
            verb: "containerCreate", operands: "1..",
            options: """
                add-host list -
                annotation map -
                attach/a list -
                blkio-weight int 0
                blkio-weight-device list -
                cap-add list -
                cap-drop list -
                cgroup-parent string -
                cgroupns string -
                cidfile string -
                cpu-count int 0
                cpu-percent int 0
                cpu-period int 0
                cpu-quota int 0
                cpu-rt-period int 0
                cpu-rt-runtime int 0
                cpu-shares/c int 0
                cpus decimal 0
                cpuset-cpus string -
                cpuset-mems string -
                device list -
                device-cgroup-rule list -
                device-read-bps list -
                device-read-iops list -
                device-write-bps list -
                device-write-iops list -
                disable-content-trust bool true
                dns list -
                dns-opt list -
                dns-option list -
                dns-search list -
                domainname string -
                entrypoint string -
                env/e list -
                env-file list -
                expose list -
                gpus list -
                group-add list -
                health-cmd string -
                health-interval duration 0s
                health-retries int 0
                health-start-interval duration 0s
                health-start-period duration 0s
                health-timeout duration 0s
                help bool false
                hostname/h string -
                init bool false
                interactive/i bool false
                io-maxbandwidth bytes 0
                io-maxiops int 0
                ip ip -
                ip6 ip -
                ipc string -
                isolation string -
                kernel-memory bytes 0
                label/l list -
                label-file list -
                link list -
                link-local-ip list -
                log-driver string -
                log-opt list -
                mac-address string -
                memory/m bytes 0
                memory-reservation bytes 0
                memory-swap bytes 0
                memory-swappiness int -1
                mount list -
                name string -
                net list -
                net-alias list -
                network list -
                network-alias list -
                no-healthcheck bool false
                oom-kill-disable bool false
                oom-score-adj int 0
                pid string -
                pids-limit int 0
                platform string -
                privileged bool false
                publish/p list -
                publish-all/P bool false
                pull string missing
                quiet/q bool false
                read-only bool false
                restart string no
                rm bool false
                runtime string -
                security-opt list -
                shm-size bytes 0
                stop-signal string -
                stop-timeout int 0
                storage-opt list -
                sysctl map -
                tmpfs list -
                tty/t bool false
                ulimit list -
                use-api-socket bool false
                user/u string -
                userns string -
                uts string -
                volume/v list -
                volume-driver string -
                volumes-from list -
                workdir/w string -
                """),
        Command(
            verb: "containerStart", operands: "1..",
            options: """
                attach/a bool false
                checkpoint string -
                checkpoint-dir string -
                detach-keys string -
                interactive/i bool false
                """),
        Command(
            verb: "containerStop", operands: "1..",
            options: """
                signal/s string -
                time int 0
                timeout/t int 0
                """),
        Command(
            verb: "containerRestart", operands: "1..",
            options: """
                signal/s string -
                time int 0
                timeout/t int 0
                """),
        Command(
            verb: "containerKill", operands: "1..",
            options: """
                signal/s string -
                """),
        Command(
            verb: "containerRemove", operands: "1..",
            options: """
                force/f bool false
                link/l bool false
                volumes/v bool false
                """),
        Command(
            verb: "containerList", operands: "0..0",
            options: """
                all/a bool false
                filter/f list -
                format string -
                last/n int -1
                latest/l bool false
                no-trunc bool false
                quiet/q bool false
                size/s bool false
                """),
        Command(
            verb: "containerLogs", operands: "1..1",
            options: """
                details bool false
                follow/f bool false
                since string -
                tail/n string all
                timestamps/t bool false
                until string -
                """),
        Command(
            verb: "containerExec", operands: "2..",
            options: """
                detach/d bool false
                detach-keys string -
                env/e list -
                env-file list -
                interactive/i bool false
                privileged bool false
                tty/t bool false
                user/u string -
                workdir/w string -
                """),
        Command(
            verb: "containerAttach", operands: "1..1",
            options: """
                detach-keys string -
                no-stdin bool false
                sig-proxy bool true
                """),
        Command(
            verb: "containerWait", operands: "1..",
            options: """
                """),
        Command(
            verb: "containerTop", operands: "1..",
            options: """
                """),
        Command(
            verb: "containerRename", operands: "2..2",
            options: """
                """),
        Command(
            verb: "containerPrune", operands: "0..0",
            options: """
                filter list -
                force/f bool false
                """),
        Command(
            verb: "containerInspect", operands: "1..",
            options: """
                format/f string -
                size/s bool false
                """),
        Command(
            verb: "imagePull", operands: "1..1",
            options: """
                all-tags/a bool false
                disable-content-trust bool true
                platform string -
                quiet/q bool false
                """),
        Command(
            verb: "imageList", operands: "0..1",
            options: """
                all/a bool false
                digests bool false
                filter/f list -
                format string -
                no-trunc bool false
                quiet/q bool false
                tree bool false
                """),
        Command(
            verb: "imageRemove", operands: "1..",
            options: """
                force/f bool false
                no-prune bool false
                platform csv-list -
                """),
        Command(
            verb: "imageInspect", operands: "1..",
            options: """
                format/f string -
                platform string -
                """),
        Command(
            verb: "imageTag", operands: "2..2",
            options: """
                """),
        Command(
            verb: "imagePrune", operands: "0..0",
            options: """
                all/a bool false
                filter list -
                force/f bool false
                """),
        Command(
            verb: "inspect", operands: "1..",
            options: """
                format/f string -
                size/s bool false
                type string -
                """),
        Command(
            verb: "version", operands: "0..0",
            options: """
                format/f string -
                """),
        Command(
            verb: "info", operands: "0..0",
            options: """
                format/f string -
                """),
    ]
}
