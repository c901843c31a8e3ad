internal import LinuxSys
package import Primitives

extension StoreRoot {
    /// What crashed processes left and nobody can go on with: their leases, their unpacking and lock files are taken out
    /// of sight; downloads that nobody has touched for a day are removed, or all of them.
    package func clearStaging(allDownloads: Bool) throws(Failure) {
        if let leases = try existing(.leases) {
            let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
            _ = try protected(leases)
            _ = consume guarded
        }
        guard let staging = try existing(.staging) else { return }
        let yesterday = Clock.nowNanoseconds() / 1_000_000_000 - 86400
        for name in try staging.names() {
            if let hex = Self.unpacked(name) {
                guard let free = try Lock.attempt("layer-\(hex).lock", in: staging, .exclusive) else { continue }
                if staging.contains(name) { try staging.rename(name, to: "dead-\(name)-\(Clock.monotonicNanoseconds())") }
                try staging.remove("layer-\(hex).lock")
                _ = consume free
            } else if name.hasPrefix("layer-"), name.hasSuffix(".lock") {
                guard let free = try Lock.attempt(name, in: staging, .exclusive) else { continue }
                try staging.remove(name)
                _ = consume free
            } else if name.hasPrefix("partial-"), let status = try staging.status(name),
                allDownloads || status.sizeBytes == 0 || status.modifiedSeconds < yesterday
            {
                guard let free = try Lock.attempt(name, in: staging, .exclusive) else { continue }
                try staging.remove(name)
                _ = consume free
            }
        }
    }

    /// The diff id of a staged layer, from its name.
    private static func unpacked(_ name: String) -> String? {
        guard name.hasPrefix("unpack-"), let hex = name.split(separator: "-").last, Digest(hex: String(hex)) != nil else { return nil }
        return String(hex)
    }

    /// What is out of sight and waits for its removal.
    package func deadNames() throws(Failure) -> [String] {
        guard let staging = try existing(.staging) else { return [] }
        return try staging.names().filter { $0.hasPrefix("dead-") }
    }

    /// What `clearStaging(allDownloads: true)` and the sweep after it would remove.
    package func staleStaging() throws(Failure) -> [String] {
        guard let staging = try existing(.staging) else { return [] }
        var stale: [String] = []
        for name in try staging.names() {
            if name.hasPrefix("dead-") {
                stale.append(name)
                continue
            }
            guard let lock = Self.unpacked(name).map({ "layer-\($0).lock" }) ?? (name.hasPrefix("partial-") ? name : nil) else { continue }
            // A file that is not there is locked by nobody.
            if staging.contains(lock) {
                guard let free = try Lock.attempt(lock, in: staging, .exclusive) else { continue }
                _ = consume free
            }
            stale.append(name)
        }
        return stale.sorted()
    }

    /// What layers, blobs and entries of staging take on the disk together. A layer counts wherever it is unpacked.
    package func usage(of things: Collected, staging names: [String]) throws(Failure) -> Int64 {
        var counter = UsageCounter()
        var bytes: Int64 = 0
        for area in [Area.layers, .singleOwnerLayers] {
            guard let directory = try existing(area) else { continue }
            for diffID in things.layers {
                bytes += try counter.usage(of: diffID.hex, in: directory).bytes
                bytes += try counter.usage(of: "\(diffID.hex).json", in: directory).bytes
            }
        }
        if let directory = try existing(.blobs) {
            for digest in things.blobs { bytes += try counter.usage(of: digest.hex, in: directory).bytes }
        }
        if let directory = try existing(.staging) {
            for name in names { bytes += try counter.usage(of: name, in: directory).bytes }
        }
        return bytes
    }
}
