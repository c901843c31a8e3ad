/// One member of an archive, with everything that headers before it said. Bytes, because names need not be text.
package struct TarEntry: Sendable, Equatable {
    package enum Kind: UInt8, Sendable {
        case file = 0x30
        case hardLink, symbolicLink, characterDevice, blockDevice, directory, fifo
    }
    package struct Attribute: Sendable, Equatable {
        package var name: [UInt8]
        package var value: [UInt8]
        package init(name: [UInt8], value: [UInt8]) { (self.name, self.value) = (name, value) }
    }
    /// Where a piece of the stored data belongs; between pieces are holes.
    package struct SparseRange: Sendable, Equatable {
        package var offset: UInt64
        package var count: UInt64
    }

    package var path: [UInt8]
    package var kind: Kind
    /// Permission bits with setuid, setgid and sticky.
    package var mode: UInt32 = 0o644
    package var userID: UInt32 = 0
    package var groupID: UInt32 = 0
    /// Size of the file as it will be, holes included; 0 for everything else.
    package var sizeBytes: UInt64 = 0
    package var modifiedSeconds: Int64 = 0
    package var modifiedNanoseconds: Int32 = 0
    /// Of hard and symbolic links.
    package var linkTarget: [UInt8] = []
    package var deviceMajor: UInt32 = 0
    package var deviceMinor: UInt32 = 0
    package var attributes: [Attribute] = []
    /// `nil`: the file has no holes.
    package var sparse: [SparseRange]?

    package init(_ kind: Kind, _ path: [UInt8]) { (self.kind, self.path) = (kind, path) }
}

/// A name out of an archive for a message: at most 200 characters, control characters replaced.
package func printable(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(200), as: UTF8.self)
    let clean = text.unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format ? "?" : String(scalar)
    }
    return "\"\(clean.joined())\(bytes.count > 200 ? "…" : "")\""
}
