import LinuxSys
import Sandbox
import Testing

@Suite struct ContainerSetupTests {
    private func setup(_ change: (inout ContainerSetup) -> Void = { _ in }) -> ContainerSetup {
        var setup = ContainerSetup()
        setup.root = .overlay(lower: ["layers/b", "layers/a"], upper: "/s/upper", work: "/s/work", at: "/s/root")
        setup.capabilities = CapabilitySet.dockerDefault.rawValue
        setup.seccomp = [1, 2, 3, 4, 5, 6, 7, 8]
        setup.hostname = "boat"
        setup.maskedPaths = ["/proc/kcore"]
        setup.readOnlyPaths = ["/proc/sys"]
        change(&setup)
        return setup
    }

    private func index(_ steps: [SetupStep], _ matches: (SetupStep) -> Bool) -> Int { steps.firstIndex(where: matches) ?? -1 }

    @Test("the set-up of a plain container, step by step")
    func golden() {
        let steps = setup().steps.map(\.description)
        #expect(
            steps == [
                "separating the mount namespace", "mounting the root file system (overlay)", "mounting tmpfs on \"/dev\"",
                "adding the device \"/dev/null\"", "adding the device \"/dev/zero\"", "adding the device \"/dev/full\"",
                "adding the device \"/dev/random\"", "adding the device \"/dev/urandom\"", "adding the device \"/dev/tty\"",
                "mounting devpts on \"/dev/pts\"", "making the link \"/dev/ptmx\"", "making the link \"/dev/fd\"",
                "making the link \"/dev/stdin\"",
                "making the link \"/dev/stdout\"", "making the link \"/dev/stderr\"", "making the link \"/dev/core\"",
                "mounting tmpfs on \"/dev/shm\"",
                "mounting mqueue on \"/dev/mqueue\"", "mounting proc on \"/proc\"", "mounting sysfs on \"/sys\"",
                "masking \"/sys/fs/cgroup\"",
                "bringing up the loopback interface", "setting the host name \"boat\"", "making \"/proc/sys\" read-only",
                "masking \"/proc/kcore\"",
                "entering the root file system", "making a session keyring", "changing to the working directory \"/\"",
                "setting the capabilities",
                "installing the seccomp filter", "becoming user 0:0", "setting the capabilities",
            ])
    }

    @Test("our own /dev is there before anything of the image is touched, and refuses links")
    func devFirst() {
        let steps = setup { $0.mounts = [.init(.bind(source: "/srv", recursive: true, propagation: nil), target: "/dev/x", flags: [])] }
            .steps
        guard case .fileSystem("tmpfs", "/dev", _, _, let how) = steps[2] else {
            Issue.record("the third step is \(steps[2])")
            return
        }
        #expect(how.contains(.noLinks))
    }

    @Test("the terminal is bound after the masks, the pivot after every mount")
    func order() {
        let steps = setup {
            $0.tty = true
            $0.rootReadOnly = true
            $0.mounts = [.init(.tmpfs(options: [], copyUp: false), target: "/run", flags: [])]
        }.steps
        let mask = index(steps) { if case .mask("/proc/kcore") = $0 { true } else { false } }
        let console = index(steps) { if case .console = $0 { true } else { false } }
        let pivot = index(steps) { $0 == .pivot }
        let readOnly = index(steps) { $0 == .rootReadOnly }
        #expect(mask >= 0 && mask < console && console < readOnly && readOnly < pivot)
        #expect(!steps[pivot...].contains { if case .bind = $0 { true } else { false } })
    }

    @Test("mounts go parents first, whatever their order was")
    func mountOrder() {
        let steps = setup {
            $0.mounts = ["/a/b/c", "/a", "/z/y", "/a/b"].map {
                .init(.bind(source: "/srv", recursive: false, propagation: nil), target: $0, flags: [])
            }
        }.steps
        let targets = steps.compactMap { if case .bind(_, let target, _, _, _) = $0 { target } else { nil } }
        #expect(targets == ["/a", "/z/y", "/a/b", "/a/b/c"])
    }

    @Test("what containers wrote is resolved by the kernel below the volume, never as a path of the host")
    func below() {
        let mount = ContainerSetup.Mount(.below(source: "/store/v", path: "a/b"), target: "/t", flags: .noDevices)
        let steps = setup { $0.mounts = [mount] }.steps
        let raw = steps.first { if case .bindBelow = $0 { true } else { false } }?.raw
        #expect(raw?.operation == .bind && raw?.source == "/store/v" && raw?.extra == "a/b" && raw?.target == "/t")
        let overlay = ContainerSetup.Mount(.fileSystem(type: "overlay", source: "overlay", options: ["x=y"]), target: "/t", flags: [])
        let second = setup { $0.mounts = [overlay] }.steps.first { if case .mount = $0 { true } else { false } }?.raw
        #expect(second?.operation == .fileSystem && second?.source == "overlay" && second?.list == ["x=y"])
    }

    @Test("the filter comes before the capabilities go, unless no_new_privs allows it later", arguments: [false, true])
    func seccompOrder(_ noNewPrivileges: Bool) {
        let steps = setup { $0.noNewPrivileges = noNewPrivileges }.steps
        let filter = index(steps) { if case .seccomp = $0 { true } else { false } }
        let identity = index(steps) { if case .identity = $0 { true } else { false } }
        #expect((filter > identity) == noNewPrivileges)
        if noNewPrivileges { #expect(index(steps) { $0 == .noNewPrivileges } < filter) }
    }

    @Test("a user other than root starts without capabilities")
    func user() {
        let steps = setup {
            $0.uid = 1000
            $0.groups = [5, 6]
        }.steps
        #expect(steps.contains(.identity(uid: 1000, gid: 0, groups: [5, 6])))
        #expect(steps.contains(.capabilities(0)))
        #expect(steps.contains(.boundingSet(CapabilitySet.dockerDefault.rawValue)))
    }

    @Test("host namespaces leave their steps out")
    func host() {
        let steps = setup {
            $0.network = .host
            $0.privateUTS = false
            $0.privateIPC = false
        }.steps
        #expect(!steps.contains(.loopbackUp))
        #expect(!steps.contains(.hostname("boat")))
        #expect(steps.contains { if case .bind("/dev/shm", "/dev/shm", _, _, _) = $0 { true } else { false } })
    }

    @Test("groups travel to the kernel as 32-bit numbers in order")
    func groups() {
        let raw = SetupStep.identity(uid: 7, gid: 8, groups: [1, 0x0102_0304]).raw
        #expect(raw.flags == 7 && raw.number == 8 && raw.number2 == 2)
        #expect(raw.data == [1, 0, 0, 0, 4, 3, 2, 1])
    }
}
