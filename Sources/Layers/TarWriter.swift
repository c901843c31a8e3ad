package import Primitives

/// Writes an archive: ustar headers, with a PAX header before an entry that does not fit into one.
/// The same entries give the same bytes, everywhere and always; order is the caller's.
package final class TarWriter {
    private let sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    /// Data bytes the current entry still has to get.
    private var dataLeft: UInt64 = 0
    private var padding = 0

    /// - Parameter sink: takes the archive's bytes in order.
    package init(_ sink: @escaping (UnsafeRawBufferPointer) throws(Failure) -> Void) { self.sink = sink }

    /// Begins an entry. A file gets exactly its size in bytes through `write` before the next entry.
    /// Holes are the caller's to fill with zeros: sparse entries are not written.
    package func add(_ entry: TarEntry) throws(Failure) {
        guard dataLeft == 0, entry.sparse == nil, !entry.path.isEmpty, !entry.path.contains(0), !entry.linkTarget.contains(0) else {
            throw Failure(.invalid, "the entry \(printable(entry.path)) cannot be written")
        }
        try pad()
        let records = TarWriter.records(entry)
        if !records.isEmpty {
            try emit(TarWriter.header(TarWriter.describing(entry, size: records.count), type: UInt8(ascii: "x")))
            try emit(records)
            try emit([UInt8](repeating: 0, count: (512 - records.count % 512) % 512))
        }
        try emit(TarWriter.header(entry, type: entry.kind.rawValue))
        if entry.kind == .file {
            dataLeft = entry.sizeBytes
            padding = Int((512 - entry.sizeBytes % 512) % 512)
        }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard UInt64(bytes.count) <= dataLeft else { throw Failure(.invalid, "a file is longer than announced") }
        dataLeft -= UInt64(bytes.count)
        try sink(bytes)
    }

    /// Says that the layers below lose `path`.
    package func addWhiteout(_ path: [UInt8]) throws(Failure) {
        let nameStart = path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
        try add(TarEntry(.file, path[..<nameStart] + Whiteout.prefix + path[nameStart...]))
    }

    /// Says that the layers below lose everything in the directory `path`; empty for the root.
    package func addOpaque(_ path: [UInt8]) throws(Failure) {
        try add(TarEntry(.file, path + (path.isEmpty ? [] : [0x2F]) + Array(".wh..wh..opq".utf8)))
    }

    /// Writes the end of the archive.
    package func finish() throws(Failure) {
        try pad()
        try emit([UInt8](repeating: 0, count: 1024))
    }

    private func pad() throws(Failure) {
        guard dataLeft == 0 else { throw Failure(.invalid, "a file is shorter than announced") }
        if padding > 0 { try emit([UInt8](repeating: 0, count: padding)) }
        padding = 0
    }

    private func emit(_ bytes: [UInt8]) throws(Failure) {
        try bytes.withUnsafeBytes { buffer in Result { () throws(Failure) in try sink(buffer) } }.get()
    }
}

extension TarWriter {
    private static let octalMax: UInt64 = 0o7_777_777
    private static let sizeMax: UInt64 = 0o77_777_777_777

    /// What the ustar header cannot say, as PAX records in a fixed order.
    private static func records(_ entry: TarEntry) -> [UInt8] {
        var out: [UInt8] = []
        func record(_ key: [UInt8], _ value: [UInt8]) {
            let fixed = key.count + value.count + 3
            var length = fixed + 1
            while String(length).utf8.count + fixed != length { length = String(length).utf8.count + fixed }
            out += Array("\(length) ".utf8) + key + [0x3D] + value + [0x0A]
        }
        func record(_ key: String, _ value: String) { record(Array(key.utf8), Array(value.utf8)) }
        if !fits(entry.path) { record(Array("path".utf8), entry.path) }
        if !fits(entry.linkTarget) { record(Array("linkpath".utf8), entry.linkTarget) }
        if entry.sizeBytes > sizeMax { record("size", "\(entry.sizeBytes)") }
        if entry.userID > octalMax { record("uid", "\(entry.userID)") }
        if entry.groupID > octalMax { record("gid", "\(entry.groupID)") }
        if entry.modifiedNanoseconds != 0 || UInt64(max(0, entry.modifiedSeconds)) > sizeMax { record("mtime", time(entry)) }
        for attribute in entry.attributes.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            record(Array("SCHILY.xattr.".utf8) + attribute.name, attribute.value)
        }
        return out
    }

    private static func fits(_ name: [UInt8]) -> Bool { name.count <= 100 && name.allSatisfy { $0 < 0x80 } }

    private static func time(_ entry: TarEntry) -> String {
        var fraction = String(entry.modifiedNanoseconds)
        fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(max(0, entry.modifiedSeconds))" + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    /// The entry that carries the records of another one.
    private static func describing(_ entry: TarEntry, size: Int) -> TarEntry {
        let name = entry.path.split(separator: 0x2F).last ?? []
        var header = TarEntry(.file, Array("PaxHeaders.0/".utf8) + name.prefix(80).map { $0 < 0x80 ? $0 : UInt8(ascii: "_") })
        header.sizeBytes = UInt64(size)
        return header
    }

    private static func header(_ entry: TarEntry, type: UInt8) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ start: Int, _ bytes: some Sequence<UInt8>) {
            var at = start
            for byte in bytes {
                block[at] = byte
                at += 1
            }
        }
        /// Octal digits with a NUL behind them; too large numbers are in a PAX record, and 0 here.
        func put(_ start: Int, _ number: UInt64, digits: Int) {
            let text = number >> UInt64(3 * digits) == 0 ? String(number, radix: 8) : "0"
            put(start, (String(repeating: "0", count: digits - text.utf8.count) + text).utf8)
        }
        put(0, entry.path.prefix(100))
        put(100, UInt64(entry.mode & 0o7777), digits: 7)
        put(108, UInt64(entry.userID), digits: 7)
        put(116, UInt64(entry.groupID), digits: 7)
        put(124, entry.kind == .file ? entry.sizeBytes : 0, digits: 11)
        put(136, UInt64(max(0, entry.modifiedSeconds)), digits: 11)
        block[156] = type
        put(157, entry.linkTarget.prefix(100))
        put(257, "ustar\u{0}00".utf8)
        put(329, UInt64(entry.deviceMajor), digits: 7)
        put(337, UInt64(entry.deviceMinor), digits: 7)
        put(148, block.withUnsafeBytes { TarHeader.checksum($0) }, digits: 6)
        block[155] = 0x20
        return block
    }
}
