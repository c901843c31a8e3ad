package import Primitives

/// A container, as far as the removal of images cares.
package struct ImageUser: Sendable {
    /// 12 digits.
    package var id: String
    package var image: Digest?
    package var isRunning: Bool
    /// Diff ids it stands on, lowest first.
    package var layers: [Digest]

    package init(id: String, image: Digest?, isRunning: Bool, layers: [Digest]) {
        (self.id, self.image, self.isRunning, self.layers) = (id, image, isRunning, layers)
    }
}

/// The containers of a store, asked for when an image is removed and again while nobody can begin a lease.
package typealias ImageUsers = () throws(Failure) -> [ImageUser]
