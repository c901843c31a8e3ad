import CommandLine
import Containers
import LinuxSys
import Primitives

/// `start` and `attach`.
struct StartCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let attach = options.bool(.startAttach) || options.bool(.interactive)
        guard attach else {
            var failed: [String] = []
            let code = engine.forEach(
                operands, failed: { failed.append($0) },
                { (operand) throws(Failure) in
                    let containers = try engine.containers
                    let id = try containers.find(operand)
                    if try !containers.state(id).isRunning {
                        let record = try containers.record(id)
                        let starter = try ContainerStarter.begin(record, in: containers, places: engine.places, idMap: engine.idMap)
                        _ = try starter.finish(record, attach: [], terminal: nil, notice: engine.notice)
                    }
                    try engine.console.line(operand)
                })
            if !failed.isEmpty { engine.console.say("Error: failed to start containers: " + failed.joined(separator: ", ")) }
            return code
        }
        guard operands.count == 1 else {
            engine.console.say("you cannot start and attach multiple containers at once")
            return ExitCode.failure
        }
        let containers = try engine.containers
        let id = try containers.find(operands[0])
        let record = try containers.record(id)
        var streams: AttachedStreams = [.stdout, .stderr]
        if options.bool(.interactive), record.openStdin { streams.insert(.stdin) }
        let session = try session(record, streams)
        if try containers.state(id).isRunning { return try finish(id, session) }
        let starter = try ContainerStarter.begin(record, in: containers, places: engine.places, idMap: engine.idMap)
        return try ForegroundRun(engine: engine).start(starter, record, session: session, detach: false)
    }

    func attach(_ operands: [String]) throws(Failure) -> Int32 {
        let containers = try engine.containers
        let id = try containers.find(operands[0])
        let record = try containers.record(id)
        guard try containers.state(id).isRunning else {
            engine.console.reportPlain(Failure(.conflict, "You cannot attach to a stopped container, start it first"))
            return ExitCode.failure
        }
        var streams: AttachedStreams = [.stdout, .stderr]
        if !options.bool(.noStdin), record.openStdin { streams.insert(.stdin) }
        if record.tty, streams.contains(.stdin), !StandardStream.input.isTerminal {
            engine.console.say("the input device is not a TTY")
            return ExitCode.failure
        }
        return try finish(id, try session(record, streams))
    }

    private func session(_ record: ContainerRecord, _ streams: AttachedStreams) throws(Failure) -> AttachSession {
        var session = AttachSession(
            streams: streams, tty: record.tty, detachKeys: AttachSession.defaultDetachKeys,
            forwardSignals: options.bool(.sigProxy) && !record.tty)
        if let keys = options.stringIfSet(.detachKeys), !keys.isEmpty { session.detachKeys = try DetachKeySequence.parse(keys) }
        return session
    }

    private func finish(_ id: String, _ session: AttachSession) throws(Failure) -> Int32 {
        let containers = try engine.containers
        switch try containers.attach(id, session: session, places: engine.places) {
        case .exited(let code): return code
        case .detached:
            engine.console.say("read escape sequence")
            return ExitCode.success
        case .lost: return try containers.waitForCode(id, places: engine.places)
        }
    }
}
