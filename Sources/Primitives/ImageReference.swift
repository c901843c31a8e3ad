/// The name of an image as docker understands it: `domain/path[:tag][@digest]`, always complete.
///
/// A short name is Docker Hub's, always: `busybox` is `docker.io/library/busybox:latest`. Everything in it is safe
/// inside a URL's path; the path is safe as a relative file path (no `..`, no empty component).
/// Spec: distribution/reference, "Grammar" and its normalisation.
package struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// Docker Hub's name in references; its server is another (`Registry` knows).
    package static let defaultDomain = "docker.io"
    package static let defaultTag = "latest"
    /// Longest path, in bytes.
    package static let pathBytesMax = 255
    package static let tagBytesMax = 128
    /// Longer texts are refused unread.
    package static let textBytesMax = 4096

    /// Host with an optional port: `docker.io`, `127.0.0.1:5000`, `[::1]:5000`. Its case is kept.
    package let domain: String
    /// Lower case, components divided by `/`: `library/busybox`.
    package let path: String
    /// `nil` for a name with a digest only, or one parsed without a default tag.
    package let tag: String?
    package let digest: Digest?

    /// Parses what a person typed or a file named.
    /// - Parameter defaultTag: given to a text that has neither tag nor digest; `nil` leaves it bare.
    /// - Throws: `.invalid` with docker's text.
    package init(_ text: String, defaultTag: String? = Self.defaultTag) throws(Failure) {
        guard text.utf8.count <= Self.textBytesMax else { throw Self.malformed }
        if Self.isIdentifier(text) {
            throw Failure(.invalid, "invalid repository name (\(text)), cannot specify 64-byte hexadecimal strings")
        }
        let (domain, remainder) = Self.splitDomain(text)
        let remote = remainder.prefix { $0 != ":" }
        guard Array(remote.lowercased().utf8) == Array(remote.utf8) else {
            throw Failure(.invalid, "invalid reference format: repository name (\(remote)) must be lowercase")
        }
        let parts = try ReferenceGrammar.split(remainder)
        guard ReferenceGrammar.isDomain(domain.utf8), ReferenceGrammar.isPath(parts.path.utf8) else { throw Self.malformed }
        guard parts.path.utf8.count <= Self.pathBytesMax else {
            throw Failure(.invalid, "repository name must not be more than \(Self.pathBytesMax) characters")
        }
        self.domain = domain
        path = parts.path
        digest = parts.digest
        tag = parts.tag ?? (parts.digest == nil ? defaultTag : nil)
    }

    private init(domain: String, path: String, tag: String?, digest: Digest?) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    static let malformed = Failure(.invalid, "invalid reference format")

    /// The same repository with another tag and no digest.
    /// - Throws: `.invalid` for what is no tag.
    package func tagged(_ tag: String) throws(Failure) -> ImageReference {
        guard ReferenceGrammar.isTag(tag.utf8) else { throw Failure(.invalid, "invalid tag format") }
        return ImageReference(domain: domain, path: path, tag: tag, digest: nil)
    }

    /// The same repository by digest alone.
    package func pinned(to digest: Digest) -> ImageReference {
        ImageReference(domain: domain, path: path, tag: nil, digest: digest)
    }

    /// The repository alone: neither tag nor digest.
    package var repository: ImageReference { ImageReference(domain: domain, path: path, tag: nil, digest: nil) }

    /// True for 64 lower-case hexadecimal digits: an image id, never a name.
    package static func isIdentifier(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64 && Digest(.sha256, hex: text) != nil
    }
}

extension ImageReference {
    /// `docker.io/library/busybox`
    package var name: String { "\(domain)/\(path)" }
    /// `docker.io/library/busybox:latest@sha256:…`, with what is there.
    package var canonical: String { name + suffix }
    package var description: String { canonical }

    /// The short name docker shows: `busybox`, `user/app`, `localhost/x`.
    package var familiarName: String {
        guard domain == Self.defaultDomain else { return name }
        let official = "library/"
        guard path.hasPrefix(official) else { return path }
        let rest = path.dropFirst(official.count)
        return rest.contains("/") ? path : String(rest)
    }
    /// The path as docker names it in progress lines: `library/busybox`, never shortened.
    package var familiarPath: String { path }
    /// `busybox:latest`
    package var familiar: String { familiarName + suffix }

    private var suffix: String { (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

    /// Divides a text at its domain as docker does: the first component is a domain when it holds `.` or `:`, is
    /// `localhost`, or is not lower case; otherwise the name is Docker Hub's.
    private static func splitDomain(_ text: String) -> (domain: String, remainder: String) {
        guard let slash = text.firstIndex(of: "/") else { return (defaultDomain, "library/" + text) }
        let first = text[..<slash]
        let rest = String(text[text.index(after: slash)...])
        let lower = Array(first.lowercased().utf8) == Array(first.utf8)
        guard first == "localhost" || first.utf8.contains(where: { $0 == 0x2E || $0 == 0x3A }) || !lower else {
            return (defaultDomain, text)
        }
        let domain = first == "index.docker.io" ? defaultDomain : String(first)
        return (domain, domain == defaultDomain && !rest.utf8.contains(0x2F) ? "library/" + rest : rest)
    }
}
