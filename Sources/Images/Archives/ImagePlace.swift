package import Primitives

/// Where an image lies or goes, as skopeo spells it: `docker://NAME`, `oci:PATH[:TAG]`, `oci-archive:PATH[:TAG]`,
/// `docker-archive:PATH[:NAME]`, `dir:PATH`; anything else names an image of the store.
package enum ImagePlace: Equatable, Sendable {
    case registry(ImageReference)
    case layout(path: String, label: String?)
    case ociArchive(path: String, label: String?)
    case dockerArchive(path: String, name: ImageReference?)
    case directory(path: String)
    case store(String)

    /// - Throws: `.invalid`, `.unsupported` for other places that skopeo knows.
    package init(_ text: String) throws(Failure) {
        let colon = text.firstIndex(of: ":")
        let word = colon.map { String(text[..<$0]) } ?? ""
        let rest = colon.map { String(text[text.index(after: $0)...]) } ?? ""
        switch word {
        case "docker":
            guard rest.utf8.starts(with: "//".utf8) else {
                // An image of the store may be called `docker`.
                self = .store(text)
                return
            }
            self = .registry(try doing("\"\(text)\"") { () throws(Failure) in try ImageReference(String(rest.dropFirst(2))) })
        case "oci", "oci-archive":
            let (path, label) = try Self.divide(rest, text)
            self = word == "oci" ? .layout(path: path, label: label) : .ociArchive(path: path, label: label)
        case "docker-archive":
            let (path, name) = try Self.divide(rest, text)
            self = .dockerArchive(path: path, name: try name.map { (name) throws(Failure) in try ImageReference(name) })
        case "dir":
            if rest.isEmpty { throw Failure(.invalid, "\"\(text)\": a path is missing") }
            self = .directory(path: rest)
        case "containers-storage", "docker-daemon", "ostree", "sif", "tarball", "atomic", "storage":
            throw Failure(.unsupported, "\"\(word):\" is not supported: use docker://, oci:, oci-archive:, docker-archive:, dir: or a name")
        default: self = .store(text)
        }
    }

    private static func divide(_ rest: String, _ text: String) throws(Failure) -> (path: String, name: String?) {
        let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let path = parts.first, !path.isEmpty else { throw Failure(.invalid, "\"\(text)\": a path is missing") }
        return (path, parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil)
    }
}

extension [SourcedDocument] {
    /// The one that is called so, or the only one.
    /// - Parameter label: a tag or a full name.
    package func chosen(_ label: String?) throws(Failure) -> SourcedDocument {
        guard let label else {
            if count == 1 { return self[0] }
            throw Failure(.invalid, isEmpty ? "there is no image in it" : "there are \(count) images in it: name one")
        }
        let name = try? ImageReference(label)
        let fits = filter { $0.labels.contains(label) || $0.names.contains { $0 == name } }
        guard fits.count == 1 else { throw Failure(.notFound, "there is no image \(printable(label)) in it") }
        return fits[0]
    }
}
