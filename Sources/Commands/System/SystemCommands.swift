import CommandLine
import Containers
import Images
import LinuxSys
import OCI
import Primitives
import Sandbox
import Templates

/// `version`, with the two halves docker's has: one binary is both.
struct VersionCommand {
    let engine: Engine
    let options: ParsedOptions
    /// docker's API that our words and documents follow.
    static let apiVersion = "1.51"

    static func oneLine(_ console: Console) -> String {
        console.isDocker ? "Docker version \(Program.version), build proa" : "proa version \(Program.version)"
    }

    func run() throws(Failure) -> Int32 {
        let architecture = Platform(os: "linux", architecture: Host.machine).architecture
        let common: [(String, JSON)] = [
            ("Version", .string(Program.version)), ("ApiVersion", .string(Self.apiVersion)), ("GitCommit", "proa"),
            ("GoVersion", "none (Swift)"),
            ("Os", "linux"), ("Arch", .string(architecture)), ("BuildTime", ""),
        ]
        var client = JSONObject()
        for (key, value) in common { client[key] = value }
        client["Context"] = "default"
        var server = JSONObject()
        server["Platform"] = ["Name": "Proa"]
        for (key, value) in common { server[key] = value }
        server["MinAPIVersion"] = "1.24"
        server["KernelVersion"] = .string(Host.kernelRelease)
        server["Experimental"] = false
        let document: JSON = ["Client": .object(client), "Server": .object(server)]
        if let format = options.stringIfSet(.format), !format.isEmpty {
            return try InfoFormat.show(document, format, engine, name: "version", type: "system.versionInfo")
        }
        func part(_ title: String) -> String {
            "\(title)\n Version:           \(Program.version)\n API version:       \(Self.apiVersion)\n OS/Arch:           linux/\(architecture)\n"
        }
        try engine.console.data(
            part("Client: Proa") + "\n" + part("Server: Proa (in this process)") + " Kernel:            \(Host.kernelRelease)\n")
        return ExitCode.success
    }
}

/// `--format` of version and info.
enum InfoFormat {
    /// - Parameters: name and type: as docker names the template and the value in messages.
    static func show(
        _ document: JSON, _ format: String, _ engine: Engine, name: String = "", type: String
    ) throws(Failure) -> Int32 {
        if format == "json" {
            try engine.console.line(document.compact())
            return ExitCode.success
        }
        let template: Template
        do throws(Failure) { template = try Template(parsing: format, name: name) } catch {
            engine.console.say(error.message)
            return ExitCode.badTemplate
        }
        var options = Template.Options(missingKey: .error)
        options.rowName = type
        do throws(Failure) { try engine.console.line(try template.execute(on: document, options)) } catch {
            let prefix = "template parsing error: "
            guard error.message.hasPrefix(prefix) else { throw error }
            try engine.console.line("")
            engine.console.reportPlain(Failure(.invalid, String(error.message.dropFirst(prefix.utf8.count))))
            return ExitCode.failure
        }
        return ExitCode.success
    }
}

struct InfoCommand {
    let engine: Engine
    let options: ParsedOptions

    func run() throws(Failure) -> Int32 {
        let list = try engine.containers.list(runningOnly: false)
        let running = list.filter(\.state.isRunning).count
        let rootless = engine.idMap.needsUserNamespace
        let unified = HostFile.exists("/sys/fs/cgroup/cgroup.controllers")
        let document: JSON = [
            "ID": "", "Containers": .int(Int64(list.count)), "ContainersRunning": .int(Int64(running)), "ContainersPaused": 0,
            "ContainersStopped": .int(Int64(list.count - running)), "Images": .int(Int64(try ImageStore(try engine.store).list().count)),
            "Driver": "overlay2",
            "LoggingDriver": "json-file", "CgroupDriver": "none", "CgroupVersion": unified ? "2" : "1",
            "KernelVersion": .string(Host.kernelRelease),
            "OperatingSystem": .string(HostFile.osName), "OSType": "linux", "Architecture": .string(Host.machine),
            "NCPU": .int(Int64(Host.processors)),
            "MemTotal": .int(Host.memoryBytes), "DockerRootDir": .string(try engine.places.data), "Name": .string(Host.hostname),
            "ServerVersion": .string(Program.version),
            "SecurityOptions": .strings(["name=seccomp,profile=builtin"] + (rootless ? ["name=rootless"] : [])),
            "Runtimes": ["proa": ["path": .string(Process.executablePath())]], "DefaultRuntime": "proa", "Warnings": .null,
            "Plugins": ["Volume": ["local"], "Network": ["host", "null"], "Authorization": .null, "Log": ["json-file", "none"]],
            "Swarm": [
                "NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "ControlAvailable": false, "Error": "", "RemoteManagers": .null,
            ],
            "IndexServerAddress": "https://index.docker.io/v1/", "ExperimentalBuild": false, "LiveRestoreEnabled": true,
            "Debug": false, "Isolation": "", "InitBinary": "proa", "Labels": .array([]),
            "HttpProxy": .string(Process.environment("HTTP_PROXY") ?? ""),
            "HttpsProxy": .string(Process.environment("HTTPS_PROXY") ?? ""), "NoProxy": .string(Process.environment("NO_PROXY") ?? ""),
            "SystemTime": .string(Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339()),
            "ClientInfo": [
                "Debug": false, "Version": .string(Program.version), "Context": "default", "Plugins": .array([]), "Warnings": .null,
            ],
        ]
        if let format = options.stringIfSet(.format), !format.isEmpty {
            return try InfoFormat.show(document, format, engine, type: "system.dockerInfo")
        }
        var lines = ["Client:", " Version:    \(Program.version)", "", "Server:"]
        lines += [" Containers: \(list.count)", "  Running: \(running)", "  Paused: 0", "  Stopped: \(list.count - running)"]
        for (title, key) in [
            ("Images", "Images"), ("Server Version", "ServerVersion"), ("Storage Driver", "Driver"), ("Logging Driver", "LoggingDriver"),
            ("Cgroup Version", "CgroupVersion"),
            ("Kernel Version", "KernelVersion"), ("Operating System", "OperatingSystem"), ("Architecture", "Architecture"),
            ("CPUs", "NCPU"), ("Name", "Name"),
            ("Docker Root Dir", "DockerRootDir"),
        ] {
            lines.append(" \(title): \(document[key]?.string ?? document[key]?.int.map(String.init) ?? "")")
        }
        lines.append(" Security Options:\n  seccomp\n   Profile: builtin" + (rootless ? "\n  rootless" : ""))
        try engine.console.line(lines.joined(separator: "\n"))
        return ExitCode.success
    }
}

/// Completion scripts, and the names the scripts ask for.
struct CompletionCommand {
    enum Shell { case bash, zsh, fish }
    let engine: Engine

    func script(_ shell: Shell) throws(Failure) -> Int32 {
        let program = engine.console.program
        let text =
            switch shell {
            case .bash: Completion.bash(Tables.root, program: program)
            case .zsh: Completion.zsh(Tables.root, program: program)
            case .fish: Completion.fish(Tables.root, program: program)
            }
        try engine.console.data(text)
        return ExitCode.success
    }

    func names(_ operands: [String]) throws(Failure) -> Int32 {
        let names: [String] =
            switch operands.first {
            case "images": try ImageStore(try engine.store).list().flatMap { $0.names.map(\.familiar) }
            case "networks": try engine.networkViews().map(\.name)
            case "volumes": try engine.containers.volumes.names()
            default: try engine.containers.list(runningOnly: false).map(\.name)
            }
        try engine.console.data(names.map { $0 + "\n" }.joined())
        return ExitCode.success
    }
}
