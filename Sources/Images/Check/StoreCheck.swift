internal import LinuxSys
internal import OCI
package import Primitives
internal import Registry
package import Store

/// Looks at images, blobs and layers of a store: each blob against its digest, each layer against what was recorded of it, each
/// record, and that what it needs is there. Takes no lock: what is removed meanwhile is no damage.
package struct StoreCheck: Sendable {
    package let root: StoreRoot
    /// Where this user's layers are unpacked.
    let singleOwner: Bool
    /// Only whether things are there.
    let isQuick: Bool

    package struct Counts: Equatable, Sendable {
        package var images = 0
        package var blobs = 0
        package var layers = 0
    }

    package init(_ root: StoreRoot, singleOwner: Bool, isQuick: Bool) {
        (self.root, self.singleOwner, self.isQuick) = (root, singleOwner, isQuick)
    }

    /// - Returns: the damages, records first.
    package func run() throws(Failure) -> (damages: [StoreDamage], counts: Counts) {
        let survey = try Survey(root)
        var damages = survey.damages
        var counts = Counts(images: survey.records.count + damages.count { if case .record = $0.subject { true } else { false } })
        damages += try configurations(survey)
        damages += try blobs(survey, &counts)
        damages += try layers(survey, &counts)
        let now = damages.isEmpty ? survey : try Survey(root)
        var left: [StoreDamage] = []
        for damage in damages where try isStillThere(damage, now) { left.append(damage) }
        return (left, counts)
    }

    // MARK: records

    /// The configuration says of which layers an image is made; the record must say the same.
    private func configurations(_ survey: Survey) throws(Failure) -> [StoreDamage] {
        if isQuick { return [] }
        var damages: [StoreDamage] = []
        for record in survey.records {
            // A blob that is missing or damaged is told as such.
            guard let bytes = try? BlobStore(root).read(record.id) else { continue }
            let config = try? ImageConfig.parse(bytes)
            if config?.diffIDs != record.diffIDs {
                damages.append(StoreDamage(subject: .record(record.id), text: "its record does not fit its configuration"))
            }
        }
        return damages
    }

    // MARK: blobs

    private func blobs(_ survey: Survey, _ counts: inout Counts) throws(Failure) -> [StoreDamage] {
        let store = BlobStore(root)
        let present = try store.all().sorted()
        counts.blobs = present.count
        let known = Set(present)
        var damages: [StoreDamage] = []
        for digest in survey.blobs.keys.sorted() where !known.contains(digest) {
            if try store.size(digest) != nil { continue }
            damages.append(StoreDamage(subject: .blob(digest), text: "is missing\(survey.note(of: digest))"))
        }
        if isQuick { return damages }
        let bad = Shared<[Digest]>([])
        try Workers.run(present, parallelMax: Host.processors, CancellationFlag()) { (digest) throws(Failure) in
            if try !Self.isSound(digest, in: store) { bad.value.withLock { $0.append(digest) } }
        }
        damages += bad.value.withLock { $0 }.sorted().map {
            StoreDamage(subject: .blob($0), text: "its content is damaged\(survey.note(of: $0))")
        }
        return damages
    }

    /// Whether the content has the digest; a blob that is gone counts as sound.
    static func isSound(_ digest: Digest, in store: BlobStore) throws(Failure) -> Bool {
        do throws(Failure) {
            let file = try store.open(digest)
            var hash = SHA256()
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
            defer { buffer.deallocate() }
            while true {
                let count = try file.read(into: buffer)
                if count == 0 { return hash.digest() == digest }
                hash.update(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
            }
        } catch {
            if error.kind == .notFound { return true }
            // A block that the disk does not give back.
            if error.errno == Self.inputOutput { return false }
            throw error.within("blob \(digest)")
        }
    }
    /// EIO
    private static let inputOutput: Int32 = 5

    // MARK: layers

    private func layers(_ survey: Survey, _ counts: inout Counts) throws(Failure) -> [StoreDamage] {
        var damages: [StoreDamage] = []
        var present: [Bool: Set<Digest>] = [:]
        for single in [false, true] { present[single] = Set(try LayerStore(root, singleOwner: single).all()) }
        counts.layers = present.values.reduce(0) { $0 + $1.count }
        let own = LayerStore(root, singleOwner: singleOwner)
        for diffID in survey.layers.keys.sorted() where !present.values.contains(where: { $0.contains(diffID) }) {
            if try own.contains(diffID) { continue }
            damages.append(
                StoreDamage(
                    subject: .layer(diffID, singleOwner: singleOwner), text: "is not unpacked\(survey.note(of: diffID, in: survey.layers))")
            )
        }
        if isQuick { return damages }
        let bad = Shared<[StoreDamage]>([])
        for single in [false, true] {
            let store = LayerStore(root, singleOwner: single)
            try Workers.run(present[single, default: []].sorted(), parallelMax: Host.processors, CancellationFlag()) {
                (diffID) throws(Failure) in
                guard let text = try Self.flaw(of: diffID, in: store) else { return }
                let damage = StoreDamage(
                    subject: .layer(diffID, singleOwner: single), text: text + survey.note(of: diffID, in: survey.layers))
                bad.value.withLock { $0.append(damage) }
            }
        }
        return damages + bad.value.withLock { $0 }.sorted { "\($0.subject)" < "\($1.subject)" }
    }

    /// What is wrong with an unpacked layer; nothing when it is gone.
    static func flaw(of diffID: Digest, in store: LayerStore) throws(Failure) -> String? {
        let now: TreeSummary
        do throws(Failure) { now = try store.tree(diffID) } catch {
            if error.kind == .notFound { return nil }
            throw error.within("layer \(diffID)")
        }
        guard let recorded = try store.note(diffID)?.tree else {
            return try store.contains(diffID) ? "nothing is recorded of its files" : nil
        }
        if now == recorded { return nil }
        if now.entries != recorded.entries { return "has \(now.entries) entries, \(recorded.entries) were unpacked" }
        if now.sizeBytes != recorded.sizeBytes { return "has \(now.sizeBytes) bytes of files, \(recorded.sizeBytes) were unpacked" }
        return "a file in it was changed"
    }

    /// Whether the thing, or what needs it, was not removed while we looked.
    private func isStillThere(_ damage: StoreDamage, _ now: Survey) throws(Failure) -> Bool {
        switch damage.subject {
        case .record(let id): return try ImageRecords(root).contains(id)
        case .name(let file): return try root.existing(.imageNames)?.contains(file) ?? false
        case .blob(let digest):
            if now.blobs[digest] != nil { return true }
            return try BlobStore(root).size(digest) != nil
        case .layer(let diffID, let single):
            if now.layers[diffID] != nil { return true }
            return try LayerStore(root, singleOwner: single).contains(diffID)
        }
    }
}

/// Every record and name, and what they need.
struct Survey: Sendable {
    private(set) var records: [ImageRecord] = []
    private(set) var damages: [StoreDamage] = []
    /// What is needed, by whom: ids of images.
    private(set) var blobs: [Digest: [Digest]] = [:]
    private(set) var layers: [Digest: [Digest]] = [:]
    private var names: [Digest: [String]] = [:]

    init(_ root: StoreRoot) throws(Failure) {
        var damaged: [StoreDamage] = []
        records = try ImageRecords(root).own { id, _ in damaged.append(StoreDamage(subject: .record(id), text: "its record is damaged")) }
        for record in records {
            for blob in Set(record.blobs + [record.manifest, record.id]) { blobs[blob, default: []].append(record.id) }
            for diffID in Set(record.diffIDs) { layers[diffID, default: []].append(record.id) }
        }
        damages = damaged
        try readNames(root)
    }

    private mutating func readNames(_ root: StoreRoot) throws(Failure) {
        guard let area = try root.existing(.imageNames) else { return }
        for file in try area.names().sorted() where Digest(hex: file) != nil {
            let bytes: [UInt8]
            do throws(Failure) { bytes = try area.readFile(file) } catch {
                if error.kind == .notFound { continue }
                throw error
            }
            let json = try? JSON.parse(bytes)
            guard let name = json?["name"]?.string, let id = json?["image"]?.string.flatMap({ Digest($0) }), SHA256.of(name).hex == file,
                let reference = try? ImageReference(name)
            else {
                damages.append(StoreDamage(subject: .name(file: file), text: "its record is damaged"))
                continue
            }
            names[id, default: []].append(reference.familiar)
            if try !ImageRecords(root).contains(id) {
                damages.append(StoreDamage(subject: .name(file: file), text: "\(reference.familiar) stands for an image that is not there"))
            }
        }
    }

    /// ` (busybox:latest)`: who needs a blob.
    func note(of digest: Digest) -> String { note(of: digest, in: blobs) }

    func note(of digest: Digest, in users: [Digest: [Digest]]) -> String {
        guard let ids = users[digest] else { return " (nothing needs it)" }
        let shown = ids.map { names[$0]?.first ?? $0.short }.sorted()
        return " (\(shown.prefix(3).joined(separator: ", "))\(shown.count > 3 ? " and \(shown.count - 3) more" : ""))"
    }
}
