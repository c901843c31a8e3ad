package import Primitives
package import Sandbox

/// Options of a tmpfs (tmpfs(5)): nothing else reaches the kernel.
package struct TmpfsOptions: Equatable, Sendable {
    package var flags: MountFlags = [.noExec, .noSetuid, .noDevices]
    package var sizeBytes: Int64?
    /// Of the memory of the machine, 1…100; excludes `sizeBytes`.
    package var sizePercent: Int?
    /// Permission bits.
    package var mode: UInt32?
    package var uid: UInt32?
    package var gid: UInt32?
    package var inodesMax: Int64?
    package var blocksMax: Int64?

    package init() {}

    /// Comma separated; of two that contradict each other the last counts.
    /// - Throws: `.invalid` with docker's text.
    package init(_ text: String) throws(Failure) {
        if text.isEmpty { return }
        for option in text.parts(",") {
            let (key, value) = option.cut("=")
            guard value.map({ set(key, $0) }) ?? setFlag(key) else {
                throw Failure(.invalid, "invalid tmpfs option \(option.quoted)")
            }
        }
    }

    /// For the kernel, checked: `size=65536`, `mode=1777`, ….
    package var keyValues: [String] {
        var list: [String] = []
        if let sizeBytes { list.append("size=\(sizeBytes)") }
        if let sizePercent { list.append("size=\(sizePercent)%") }
        if let mode { list.append("mode=" + String(mode, radix: 8)) }
        if let uid { list.append("uid=\(uid)") }
        if let gid { list.append("gid=\(gid)") }
        if let inodesMax { list.append("nr_inodes=\(inodesMax)") }
        if let blocksMax { list.append("nr_blocks=\(blocksMax)") }
        return list
    }

    private mutating func setFlag(_ word: String) -> Bool {
        switch word {
        case "exec": flags.remove(.noExec)
        case "noexec": flags.insert(.noExec)
        case "suid": flags.remove(.noSetuid)
        case "nosuid": flags.insert(.noSetuid)
        case "dev": flags.remove(.noDevices)
        case "nodev": flags.insert(.noDevices)
        case "rw": flags.remove(.readOnly)
        case "ro": flags.insert(.readOnly)
        case "noatime": accessTime(.noAccessTime)
        case "strictatime": accessTime(.strictAccessTime)
        // What the kernel does anyway.
        case "atime", "relatime", "nostrictatime", "defaults": accessTime([])
        case "norelatime", "diratime", "nodiratime": break
        default: return false
        }
        return true
    }

    private mutating func accessTime(_ flag: MountFlags) {
        flags.subtract([.noAccessTime, .strictAccessTime])
        flags.formUnion(flag)
    }

    private mutating func set(_ key: String, _ value: String) -> Bool {
        switch key {
        case "size": return setSize(value)
        case "mode": mode = UInt32(value, radix: 8).flatMap { value.isDecimal && $0 <= 0o7777 ? $0 : nil }
        case "uid": uid = identifier(value)
        case "gid": gid = identifier(value)
        case "nr_inodes": inodesMax = number(value)
        case "nr_blocks": blocksMax = number(value)
        default: return false
        }
        return ["mode": mode != nil, "uid": uid != nil, "gid": gid != nil, "nr_inodes": inodesMax != nil, "nr_blocks": blocksMax != nil][
            key]!
    }

    private mutating func setSize(_ value: String) -> Bool {
        (sizeBytes, sizePercent) = (nil, nil)
        if value.hasSuffix("%") {
            sizePercent =
                value.utf8.count <= 4
                ? Int(value.dropLast()).flatMap { value.utf8.first?.isDigit == true && (1...100).contains($0) ? $0 : nil } : nil
        } else {
            sizeBytes = number(value)
        }
        return sizeBytes != nil || sizePercent != nil
    }

    /// The highest id means none to the kernel.
    private func identifier(_ value: String) -> UInt32? {
        value.isDecimal ? UInt32(value).flatMap { $0 < .max ? $0 : nil } : nil
    }

    /// Digits and at most one of the letters the kernel knows.
    private func number(_ value: String) -> Int64? {
        let digits = value.utf8.prefix(while: \.isDigit)
        guard !digits.isEmpty, value.utf8.count - digits.count <= 1,
            value.utf8.last.map({ "kKmMgGtT".utf8.contains($0) || $0.isDigit }) == true
        else { return nil }
        return try? ByteSize.parse(value)
    }
}

extension VolumeRequest {
    /// `--tmpfs DIR[:OPTIONS]`.
    /// - Throws: `.invalid` with docker's texts.
    package init(tmpfs text: String) throws(Failure) {
        let (path, options) = text.cut(":")
        let target = try Self.checkedTarget(path)
        let parsed = try TmpfsOptions(options ?? "")
        self.init(.tmpfs(parsed), target: target)
        readOnly = parsed.flags.contains(.readOnly)
    }
}
