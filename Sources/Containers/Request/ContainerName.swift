package import Primitives

package enum ContainerName {
    /// Longer names do not fit a file name together with what the store adds.
    private static let bytesMax = 200

    /// `name` without docker's leading slash, two bytes at least.
    /// - Throws: `.invalid` with docker's text.
    package static func check(_ name: String) throws(Failure) -> String {
        let bare = name.hasPrefix("/") ? String(name.dropFirst()) : name
        guard isObjectName(bare), bare.utf8.count >= 2 else {
            throw Failure(.invalid, "Invalid container name (\(name)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        }
        guard bare.utf8.count <= bytesMax else {
            throw Failure(.invalid, "the container name is longer than \(bytesMax) bytes")
        }
        return bare
    }
}
