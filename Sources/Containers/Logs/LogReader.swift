internal import LinuxSys
package import Primitives
internal import Store

/// Which part of a container's log is wanted.
package struct LogSelection: Sendable {
    package var follow = false
    /// Lines from the end; `nil` for all.
    package var tail: Int?
    package var since: Timestamp?
    package var until: Timestamp?
    package init() {}
}

/// One record of the json-file log; a long line comes in several, without a line feed at the end.
package struct LogLine: Equatable, Sendable {
    package var text: String
    package var isError: Bool
    package var time: Timestamp
    /// As it stands in the file.
    package var timeText: String

    init?(_ record: some Collection<UInt8>) {
        // A torn or foreign line is skipped: the log of a running container is read while it is written.
        guard let json = try? JSON.parse(Array(record)), let text = json["log"]?.string, let timeText = json["time"]?.string,
            let time = try? Timestamp(rfc3339: timeText)
        else { return nil }
        (self.text, self.timeText, self.time) = (text, timeText, time)
        isError = json["stream"]?.string == "stderr"
    }
}

extension ContainerStore {
    /// Reads the log from the oldest rotated file on, without any lock.
    /// - Parameter emit: called for every line; `false` from it ends the reading.
    package func logs(_ id: String, _ request: LogSelection, emit: (LogLine) throws(Failure) -> Void) throws(Failure) {
        let record = try record(id)
        guard record.hostConfig["LogConfig"]?["Type"]?.string != "none" else {
            throw Failure(.unsupported, "configured logging driver does not support reading")
        }
        let directory = try open(id)
        let name = ContainerStarter.logName(id)
        var reader = LogFileReader(name: name)
        try reader.openOldest(directory)
        var lines: [LogLine] = []
        while let line = try reader.next(directory) {
            if let since = request.since, line.time < since { continue }
            if let until = request.until, line.time > until { continue }
            if request.tail == nil { try emit(line) } else { lines.append(line) }
            if let tail = request.tail, lines.count > 2 * max(tail, 512) { lines.removeFirst(lines.count - LogTail.keep(lines, tail)) }
        }
        if let tail = request.tail { for line in lines.suffix(LogTail.keep(lines, tail)) { try emit(line) } }
        guard request.follow else { return }
        let watch = try DirectoryWatch(directory)
        while true {
            let running = try state(id).isRunning
            while let line = try reader.next(directory) {
                if let until = request.until, line.time > until { return }
                if let since = request.since, line.time < since { continue }
                try emit(line)
            }
            if !running { return }
            if let until = request.until, Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()) > until { return }
            // Every write is announced; the pause only bounds how late the end of the container is seen.
            watch.wait(milliseconds: 500)
        }
    }
}

/// Counts whole lines, not records: a long line in pieces is one.
enum LogTail {
    /// How many records at the end hold the last `tail` lines.
    static func keep(_ lines: [LogLine], _ tail: Int) -> Int {
        if tail <= 0 { return 0 }
        var whole = 0
        for (count, line) in lines.reversed().enumerated() where count > 0 || line.text.hasSuffix("\n") || count == 0 {
            if count == 0 || line.text.hasSuffix("\n") {
                whole += 1
                if whole > tail { return count }
            }
        }
        return lines.count
    }
}

/// Walks the rotated files of one log in order and stays with the newest.
struct LogFileReader: ~Copyable {
    private let name: String
    private var file: Descriptor?
    /// Of `file`; -1 without one.
    private var raw: Int32 = -1
    private var inode: UInt64 = 0
    private var pending: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 65536)

    init(name: String) { self.name = name }

    mutating func openOldest(_ directory: borrowing Directory) throws(Failure) {
        var number = 0
        while directory.contains("\(name).\(number + 1)") { number += 1 }
        try open(number == 0 ? name : "\(name).\(number)", directory)
    }

    private mutating func open(_ file: String, _ directory: borrowing Directory) throws(Failure) {
        do throws(Failure) {
            let opened = try directory.openFile(file)
            inode = opened.inode
            raw = opened.raw
            self.file = consume opened
        } catch {
            // Nothing written yet.
            if error.kind != .notFound { throw error }
        }
    }

    /// The next record, `nil` when there is no more for now.
    mutating func next(_ directory: borrowing Directory) throws(Failure) -> LogLine? {
        while true {
            if let newline = pending.firstIndex(of: 0x0A) {
                let line = LogLine(pending[..<newline])
                pending.removeSubrange(...newline)
                if let line { return line }
                continue
            }
            guard let count = try fill(directory), count > 0 else { return nil }
        }
    }

    /// Bytes read; moves to the following file at the end of a rotated one.
    private mutating func fill(_ directory: borrowing Directory) throws(Failure) -> Int? {
        if raw < 0 { try open(name, directory) }
        guard raw >= 0 else { return nil }
        let raw = raw
        let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
            Result { () throws(Failure) in try StandardStream(raw).read(bytes) }
        }
        let count = try result.get()
        if count > 0 {
            pending.append(contentsOf: buffer[..<count])
            return count
        }
        return try follow(directory) ? try fill(directory) : 0
    }

    /// At the end of this file: is there a newer one?
    private mutating func follow(_ directory: borrowing Directory) throws(Failure) -> Bool {
        var number = 0
        while true {
            let candidate = number == 0 ? name : "\(name).\(number)"
            guard let found = directory.inode(candidate) else { return false }
            if found == inode {
                if number == 0 { return false }
                pending = []
                try open(number == 1 ? name : "\(name).\(number - 1)", directory)
                return true
            }
            number += 1
        }
    }
}
