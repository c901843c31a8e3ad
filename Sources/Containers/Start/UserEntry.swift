internal import LinuxSys
internal import Primitives

/// The caller's entry in the /etc/passwd of a container that runs as him, where the image has none.
enum UserEntry {
    static let key = "PasswdEntry"

    static func add(_ record: ContainerRecord, to root: borrowing Directory) throws(Failure) {
        guard let entry = record.proa[key]?.string else { return }
        let fields = entry.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        try root.append(to: "etc/passwd", limit: 1 << 20) { bytes in
            let taken = bytes.split(separator: UInt8(ascii: "\n")).contains { line in
                let theirs = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                return theirs.count > 2 && (theirs[0].elementsEqual(fields[0]) || theirs[2].elementsEqual(fields[2]))
            }
            if taken { return [] }
            return (bytes.isEmpty || bytes.last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]) + Array(entry.utf8) + [
                UInt8(ascii: "\n")
            ]
        }
    }
}
