internal import LinuxSys
package import Primitives

/// Keeps what a running pull or start needs from being collected. The lease ends with the process: its
/// file is locked, and a lease whose file nobody locks is dead.
///
/// Lock order: the collection lock, then a lease's own lock; blob and layer locks are taken without either.
package final class Lease: Sendable {
    private let root: StoreRoot
    let name: String
    private let lock: Lock
    static let collectionLock = "collect.lock"

    package init(_ root: StoreRoot) throws(Failure) {
        self.root = root
        name = "\(Process.current)-\(Clock.monotonicNanoseconds())"
        let leases = try root.area(.leases)
        let guarded = try Lock.take(Self.collectionLock, in: leases, .shared)
        lock = try Lock.take(name, in: leases, .exclusive)
        _ = consume guarded
    }

    /// From now until the lease ends, these digests (blobs or diff ids) are not collected. Take them before
    /// looking whether they exist.
    package func protect(_ digests: [Digest]) throws(Failure) {
        let leases = try root.area(.leases)
        let guarded = try Lock.take(Self.collectionLock, in: leases, .shared)
        try doing("writing \"\(leases.path)/\(name)\"") { () throws(Failure) in
            try lock.descriptor.write(digests.map { "\($0.hex)\n" }.joined())
        }
        _ = consume guarded
    }

    deinit {
        // A lease file that stays behind is recognised as dead by the next collection.
        do throws(Failure) { try root.area(.leases).remove(name) } catch {}
    }
}

extension StoreRoot {
    /// Runs `body` unless a lease is alive: until it returns, none begins.
    package func whileNobodyHoldsALease(_ body: () throws(Failure) -> Void) throws(Failure) {
        let leases = try area(.leases)
        let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
        _ = try protected(leases)
        if try leases.names() == [Lease.collectionLock] { try body() }
        _ = consume guarded
    }

    /// Runs `body` unless a lease other than `own` holds `digest`: until it returns, none begins or grows.
    /// - Returns: false when one holds it, else what `body` says.
    func whileNoLeaseHolds(_ digest: Digest, besides own: Lease, _ body: () throws(Failure) -> Bool) throws(Failure) -> Bool {
        let leases = try area(.leases)
        let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
        let held = try protected(leases, besides: own.name)
        let result = held.contains(digest) ? false : try body()
        _ = consume guarded
        return result
    }

    /// What living leases hold; the files of dead ones are removed. Under the collection lock.
    func protected(_ leases: borrowing Directory, besides own: String? = nil) throws(Failure) -> Set<Digest> {
        var kept: Set<Digest> = []
        for name in try leases.names() where name != Lease.collectionLock && name != own {
            if let dead = try Lock.attempt(name, in: leases, .exclusive) {
                try leases.remove(name)
                _ = consume dead
                continue
            }
            do throws(Failure) {
                kept.formUnion(
                    String(decoding: try leases.readFile(name), as: UTF8.self).split(separator: "\n").compactMap { Digest(hex: $0) })
            } catch {
                // Ended in this moment: whatever it held is in a record by now.
                if error.kind != .notFound { throw error }
            }
        }
        return kept
    }
}
