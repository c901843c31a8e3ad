package import Primitives

/// One thing of the store that is not what it should be.
package struct StoreDamage: Equatable, Sendable {
    package enum Subject: Hashable, Sendable {
        case record(Digest)
        /// A name, by the file it is recorded in.
        case name(file: String)
        case blob(Digest)
        case layer(Digest, singleOwner: Bool)
    }

    package var subject: Subject
    /// What is wrong, with the names of the images that suffer from it.
    package var text: String
}

extension StoreDamage.Subject: CustomStringConvertible {
    package var description: String {
        switch self {
        case .record(let id): "image \(id.short)"
        case .name(let file): "image name \(file.prefix(12))"
        case .blob(let digest): "blob \(digest)"
        case .layer(let diffID, _): "layer \(diffID)"
        }
    }
}
