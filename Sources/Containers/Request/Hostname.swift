package import Primitives

package enum Hostname {
    /// HOST_NAME_MAX of Linux (gethostname(2)); a domain name has the same limit there.
    private static let bytesMax = 64

    /// Labels of letters, digits, `-` and `_` between single dots (RFC 1123, and the `_` that docker allows).
    /// - Throws: `.invalid` with docker's text.
    package static func check(_ name: String) throws(Failure) {
        guard isWellFormed(name), name.utf8.count <= bytesMax else {
            throw Failure(.invalid, "invalid hostname format: \(name)")
        }
    }

    /// - Throws: `.invalid`.
    package static func checkDomain(_ name: String) throws(Failure) {
        guard isWellFormed(name), name.utf8.count <= bytesMax else {
            throw Failure(.invalid, "invalid domainname format: \(name)")
        }
    }

    private static func isWellFormed(_ name: String) -> Bool {
        let dash = UInt8(ascii: "-")
        return name.parts(".").allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != dash && label.utf8.last != dash
                && label.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == dash || $0 == UInt8(ascii: "_") }
        }
    }
}
