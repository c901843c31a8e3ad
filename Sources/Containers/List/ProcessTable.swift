internal import LinuxSys
package import Primitives

/// The processes of a container, read from /proc from outside: nothing inside is executed or trusted
/// (CVE-2022-1227).
package struct ProcessTable: Sendable {
    package struct Row: Equatable, Sendable {
        package var uid: UInt32
        package var user: String
        package var pid: Int32
        package var parent: Int32
        package var processorPercent: Double
        package var memoryPercent: Double
        package var virtualKB: UInt64
        package var residentKB: UInt64
        package var terminal: String
        package var state: String
        package var startSeconds: Int64
        package var timeSeconds: UInt64
        package var name: String
        package var command: String
    }

    /// Every process of the pid namespace that `first` began, or its descendants where that is the host's.
    package static func rows(first: Int32) throws(Failure) -> [Row] {
        guard let space = Process.link("/proc/\(first)/ns/pid") else { throw Failure(.notFound, "process \(first) is gone") }
        let sharesHost = space == Process.link("/proc/self/ns/pid")
        let uptime = HostFile.text("/proc/uptime").flatMap { Double($0.prefix { $0 != " " }) } ?? 0
        let boot = Clock.nowNanoseconds() / 1_000_000_000 - Int64(uptime)
        let memory = HostFile.text("/proc/meminfo").flatMap { UInt64($0.prefix { $0 != "\n" }.filter(\.isNumber)) } ?? 1
        var rows: [Row] = []
        var family: Set<Int32> = [first]
        let pids = try Directory.open("/proc").names().compactMap { Int32($0) }.sorted()
        for pid in pids {
            guard let row = row(pid, bootSeconds: boot, uptime: uptime, memoryKB: memory) else { continue }
            if sharesHost {
                guard family.contains(pid) || family.contains(row.parent) else { continue }
                family.insert(pid)
            } else if Process.link("/proc/\(pid)/ns/pid") != space {
                continue
            }
            rows.append(row)
        }
        return rows
    }

    private static func row(_ pid: Int32, bootSeconds: Int64, uptime: Double, memoryKB: UInt64) -> Row? {
        guard let stat = HostFile.text("/proc/\(pid)/stat"), let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")"),
            let status = HostFile.text("/proc/\(pid)/status")
        else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 21 else { return nil }
        func number(_ index: Int) -> UInt64 { UInt64(fields[index]) ?? 0 }
        let uidLine = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }?.split(whereSeparator: { $0 == "\t" || $0 == " " }) ?? []
        let uid = uidLine.count > 2 ? UInt32(uidLine[2]) ?? 0 : 0
        let ticks = number(11) + number(12)
        let start = Double(number(19)) / 100
        let resident = number(21) * 4
        let name = printable(String(stat[stat.index(after: open)..<close]))
        let line = (HostFile.text("/proc/\(pid)/cmdline") ?? "").split(separator: "\0", omittingEmptySubsequences: false).joined(
            separator: " ")
        let trimmed = printable(String(line.reversed().drop { $0 == " " }.reversed()))
        let alive = max(uptime - start, 0.01)
        return Row(
            uid: uid, user: UserAccount.name(of: uid) ?? String(uid), pid: pid, parent: Int32(fields[1]) ?? 0,
            processorPercent: Double(ticks) / alive, memoryPercent: Double(resident) * 100 / Double(memoryKB), virtualKB: number(20) / 1024,
            residentKB: resident, terminal: terminal(Int(fields[4]) ?? 0), state: String(fields[0]),
            startSeconds: bootSeconds + Int64(start),
            timeSeconds: ticks / 100, name: name, command: trimmed.isEmpty ? "[\(name)]" : trimmed)
    }

    /// The container's own words, which may be commands to a terminal: what is no text becomes `?`, as ps has it.
    private static func printable(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0xFFFD
            out.unicodeScalars.append(isControl ? "?" : scalar)
        }
        return out
    }

    private static func terminal(_ device: Int) -> String {
        let (major, minor) = (device >> 8 & 0xFFF, device & 0xFF | device >> 12 & 0xFFF00)
        return switch major {
        case 136...143: "pts/\(minor + (major - 136) * 256)"
        case 4: "tty\(minor)"
        default: "?"
        }
    }
}
