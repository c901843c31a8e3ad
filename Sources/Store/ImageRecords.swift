internal import LinuxSys
package import Primitives

/// What the store knows of an image beside its blobs.
package struct ImageRecord: Equatable, Sendable {
    /// Digest of the config: docker's image id.
    package var id: Digest
    package var manifest: Digest
    /// Everything the image needs: config and layer blobs.
    package var blobs: [Digest]
    package var diffIDs: [Digest]
    /// `REPOSITORY@DIGEST` names under which registries served it.
    package var repositoryDigests: [String]
    /// Sum of the unpacked files.
    package var sizeBytes: Int64
    /// RFC 3339, when it came here.
    package var storedAt: String

    package init(
        id: Digest, manifest: Digest, blobs: [Digest], diffIDs: [Digest], repositoryDigests: [String], sizeBytes: Int64, storedAt: String
    ) {
        (self.id, self.manifest, self.blobs, self.diffIDs) = (id, manifest, blobs, diffIDs)
        (self.repositoryDigests, self.sizeBytes, self.storedAt) = (repositoryDigests, sizeBytes, storedAt)
    }

    var json: JSON {
        [
            "id": .string(id.description), "manifest": .string(manifest.description), "blobs": .strings(blobs.map(\.description)),
            "diffIds": .strings(diffIDs.map(\.description)), "repositoryDigests": .strings(repositoryDigests), "sizeBytes": .int(sizeBytes),
            "storedAt": .string(storedAt),
        ]
    }

    init(_ json: JSON) throws(Failure) {
        func digests(_ key: String) -> [Digest]? {
            guard let texts = json[key]?.strings else { return nil }
            let digests = texts.compactMap { Digest($0) }
            return digests.count == texts.count ? digests : nil
        }
        guard let id = json["id"]?.string.flatMap({ Digest($0) }), let manifest = json["manifest"]?.string.flatMap({ Digest($0) }),
            let blobs = digests("blobs"), let diffIDs = digests("diffIds"), let names = json["repositoryDigests"]?.strings,
            let size = json["sizeBytes"]?.int, let storedAt = json["storedAt"]?.string
        else { throw Failure(.corrupt, "an image record of the store is damaged") }
        self.init(id: id, manifest: manifest, blobs: blobs, diffIDs: diffIDs, repositoryDigests: names, sizeBytes: size, storedAt: storedAt)
    }
}

/// Image records and names. A name is one small file, so a name moves from image to image in one step.
package struct ImageRecords: Sendable {
    let root: StoreRoot
    package init(_ root: StoreRoot) { self.root = root }

    package func contains(_ id: Digest) throws(Failure) -> Bool {
        if try readOnlyPlace(of: id) != nil { return true }
        return try root.existing(.images)?.contains("\(id.hex).json") ?? false
    }

    /// Path of the additional store that an image lies in.
    package func readOnlyPlace(of id: Digest) throws(Failure) -> String? {
        for store in root.additional where try ImageRecords(store).contains(id) { return store.path }
        return nil
    }

    /// True when the record lies here and not only in an additional store.
    package func owns(_ id: Digest) throws(Failure) -> Bool { try root.existing(.images)?.contains("\(id.hex).json") ?? false }

    package func read(_ id: Digest) throws(Failure) -> ImageRecord? {
        // The own one knows where it came from.
        if !root.additional.isEmpty, try !owns(id) {
            for store in root.additional { if let record = try ImageRecords(store).read(id) { return record } }
        }
        guard let area = try root.existing(.images), area.contains("\(id.hex).json") else { return nil }
        return try doing("image \(id.short)") { () throws(Failure) in
            do throws(Failure) { return try ImageRecord(JSON.parse(try area.readFile("\(id.hex).json"))) } catch {
                if error.errno != nil { throw error }
                throw Failure(.corrupt, "its record in the store is damaged: pull it again, or remove it with rmi")
            }
        }
    }

    package func write(_ record: ImageRecord) throws(Failure) {
        try root.area(.images).writeFile("\(record.id.hex).json", record.json.bytes)
    }

    package func remove(_ id: Digest) throws(Failure) {
        if let area = try root.existing(.images) { try area.remove("\(id.hex).json") }
    }

    /// Every image, newest first; those of additional stores too.
    /// - Parameter damaged: told of each record that cannot be read; the others are not kept from being listed.
    package func all(damaged: (Digest, Failure) -> Void = { _, _ in }) throws(Failure) -> [ImageRecord] {
        var records = try own(damaged: damaged)
        if root.additional.isEmpty { return records }
        var seen = Set(records.map(\.id))
        for store in root.additional {
            for record in try ImageRecords(store).all(damaged: damaged) where seen.insert(record.id).inserted { records.append(record) }
        }
        return records.sorted { $0.storedAt > $1.storedAt }
    }

    /// The images of this store alone.
    package func own(damaged: (Digest, Failure) -> Void = { _, _ in }) throws(Failure) -> [ImageRecord] {
        guard let area = try root.existing(.images) else { return [] }
        var records: [ImageRecord] = []
        for name in try area.names() where name.hasSuffix(".json") && !name.hasPrefix(".") {
            guard let id = Digest(hex: name.dropLast(5)) else { continue }
            do throws(Failure) { if let record = try read(id) { records.append(record) } } catch {
                guard error.kind == .corrupt else { throw error }
                damaged(id, error)
            }
        }
        return records.sorted { $0.storedAt > $1.storedAt }
    }

    /// The image that a full name (`docker.io/library/busybox:latest`) stands for.
    /// A name given in this store goes before the same one in an additional store.
    package func resolve(_ name: String) throws(Failure) -> Digest? {
        if let id = try ownResolve(name) { return id }
        for store in root.additional { if let id = try ImageRecords(store).resolve(name) { return id } }
        return nil
    }

    /// `resolve` in this store alone.
    package func ownResolve(_ name: String) throws(Failure) -> Digest? {
        guard let area = try root.existing(.imageNames) else { return nil }
        let file = fileName(name)
        guard area.contains(file) else { return nil }
        // A damaged name counts as none: pulling writes it again.
        let bytes = try area.readFile(file)
        return (try? JSON.parse(bytes))?["image"]?.string.flatMap { Digest($0) }
    }

    package func setName(_ name: String, to id: Digest) throws(Failure) {
        let json: JSON = ["name": .string(name), "image": .string(id.description)]
        try root.area(.imageNames).writeFile(fileName(name), json.bytes)
    }

    package func removeName(_ name: String) throws(Failure) {
        if let area = try root.existing(.imageNames) { try area.remove(fileName(name)) }
    }

    /// Every name with its image, sorted by name.
    package func names() throws(Failure) -> [(name: String, image: Digest)] {
        var names = try ownNames()
        if root.additional.isEmpty { return names }
        var seen = Set(names.map(\.name))
        for store in root.additional {
            for entry in try ImageRecords(store).names() where seen.insert(entry.name).inserted { names.append(entry) }
        }
        return names.sorted { $0.name < $1.name }
    }

    private func ownNames() throws(Failure) -> [(name: String, image: Digest)] {
        guard let area = try root.existing(.imageNames) else { return [] }
        var out: [(name: String, image: Digest)] = []
        for file in try area.names() where Digest(hex: file) != nil {
            let bytes = try area.readFile(file)
            guard let json = try? JSON.parse(bytes), let name = json["name"]?.string,
                let image = json["image"]?.string.flatMap({ Digest($0) })
            else { continue }
            out.append((name, image))
        }
        return out.sorted { $0.name < $1.name }
    }

    private func fileName(_ name: String) -> String { SHA256.of(name).hex }
}
