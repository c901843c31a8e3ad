package import LinuxSys
package import Primitives

/// The volumes of a store: a directory each, `volumes/NAME`, with the content in `_data` and what is known of it in
/// `volume.json`. Visible means complete: a new one appears by one rename. Readers take no lock.
///
/// Whoever is about to record a user of a volume holds its `lock` shared until the record is written; whoever removes one
/// takes it alone, so that nothing is removed between being found and being used.
package struct VolumeStore: Sendable {
    package let root: StoreRoot
    package static let data = "_data"
    static let record = "volume.json"
    private static let lock = "lock"
    /// Of the directory of all volumes: held while one is made.
    private static let makersLock = ".lock"
    private static let new = ".new"

    package init(_ root: StoreRoot) { self.root = root }

    package func directoryPath(_ name: String) -> String { "\(root.path)/\(StoreRoot.Area.volumes.path)/\(name)" }
    package func dataPath(_ name: String) -> String { "\(directoryPath(name))/\(Self.data)" }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.first != UInt8(ascii: ".") && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    }

    /// In docker's order.
    /// - Parameter damaged: told of each volume whose record cannot be read; the others are not kept from being listed.
    package func all(damaged: (Failure) -> Void) throws(Failure) -> [VolumeRecord] {
        var out: [VolumeRecord] = []
        for name in try names() {
            do throws(Failure) { if let record = try find(name) { out.append(record) } } catch {
                guard error.kind == .corrupt else { throw error }
                damaged(error)
            }
        }
        return out
    }

    /// The names of all, damaged ones too.
    package func names() throws(Failure) -> [String] {
        guard let area = try root.existing(.volumes) else { return [] }
        return try area.names().filter(Self.isName).sorted(by: NaturalOrder.precedes)
    }

    package func contains(_ name: String) throws(Failure) -> Bool {
        guard Self.isName(name), let area = try root.existing(.volumes) else { return false }
        return area.contains(name)
    }

    /// `nil` when there is none of this name.
    /// - Throws: `.corrupt` when its record cannot be read.
    package func find(_ name: String) throws(Failure) -> VolumeRecord? {
        guard try contains(name), let area = try root.existing(.volumes) else { return nil }
        return try doing("volume \"\(name)\"") { () throws(Failure) in
            do throws(Failure) { return try VolumeRecord(JSON.parse(try area.openDirectory(name).readFile(Self.record)), name: name) } catch
            {
                // Removed in this moment.
                if error.kind == .notFound, !area.contains(name) { return nil }
                guard error.kind == .corrupt || error.kind == .notFound else { throw error }
                throw Failure(.corrupt, "its record is damaged", hint: "what it holds lies in \"\(dataPath(name))\"; volume rm removes it")
            }
        }
    }

    /// The directory of a volume, with its record and its content.
    package func open(_ name: String) throws(Failure) -> Directory {
        guard Self.isName(name), let area = try root.existing(.volumes) else { throw Self.notFound(name) }
        return try area.openDirectory(name)
    }

    package static func notFound(_ name: String) -> Failure { Failure(.notFound, "get \(name): no such volume") }

    /// Makes a volume unless there is one of that name already.
    /// - Parameter durable: false for one that ends with its container.
    /// - Returns: the one that is there then.
    package func make(_ record: VolumeRecord, durable: Bool = true) throws(Failure) -> VolumeRecord {
        if let existing = try find(record.name) { return existing }
        let area = try root.area(.volumes)
        let held = try Lock.take(Self.makersLock, in: area, .exclusive)
        defer { held.hold() }
        if let existing = try find(record.name) { return existing }
        // What a killed command left.
        try area.removeTree(Self.new)
        do throws(Failure) {
            try area.createDirectory(Self.new)
            let directory = try area.openDirectory(Self.new)
            try directory.createDirectory(Self.data, mode: 0o755)
            try directory.createFile(Self.lock, [], mode: 0o600)
            try directory.writeFile(Self.record, record.json.bytes, durable: durable)
            try area.rename(Self.new, to: record.name)
            if durable { try area.descriptor.sync() }
        } catch {
            let cause = error.within("creating the volume \"\(record.name)\"")
            do throws(Failure) { try area.removeTree(Self.new) } catch { throw cause.within("tidying up failed: \(error.message)") }
            throw cause
        }
        return record
    }

    /// Keeps a volume from being removed while it lives.
    package final class Hold: Sendable {
        private let lock: Lock
        fileprivate init(_ lock: consuming Lock) { self.lock = lock }
    }

    /// - Returns: `nil` when the volume is gone.
    package func hold(_ name: String) throws(Failure) -> Hold? {
        guard let lock = try take(name, .shared) else { return nil }
        return Hold(lock)
    }

    /// Whoever waited may hold the lock of a volume that was removed meanwhile: then the name stands for another one, or none.
    private func take(_ name: String, _ mode: Lock.Mode) throws(Failure) -> Lock? {
        while try contains(name) {
            let directory: Directory
            do throws(Failure) { directory = try open(name) } catch {
                if error.kind == .notFound { continue }
                throw error
            }
            let lock = try Lock.take(Self.lock, in: directory, mode)
            let inode = try directory.descriptor.status().inode
            if let area = try root.existing(.volumes), area.inode(name) == inode { return lock }
        }
        return nil
    }

    /// Out of sight in one step. The files stay in staging as `dead-…`: some belong to subordinate ids, so whoever sweeps
    /// removes them (see `StoreRoot.deadNames`).
    /// - Parameter isFree: whether nothing uses it; asked while nobody can begin to.
    /// - Returns: its name in staging; `nil` when there is none, or when it is not free.
    package func remove(_ name: String, ifFree isFree: () throws(Failure) -> Bool) throws(Failure) -> String? {
        guard let lock = try take(name, .exclusive) else { return nil }
        defer { lock.hold() }
        guard try isFree(), let area = try root.existing(.volumes) else { return nil }
        let dead = "dead-volume-\(name.prefix(150))-\(Clock.monotonicNanoseconds())"
        try area.move(name, to: try root.area(.staging), as: dead)
        try area.descriptor.sync()
        return dead
    }

    /// What a volume takes on the disk, in blocks as du(1) counts them; files that may not be looked at count as nothing.
    package func diskBytes(_ name: String) throws(Failure) -> Int64 {
        guard let area = try root.existing(.volumes) else { return 0 }
        var counter = UsageCounter()
        return try counter.usage(of: name, in: area).bytes
    }
}
