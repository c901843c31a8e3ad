import Containers
import LinuxSys
import Primitives
import Templates

/// `top`: what `ps` would print, from /proc.
struct TopCommand {
    let engine: Engine

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let containers = try engine.containers
        let id = try containers.find(operands[0])
        let state = try containers.state(id)
        guard state.isRunning else { throw Failure(.conflict, "container \(id) is not running") }
        let columns = try Self.columns(Array(operands.dropFirst()))
        let rows = try ProcessTable.rows(first: state.pid)
        let now = Clock.nowNanoseconds() / 1_000_000_000
        var table = [columns.map(\.title)]
        for row in rows { table.append(columns.map { $0.cell(row, now) }) }
        // docker's widths: at least 20, three between.
        try engine.console.data(TableWriter(cellWidthMin: 20, padding: 3).aligned(rows: table))
        return ExitCode.success
    }

    struct Column: Sendable {
        let title: String
        let cell: @Sendable (ProcessTable.Row, Int64) -> String
    }

    private static func percent(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func clock(_ seconds: UInt64) -> String {
        func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : String(value) }
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    private static func startTime(_ seconds: Int64, _ now: Int64) -> String {
        let text = LocalTime.text(Timestamp(seconds: seconds))
        return now - seconds < 86400 ? String(text.dropFirst(11).prefix(5)) : String(text.dropFirst(5).prefix(5))
    }

    private static let known: [String: Column] = [
        "uid": Column(title: "UID") { row, _ in row.user }, "user": Column(title: "USER") { row, _ in row.user },
        "pid": Column(title: "PID") { row, _ in String(row.pid) }, "ppid": Column(title: "PPID") { row, _ in String(row.parent) },
        "c": Column(title: "C") { row, _ in String(Int(row.processorPercent)) },
        "stime": Column(title: "STIME") { startTime($0.startSeconds, $1) },
        "start": Column(title: "START") { startTime($0.startSeconds, $1) }, "tty": Column(title: "TTY") { row, _ in row.terminal },
        "time": Column(title: "TIME") { row, _ in clock(row.timeSeconds) }, "cmd": Column(title: "CMD") { row, _ in row.command },
        "comm": Column(title: "COMMAND") { row, _ in row.name }, "args": Column(title: "COMMAND") { row, _ in row.command },
        "%cpu": Column(title: "%CPU") { row, _ in percent(row.processorPercent) },
        "%mem": Column(title: "%MEM") { row, _ in percent(row.memoryPercent) },
        "vsz": Column(title: "VSZ") { row, _ in String(row.virtualKB) }, "rss": Column(title: "RSS") { row, _ in String(row.residentKB) },
        "stat": Column(title: "STAT") { row, _ in row.state },
    ]
    private static let synonyms = [
        "command": "args", "pcpu": "%cpu", "pmem": "%mem", "ucmd": "comm", "s": "stat", "state": "stat", "euser": "user", "tname": "tty",
        "tt": "tty",
    ]

    private static func columns(_ options: [String]) throws(Failure) -> [Column] {
        func pick(_ names: String) throws(Failure) -> [Column] {
            var out: [Column] = []
            for name in names.split(whereSeparator: { $0 == "," || $0 == " " }) {
                let key = String(name.prefix { $0 != "=" })
                guard let column = known[synonyms[key] ?? key] else {
                    throw Failure(.invalid, "ps: error: unknown user-defined format specifier \"\(name)\"")
                }
                out.append(column)
            }
            return out
        }
        let joined = options.joined(separator: " ")
        switch joined {
        case "", "-ef", "ef", "-f": return try pick("uid,pid,ppid,c,stime,tty,time,cmd")
        case "aux", "-aux", "u", "au": return try pick("user,pid,%cpu,%mem,vsz,rss,tty,stat,start,time,args")
        case "-e", "-A", "e": return try pick("pid,tty,time,comm")
        default:
            for prefix in ["-eo ", "-o ", "-eo", "-o", "o "] where joined.hasPrefix(prefix) {
                return try pick(String(joined.dropFirst(prefix.count)))
            }
            throw Failure(.unsupported, "ps options \"\(joined)\" are not there yet: use -ef, aux, -e or -o COLUMNS")
        }
    }
}
