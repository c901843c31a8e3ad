import CommandLine
import Containers
import LinuxSys
import Primitives

struct LogsCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let containers = try engine.containers
        let id = try containers.find(operands[0])
        do throws(Failure) { return try show(id, try selection(), containers) } catch {
            guard error.kind == .invalid else { throw error }
            engine.console.reportPlain(error)
            return ExitCode.failure
        }
    }

    private func selection() throws(Failure) -> LogSelection {
        let now = Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds())
        let zone = TimeZone.local(atSeconds: now.seconds)
        var request = LogSelection()
        request.follow = options.bool(.follow)
        if let text = options.stringIfSet(.since), !text.isEmpty {
            request.since = try doing("invalid value for \"since\"") { () throws(Failure) in
                try Timestamp(since: text, now: now, offsetSeconds: zone.offsetSeconds)
            }
        }
        if let text = options.stringIfSet(.until), !text.isEmpty {
            request.until = try doing("invalid value for \"until\"") { () throws(Failure) in
                try Timestamp(since: text, now: now, offsetSeconds: zone.offsetSeconds)
            }
        }
        // Anything but a number means all, as in docker.
        request.tail = Int(options.string(.tail)).flatMap { $0 < 0 ? nil : $0 }
        return request
    }

    private func show(_ id: String, _ request: LogSelection, _ containers: ContainerStore) throws(Failure) -> Int32 {
        let timestamps = options.bool(.timestamps)
        let details = options.bool(.details)
        try containers.logs(id, request) { (line) throws(Failure) in
            // Trailing zeros stay: every time has nine digits.
            let time = timestamps ? line.time.rfc3339(fractionDigits: 9) + " " : ""
            let stream: StandardStream = line.isError ? .error : .output
            try stream.write(time + (details ? " " : "") + line.text)
        }
        return ExitCode.success
    }
}
