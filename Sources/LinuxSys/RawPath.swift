/// A path or file name as the kernel sees it: any bytes but NUL. Names in archives need not be text.
package struct RawPath: Hashable, Sendable {
    /// With the terminating NUL, ready for a system call.
    package let characters: [CChar]

    /// - Returns: `nil` when there is a NUL inside.
    package init?(_ bytes: some Collection<UInt8>) {
        var characters: [CChar] = []
        characters.reserveCapacity(bytes.count + 1)
        for byte in bytes {
            if byte == 0 { return nil }
            characters.append(CChar(bitPattern: byte))
        }
        characters.append(0)
        self.characters = characters
    }

    /// A name read from the kernel.
    init(cString: UnsafePointer<CChar>) {
        var end = 0
        while cString[end] != 0 { end += 1 }
        characters = Array(UnsafeBufferPointer(start: cString, count: end + 1))
    }

    /// In the order of their bytes, which no locale changes.
    package func precedes(_ other: RawPath) -> Bool {
        characters.lexicographicallyPrecedes(other.characters) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
    }

    package var bytes: [UInt8] { characters.dropLast().map { UInt8(bitPattern: $0) } }
}
