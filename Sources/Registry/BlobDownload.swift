package import LinuxSys
package import OCI
package import Primitives

/// One blob on its way into a partial file of the store, resumed where an earlier command was ended.
package struct BlobDownload: Sendable {
    private let client: RegistryClient
    private let descriptor: ContentDescriptor
    private let repository: ImageReference
    private let cancellation: CancellationFlag

    package init(
        _ descriptor: ContentDescriptor, of repository: ImageReference, from client: RegistryClient,
        cancellation: CancellationFlag = CancellationFlag()
    ) {
        self.client = client
        self.descriptor = descriptor
        self.repository = repository
        self.cancellation = cancellation
    }

    /// Completes the file and feeds every byte of the blob, old and new, to `sink`, each once, in order and in large pieces.
    ///
    /// The sink sees the bytes before the digest is proved: nothing made from them may be used unless this returns. After a
    /// failure of the network or a full disk the file keeps what it has. After `.corrupt` it is empty: another call begins anew.
    /// - Parameters:
    ///   - file: open for reading and writing, locked by the caller; not synced here.
    ///   - progress: called with the bytes in the file so far.
    package func run(
        into file: borrowing Descriptor, progress: (UInt64) -> Void = { _ in },
        sink: (UnsafeRawBufferPointer) throws(Failure) -> Void = { _ in }
    ) throws(Failure) {
        var verifier = try BlobVerifier(descriptor)
        var pieces = Pieces()
        do throws(Failure) {
            try readKnown(file, &verifier, pieces.whole, progress, sink)
            var behind = WriteBehind(from: verifier.countBytes)
            func pass(_ bytes: Bytes) throws(Failure) {
                if bytes.isEmpty { return }
                try file.write(bytes)
                try verifier.update(bytes)
                try behind.advance(to: verifier.countBytes, in: file)
                progress(verifier.countBytes)
                try sink(bytes)
            }
            try client.fetchBlob(descriptor, of: repository, from: verifier.countBytes, cancellation: cancellation) {
                (bytes) throws(Failure) in
                try pieces.add(bytes, pass)
            }
            try pieces.finish(pass)
            try verifier.finish()
        } catch {
            if error.kind == .corrupt {
                try file.truncate(to: 0)
            } else if let rest = pieces.rest {
                // Kept for the next attempt, which hashes it; that this fails, too, is worth nothing to say.
                try? file.write(rest)
            }
            throw error
        }
    }

    /// Hashes what an earlier command left; a file that is too long is no part of this blob.
    private func readKnown(
        _ file: borrowing Descriptor, _ verifier: inout BlobVerifier, _ buffer: UnsafeMutableRawBufferPointer, _ progress: (UInt64) -> Void,
        _ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        if try file.sizeBytes() > descriptor.sizeBytes { try file.truncate(to: 0) }
        try file.seek(to: 0)
        while true {
            try cancellation.check()
            let count = try file.read(into: buffer)
            if count == 0 { return }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            try verifier.update(bytes)
            progress(verifier.countBytes)
            try sink(bytes)
        }
    }
}

/// Joins libcurl's pieces of at most 16 kB to larger ones: fewer writes, fewer hand-overs to the unpacking side.
private struct Pieces: ~Copyable {
    let whole = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var count = 0

    deinit { whole.deallocate() }

    /// Bytes that were taken and not passed on.
    var rest: Bytes? { count == 0 ? nil : Bytes(rebasing: whole[..<count]) }

    mutating func add(_ bytes: Bytes, _ pass: (Bytes) throws(Failure) -> Void) throws(Failure) {
        if count + bytes.count > whole.count { try finish(pass) }
        guard bytes.count <= whole.count else { return try pass(bytes) }
        UnsafeMutableRawBufferPointer(rebasing: whole[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    mutating func finish(_ pass: (Bytes) throws(Failure) -> Void) throws(Failure) {
        let full = Bytes(rebasing: whole[..<count])
        // Before the call: what it did not manage to write must not be written after a gap.
        count = 0
        try pass(full)
    }
}
