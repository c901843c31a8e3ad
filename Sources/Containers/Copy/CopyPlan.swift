package import Primitives

/// One end of a copy.
package struct CopyItem: Equatable, Sendable {
    package var path: SlashPath
    package var exists = true
    package var isDirectory = false
    /// The name it was asked for by, where a link was followed and its target has another one.
    package var name: [UInt8]?

    package init(_ path: SlashPath, exists: Bool = true, isDirectory: Bool = false, name: [UInt8]? = nil) {
        (self.path, self.exists, self.isDirectory, self.name) = (path, exists, isDirectory, name)
    }
}

/// Where things go and under which name: docker's table of trailing slashes.
package struct CopyPlan: Equatable, Sendable {
    /// Everything is put into this directory, which must exist.
    package var directory: SlashPath
    /// Name of the topmost entry there; `.`: the directory's own; empty: names begin with a slash.
    package var top: [UInt8]

    /// The name of the topmost entry in an archive of `item`.
    package static func top(of item: CopyItem) -> [UInt8] {
        let name = item.name ?? item.path.split.base
        return name == [UInt8(ascii: "/")] ? [] : name
    }

    /// - Throws: `.invalid` with docker's words.
    package init(from source: CopyItem, to destination: CopyItem) throws(Failure) {
        if destination.exists, destination.isDirectory {
            (directory, top) = (destination.path, Self.top(of: source))
            return
        }
        if destination.exists, source.isDirectory { throw Failure(.invalid, "cannot copy directory") }
        if !destination.exists, !source.isDirectory, destination.path.assertsDirectory { throw Failure(.invalid, "no such directory") }
        (directory, top) = destination.path.split
    }
}
