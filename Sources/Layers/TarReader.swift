package import Primitives

/// Where an archive comes from.
package protocol BlockSource: AnyObject {
    /// The next bytes: a multiple of 512 except for the last ones, none at the end. Valid until the next call.
    func nextChunk() throws(Failure) -> UnsafeRawBufferPointer

    /// Leaves out at most `count` of the bytes that come next, unread, where that is cheaper than to read them.
    /// - Parameter count: a multiple of 512.
    /// - Returns: how many were left out, a multiple of 512.
    func skip(_ count: UInt64) throws(Failure) -> UInt64
}

extension BlockSource {
    package func skip(_ count: UInt64) throws(Failure) -> UInt64 { 0 }
}

/// Reads a tar archive once, from front to end: ustar, PAX, GNU long names and sparse files.
///
/// Readers of tar disagree about archives that contradict themselves, and what one reader does not see another one
/// unpacks (CVE-2025-62518). So whatever can be understood in two ways is refused, never repaired.
package struct TarReader<Source: BlockSource> {
    private let source: Source
    private let limits: LayerLimits
    /// What is left of the current chunk; begins at a block whenever no entry's data is open.
    private var chunk = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Stored bytes of the current entry not yet given out, and the same with padding.
    private var dataLeft: UInt64 = 0
    private var paddedLeft: UInt64 = 0
    private var global = PAXRecords()
    private var entries = 0
    private var ended = false

    package init(_ source: Source, limits: LayerLimits) { (self.source, self.limits) = (source, limits) }

    /// Bytes that the source has given and nobody has read. Right after `next()` the data of the entry begins with them.
    var unreadBytes: Int { chunk.count }

    /// Headers that describe the entry behind them.
    private struct Pending {
        var pax: PAXRecords?
        var longName: [UInt8]?
        var longLink: [UInt8]?
        var isEmpty: Bool { pax == nil && longName == nil && longLink == nil }
    }

    /// The next entry, or `nil` at the end of the archive. Data of the entry before that was not read is skipped.
    package mutating func next() throws(Failure) -> TarEntry? {
        if ended { return nil }
        try skipData()
        var pending = Pending()
        while let block = try headerBlock() {
            let header = try TarHeader(block)
            switch header.type {
            case UInt8(ascii: "x"):
                guard pending.isEmpty else { throw TarReader.contradiction("two extended headers describe one entry") }
                pending.pax = try PAXRecords(try metadata(header), global: false, limits: limits)
            case UInt8(ascii: "g"):
                guard pending.isEmpty else { throw TarReader.contradiction("a global header stands inside an entry") }
                try merge(try PAXRecords(try metadata(header), global: true, limits: limits))
            case UInt8(ascii: "L"):
                guard pending.longName == nil else { throw TarReader.contradiction("two long names belong to one entry") }
                pending.longName = try longText(header)
            case UInt8(ascii: "K"):
                guard pending.longLink == nil else { throw TarReader.contradiction("two long link names belong to one entry") }
                pending.longLink = try longText(header)
            default: return try entry(header, block, pending)
            }
        }
        guard pending.isEmpty else { throw Failure(.corrupt, "the archive ends inside an entry") }
        ended = true
        return nil
    }

    /// The next piece of the current entry's stored bytes (without holes), `nil` at their end. Valid until the next call.
    package mutating func nextData() throws(Failure) -> UnsafeRawBufferPointer? {
        if dataLeft == 0 { return nil }
        try refill()
        let count = Int(min(dataLeft, UInt64(chunk.count)))
        let piece = UnsafeRawBufferPointer(rebasing: chunk[..<count])
        chunk = UnsafeRawBufferPointer(rebasing: chunk[count...])
        dataLeft -= UInt64(count)
        paddedLeft -= UInt64(count)
        return piece
    }

    private static func contradiction(_ what: String) -> Failure { Failure(.corrupt, "the archive contradicts itself: \(what)") }

    private mutating func refill() throws(Failure) {
        if !chunk.isEmpty { return }
        chunk = try source.nextChunk()
        if chunk.isEmpty { throw Failure(.corrupt, "the archive ends too early") }
    }

    private mutating func skipData() throws(Failure) {
        while paddedLeft > 0 {
            if chunk.isEmpty {
                paddedLeft -= try source.skip(paddedLeft)
                if paddedLeft == 0 { break }
            }
            try refill()
            let count = Int(min(paddedLeft, UInt64(chunk.count)))
            chunk = UnsafeRawBufferPointer(rebasing: chunk[count...])
            paddedLeft -= UInt64(count)
        }
        dataLeft = 0
    }

    /// The next 512 bytes, valid until more are read.
    private mutating func block() throws(Failure) -> UnsafeRawBufferPointer {
        try refill()
        guard chunk.count >= TarHeader.size else { throw Failure(.corrupt, "the archive ends too early") }
        let block = UnsafeRawBufferPointer(rebasing: chunk[..<TarHeader.size])
        chunk = UnsafeRawBufferPointer(rebasing: chunk[TarHeader.size...])
        return block
    }

    /// The next header; `nil` at the two zero blocks that end an archive, or where the bytes end between two entries.
    private mutating func headerBlock() throws(Failure) -> UnsafeRawBufferPointer? {
        for zeroBlocks in 0..<2 {
            if chunk.isEmpty { chunk = try source.nextChunk() }
            if chunk.isEmpty { return nil }
            let block = try block()
            if !TarHeader.isZero(block) {
                if zeroBlocks > 0 { throw TarReader.contradiction("entries follow its end") }
                return block
            }
        }
        return nil
    }

    private mutating func open(storedBytes: UInt64) {
        dataLeft = storedBytes
        paddedLeft = (storedBytes + 511) & ~511
    }

    /// The contents of a header that describes others.
    private mutating func metadata(_ header: TarHeader) throws(Failure) -> [UInt8] {
        guard header.size > 0, header.size <= UInt64(limits.headerBytes) else {
            throw Failure(.corrupt, "an extended header has \(header.size) bytes")
        }
        open(storedBytes: header.size)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(header.size))
        while let piece = try nextData() { bytes.append(contentsOf: piece) }
        try skipData()
        return bytes
    }

    private mutating func longText(_ header: TarHeader) throws(Failure) -> [UInt8] {
        let bytes = try metadata(header)
        let text = bytes.prefix { $0 != 0 }
        guard !text.isEmpty, bytes[text.endIndex...].allSatisfy({ $0 == 0 }) else {
            throw Failure(.corrupt, "a long name is damaged")
        }
        return Array(text)
    }

    private mutating func merge(_ records: PAXRecords) throws(Failure) {
        global.userID = records.userID ?? global.userID
        global.groupID = records.groupID ?? global.groupID
        global.modified = records.modified ?? global.modified
    }
}

extension TarReader {
    private mutating func entry(
        _ header: TarHeader, _ block: UnsafeRawBufferPointer, _ pending: Pending
    ) throws(Failure) -> TarEntry {
        entries += 1
        if entries > limits.entries { throw Failure(.corrupt, "the layer has more than \(limits.entries) entries") }
        let pax = pending.pax ?? PAXRecords()
        var entry = TarEntry(.file, try path(header, pax, pending.longName))
        do throws(Failure) {
            entry.kind = try kind(header, entry.path)
            try describe(&entry, header, pax)
            entry.linkTarget = try linkTarget(header, pax, pending.longLink, entry.kind)
            try size(&entry, header, block, pax)
        } catch { throw error.within("the entry \(printable(entry.path))") }
        return entry
    }

    private func path(_ header: TarHeader, _ pax: PAXRecords, _ longName: [UInt8]?) throws(Failure) -> [UInt8] {
        if longName != nil, pax.path != nil || pax.sparse.name != nil { throw TarReader.contradiction("an entry has two long names") }
        return pax.sparse.name ?? longName ?? pax.path ?? header.name
    }

    private func kind(_ header: TarHeader, _ path: [UInt8]) throws(Failure) -> TarEntry.Kind {
        switch header.type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"):
            if path.last != UInt8(ascii: "/") { return .file }
            // Before ustar a directory was a file with a slash at its end.
            if header.type == 0 { return .directory }
            throw TarReader.contradiction("a file has the name of a directory")
        default:
            guard let kind = TarEntry.Kind(rawValue: header.type) else {
                throw Failure(.corrupt, "the type \(printable([header.type])) is not known")
            }
            return kind
        }
    }

    private func describe(_ entry: inout TarEntry, _ header: TarHeader, _ pax: PAXRecords) throws(Failure) {
        entry.mode = header.mode
        entry.userID = try identifier(pax.userID ?? global.userID ?? header.userID)
        entry.groupID = try identifier(pax.groupID ?? global.groupID ?? header.groupID)
        let time = pax.modified ?? global.modified ?? (header.modifiedSeconds, 0)
        (entry.modifiedSeconds, entry.modifiedNanoseconds) = time
        (entry.deviceMajor, entry.deviceMinor) = (header.deviceMajor, header.deviceMinor)
        entry.attributes = pax.attributes
    }

    /// The largest 32-bit number means "no change" to the kernel, and larger ones would wrap to somebody else.
    private func identifier(_ value: UInt64) throws(Failure) -> UInt32 {
        guard value < UInt64(UInt32.max) else { throw Failure(.corrupt, "the owner \(value) is out of range") }
        return UInt32(value)
    }

    private func linkTarget(
        _ header: TarHeader, _ pax: PAXRecords, _ longLink: [UInt8]?, _ kind: TarEntry.Kind
    ) throws(Failure) -> [UInt8] {
        guard kind == .hardLink || kind == .symbolicLink else {
            if longLink != nil || pax.linkPath != nil { throw TarReader.contradiction("it is no link and has a target") }
            return []
        }
        if longLink != nil, pax.linkPath != nil { throw TarReader.contradiction("it has two long targets") }
        let target = longLink ?? pax.linkPath ?? header.linkName
        if target.isEmpty { throw Failure(.corrupt, "the link has no target") }
        return target
    }

    private mutating func size(
        _ entry: inout TarEntry, _ header: TarHeader, _ block: UnsafeRawBufferPointer, _ pax: PAXRecords
    ) throws(Failure) {
        let stored = pax.size ?? header.size
        // Only what the header cannot hold may differ from it.
        if pax.size != nil, stored != header.size, stored <= 0o77_777_777_777 { throw TarReader.contradiction("it has two sizes") }
        if entry.kind != .file {
            guard stored == 0, !pax.sparse.isPresent else { throw TarReader.contradiction("it is no file and has data") }
            return
        }
        try checkFileSize(stored)
        if header.type == UInt8(ascii: "S") {
            try oldSparse(&entry, header, block, pax, stored)
        } else if pax.sparse.isPresent {
            try paxSparse(&entry, pax.sparse, stored)
        } else {
            entry.sizeBytes = stored
            open(storedBytes: stored)
        }
    }

    private func checkFileSize(_ size: UInt64) throws(Failure) {
        if size > limits.fileBytes { throw Failure(.corrupt, "the file is larger than \(limits.fileBytes) bytes") }
    }

    private mutating func oldSparse(
        _ entry: inout TarEntry, _ header: TarHeader, _ block: UnsafeRawBufferPointer, _ pax: PAXRecords, _ stored: UInt64
    ) throws(Failure) {
        guard header.format == .gnu, !pax.sparse.isPresent else { throw TarReader.contradiction("it is sparse in two ways") }
        let realSize = try TarHeader.number(block, 483, 12, "real size")
        try checkFileSize(realSize)
        var numbers: [UInt64] = []
        try SparseMap.fields(block, at: 386, count: 4, into: &numbers)
        var more = block[482] != 0
        while more {
            let further = try self.block()
            try SparseMap.fields(further, at: 0, count: 21, into: &numbers)
            more = further[504] != 0
            if numbers.count > 2 * limits.sparseRanges { throw Failure(.corrupt, "a sparse map has too many pieces") }
        }
        entry.sizeBytes = realSize
        entry.sparse = try SparseMap.ranges(numbers, realSize: realSize, storedSize: stored)
        open(storedBytes: stored)
    }

    private mutating func paxSparse(
        _ entry: inout TarEntry, _ sparse: PAXRecords.SparseRecords, _ stored: UInt64
    ) throws(Failure) {
        guard let realSize = sparse.realSize else { throw Failure(.corrupt, "a sparse file has no size") }
        try checkFileSize(realSize)
        open(storedBytes: stored)
        var numbers = sparse.numbers
        if let major = sparse.major {
            guard major == 1, sparse.minor == 0, sparse.map == nil, numbers.isEmpty else {
                throw Failure(.corrupt, "a sparse file has an unknown format")
            }
            numbers = try sparseLines()
        } else {
            if let map = sparse.map {
                guard numbers.isEmpty else { throw TarReader.contradiction("it is sparse in two ways") }
                numbers = try SparseMap.parse(map, limits: limits)
            }
            guard sparse.count == UInt64(numbers.count / 2) else { throw Failure(.corrupt, "a sparse map is damaged") }
        }
        entry.sizeBytes = realSize
        entry.sparse = try SparseMap.ranges(numbers, realSize: realSize, storedSize: dataLeft)
    }

    private mutating func sparseLines() throws(Failure) -> [UInt64] {
        var lines = SparseMap.Lines()
        while !lines.isComplete {
            guard dataLeft >= 512 else { throw Failure(.corrupt, "a sparse map is damaged") }
            try lines.feed(try block(), limits: limits)
            dataLeft -= 512
            paddedLeft -= 512
        }
        return lines.numbers
    }
}
