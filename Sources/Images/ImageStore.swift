internal import LinuxSys
package import OCI
package import Primitives
internal import Registry
package import Store

/// An image of the store with its configuration.
package struct StoredImage: Sendable {
    package var record: ImageRecord
    package var config: ImageConfig
    /// Full names (`docker.io/library/busybox:latest`), sorted. Empty where they were not asked for.
    package var names: [ImageReference]
    package var id: Digest { record.id }
    /// It lies in an additional store and not in this one.
    package var isReadOnly = false
}

/// Names, ids and records of the images of one store.
package struct ImageStore: Sendable {
    package let root: StoreRoot
    let records: ImageRecords
    let blobs: BlobStore

    package init(_ root: StoreRoot) {
        self.root = root
        records = ImageRecords(root)
        blobs = BlobStore(root)
    }

    package static func notFound(_ reference: String) -> Failure { Failure(.notFound, "No such image: \(reference)") }

    /// The image that an id, a name, a `name@digest` or a unique beginning of an id stands for, in docker's order.
    package func find(_ reference: String) throws(Failure) -> Digest {
        let hex = reference.hasPrefix("sha256:") ? String(reference.dropFirst(7)) : reference
        if let id = Digest(hex: hex), try records.contains(id) { return id }
        if !reference.hasPrefix("sha256:"), let name = try? ImageReference(reference) {
            if let digest = name.digest {
                if let record = try records.all().first(where: { $0.repositoryDigests.contains("\(name.name)@\(digest)") }) {
                    return record.id
                }
            } else if let id = try records.resolve(name.canonical) {
                return id
            } else if let id = try alias(reference) {
                return id
            }
        }
        guard hex.count >= 2, hex.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }) else {
            throw Self.notFound(Self.shown(reference))
        }
        let matches = try records.all().filter { $0.id.hex.hasPrefix(hex) }
        if matches.count == 1 { return matches[0].id }
        if matches.count > 1 {
            throw Failure(.conflict, "image ID prefix \(reference) is ambiguous: \(matches.count) images begin with it")
        }
        throw Self.notFound(Self.shown(reference))
    }

    /// The image that a short name of registries.conf stands for, if it is here.
    private func alias(_ reference: String) throws(Failure) -> Digest? {
        // What is wrong with registries.conf, a pull tells.
        guard let full = (try? RegistriesConfiguration.load(Process.environment))?.expand(reference), let name = try? ImageReference(full)
        else {
            return nil
        }
        return try records.resolve(name.canonical)
    }

    /// As docker says it back: with the tag that was meant.
    private static func shown(_ reference: String) -> String { (try? ImageReference(reference).familiar) ?? reference }

    /// - Parameter withNames: reading the names costs reading every name of the store.
    package func image(_ id: Digest, withNames: Bool = true) throws(Failure) -> StoredImage {
        guard let record = try records.read(id) else { throw Self.notFound(id.description) }
        return StoredImage(record: record, config: try config(id), names: withNames ? try names(of: id) : [])
    }

    private func config(_ id: Digest) throws(Failure) -> ImageConfig {
        try doing("image \(id.short)") { () throws(Failure) in
            do throws(Failure) { return try ImageConfig.parse(try blobs.read(id)) } catch {
                guard error.kind == .corrupt || error.kind == .notFound else { throw error }
                throw Failure(.corrupt, "its configuration in the store is damaged: pull it again, or remove it with rmi")
            }
        }
    }

    /// The names of every image, sorted.
    private func namesByImage() throws(Failure) -> [Digest: [ImageReference]] {
        var out: [Digest: [ImageReference]] = [:]
        for entry in try records.names() { out[entry.image, default: []].append(try ImageReference(entry.name)) }
        return out
    }

    func names(of id: Digest) throws(Failure) -> [ImageReference] {
        var out: [ImageReference] = []
        for entry in try records.names() where entry.image == id { out.append(try ImageReference(entry.name)) }
        return out
    }

    /// Every image, newest build first.
    /// - Parameter damaged: told of each image that cannot be read; it does not keep the others from being listed.
    package func list(damaged: (Failure) -> Void = { _ in }) throws(Failure) -> [StoredImage] {
        let names = try namesByImage()
        var out: [StoredImage] = []
        for record in try records.all(damaged: { _, failure in damaged(failure) }) {
            do throws(Failure) {
                var image = StoredImage(record: record, config: try config(record.id), names: names[record.id] ?? [])
                if !root.additional.isEmpty { image.isReadOnly = try !records.owns(record.id) }
                out.append(image)
            } catch {
                guard error.kind == .corrupt else { throw error }
                damaged(error)
            }
        }
        return out.sorted { ($0.config.created ?? "") > ($1.config.created ?? "") }
    }

    /// The tags of a repository that are here, by name.
    package func tags(of repository: ImageReference) throws(Failure) -> [(reference: ImageReference, image: Digest)] {
        var out: [(reference: ImageReference, image: Digest)] = []
        for entry in try records.names() {
            let reference = try ImageReference(entry.name)
            if reference.name == repository.name, reference.tag != nil { out.append((reference, entry.image)) }
        }
        return out
    }

    /// Gives an image another name; the name leaves the image it stood for.
    package func tag(_ id: Digest, as reference: ImageReference) throws(Failure) {
        guard reference.digest == nil else { throw Failure(.invalid, "refusing to create a tag with a digest reference") }
        try records.setName(reference.canonical, to: id)
    }
}
