internal import LinuxSys
package import Primitives
internal import Sandbox

/// Turns a refusal of the kernel during set-up into a message a person can act on.
package enum StartFailure {
    static let noDeviceText = "error gathering device information while adding custom device"
    static let notFoundText = "executable file not found in $PATH"

    /// docker's codes: 127 when the program is not there, 126 when it cannot be executed, else 125 for the engine.
    package static func exitCode(_ failure: Failure) -> Int32 {
        switch failure.kind {
        case .notFound where failure.message.hasPrefix(noDeviceText): 127
        case .notFound where failure.message.contains("exec: ") || failure.message.contains("chdir to cwd "): 127
        case .denied where failure.message.contains("exec: "): 126
        default: 125
        }
    }

    /// Whether it is the program that did not start, and not something made for it: docker frames that.
    package static func isProgram(_ failure: Failure) -> Bool { exitCode(failure) != 125 && !failure.message.hasPrefix(noDeviceText) }

    /// - Parameters:
    ///   - name: the container's.
    ///   - program: what was to be executed after the steps.
    static func explain(_ launch: LaunchFailure, steps: [SetupStep], name: String, program: String, idMap: IdMapPlan) -> Failure {
        let what = "starting \"\(name)\""
        switch launch.phase {
        case .plan(let failure), .network(let failure): return failure.within(what)
        case .monitor: return Failure.kernel("starting the monitor", launch.code).within(what)
        case .record: return Failure.kernel("writing the container's record", launch.code).within(what)
        case .namespaces: return NamespaceDiagnosis.explain(launch.code, idMap: idMap).within(what)
        case .idMap: return IdMapDiagnosis.explain(launch.code, idMap: idMap).within(what)
        case .step(let index, let detail):
            if index >= steps.count { return self.program(program, launch.code) }
            return step(steps[index], launch.code, detail: detail).within(what)
        }
    }

    /// execve(2) refused.
    package static func program(_ program: String, _ code: Int32) -> Failure {
        switch Errno(code) {
        case .noEntry, .notDirectory:
            if program.contains("/") {
                return Failure(
                    .notFound, "exec: \"\(program)\": stat \(program): no such file or directory",
                    hint: "a script also needs its interpreter, a dynamic program its loader")
            }
            return Failure(.notFound, "exec: \"\(program)\": \(notFoundText)")
        case .accessDenied:
            return Failure(.denied, "exec: \"\(program)\": permission denied", hint: "is it a directory, or does it lack the execute bit?")
        case .execFormat:
            return Failure(
                .denied, "exec: \"\(program)\": exec format error",
                hint: "the program is for another processor than \(Host.machine), or a script without #!")
        default: return Failure(.denied, "exec: \"\(program)\": \(describe(errno: code))")
        }
    }

    /// The directory of `exec -w` is missing or none.
    static func workingDirectory(_ path: String, _ code: Int32) -> Failure {
        let what = "chdir to cwd (\"\(path)\") set in config.json failed"
        return Errno(code) == .noEntry ? Failure(.notFound, "\(what): no such file or directory") : Failure.kernel(what, code)
    }

    private static func step(_ step: SetupStep, _ code: Int32, detail: UInt32) -> Failure {
        var failure = Failure.kernel(step.description, code)
        switch (step, Errno(code)) {
        case (.bind(let source, _, _, _, _), .noEntry) where detail == 1:
            failure.hint = "\"\(source)\" does not exist, or this user cannot reach it"
        case (.bind(_, let target, _, _, _), .tooManyLinks), (.fileSystem(_, let target, _, _, _), .tooManyLinks):
            failure.hint = "\"\(target)\" in the image is a symbolic link; proa never mounts through one there"
        case (.bind(_, let target, _, _, _), .notDirectory):
            failure.hint = "a directory cannot be mounted on a file, nor a file on a directory: look at \"\(target)\" in the image"
        case (.overlay, .invalid), (.overlay, .notSupported):
            failure.hint = "the store's file system may not serve as overlay's upper directory (overlay, NFS): move it with XDG_DATA_HOME"
        case (.resourceLimit, .notPermitted):
            failure.hint = "only real root raises a hard limit: lower the value, or raise this user's limit first"
        case (.fileSystem("proc", _, _, _, _), .notPermitted):
            failure.hint = "this host masks parts of /proc (a container without --privileged?): a fresh proc is refused"
        default: break
        }
        return failure
    }
}

/// clone(2) refused new namespaces.
enum NamespaceDiagnosis {
    static func explain(_ code: Int32, idMap: IdMapPlan) -> Failure {
        // The kernel says ENOSPC when its limit of namespaces is reached: no disk is full.
        var failure = Failure(.unsupported, "making namespaces: \(describe(errno: code))")
        func sysctl(_ path: String) -> String? { HostFile.text("/proc/sys/\(path)")?.filter { $0 != "\n" } }
        if sysctl("user/max_user_namespaces") == "0" {
            failure.hint = "user namespaces are switched off here: sysctl user.max_user_namespaces=15000"
        } else if sysctl("kernel/unprivileged_userns_clone") == "0" {
            failure.hint = "user namespaces are for root only here: sysctl kernel.unprivileged_userns_clone=1"
        } else if sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1" {
            failure.hint = "AppArmor allows user namespaces only to programs with a profile: write one for \(Process.executablePath())"
        } else if Errno(code) == .notPermitted {
            failure.hint =
                "a seccomp filter or a container around us forbids namespaces: start the outer one with --security-opt seccomp=unconfined, or --privileged"
        }
        return failure
    }
}

/// newuidmap or newgidmap refused.
enum IdMapDiagnosis {
    static func explain(_ code: Int32, idMap: IdMapPlan) -> Failure {
        guard code < 0 else {
            var failure = Failure.kernel("writing the id maps", code)
            if Errno(code) == .noEntry {
                failure.hint = "the /proc of this place shows other process ids than its own: one container too deep"
            }
            return failure
        }
        var failure = Failure(.denied, "mapping subordinate ids: newuidmap or newgidmap refused (exit status \(-code))")
        if case .subordinate(_, _, let ranges, _, let program, _) = idMap {
            let status = HostFile.status(program)
            if let status, status.mode & 0o4000 == 0 {
                failure.hint = "\(program) is not set-uid root and may have lost its capabilities: reinstall the package uidmap"
            } else {
                failure.hint =
                    "are the ranges of /etc/subuid (from \(ranges[0].start) on) free for this user inside this host or container?"
            }
        }
        return failure
    }
}
