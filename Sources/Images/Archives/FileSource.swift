internal import LinuxSys
package import OCI
package import Primitives

/// Images in files: an OCI layout, docker's archive, or a directory as skopeo writes it; in a tar archive or unpacked.
package final class FileSource: ImageSource {
    let files: any ImageFiles
    private let topDocuments: [SourcedDocument]
    /// Where blobs lie whose names do not follow from their digests.
    private let places: [Digest: FileRegion]
    /// Documents made here, for forms that have none.
    private let made: [Digest: [UInt8]]
    private let fileName: @Sendable (Digest) -> String

    /// What an archive was found to hold.
    struct Contents {
        var tops: [SourcedDocument] = []
        var places: [Digest: FileRegion] = [:]
        var made: [Digest: [UInt8]] = [:]
    }

    init(_ files: any ImageFiles, _ contents: Contents, fileName: @escaping @Sendable (Digest) -> String) {
        self.files = files
        (topDocuments, places, made) = (contents.tops, contents.places, contents.made)
        self.fileName = fileName
    }

    package func tops() throws(Failure) -> [SourcedDocument] { topDocuments }

    private func region(_ digest: Digest) throws(Failure) -> FileRegion? {
        if let place = places[digest] { return place }
        return try files.file(fileName(digest))
    }

    package func has(_ descriptor: ContentDescriptor) throws(Failure) -> Bool {
        if made[descriptor.digest] != nil { return true }
        return try region(descriptor.digest) != nil
    }

    package func document(_ descriptor: ContentDescriptor, limit: Int) throws(Failure) -> [UInt8] {
        if let bytes = made[descriptor.digest] { return bytes }
        guard descriptor.sizeBytes <= UInt64(limit) else { throw Failure(.corrupt, "\(descriptor.digest) is larger than \(limit) bytes") }
        var bytes: [UInt8] = []
        try sendVerified(descriptor) { (piece) throws(Failure) in bytes.append(contentsOf: piece) }
        return bytes
    }

    package func send(_ descriptor: ContentDescriptor, to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        guard let region = try region(descriptor.digest) else { throw Failure(.corrupt, "\(descriptor.digest) is missing") }
        guard region.sizeBytes == descriptor.sizeBytes else {
            throw Failure(.corrupt, "\(descriptor.digest) has \(region.sizeBytes) bytes and should have \(descriptor.sizeBytes)")
        }
        try region.send(sink)
    }
}

extension FileSource {
    static let indexBytesMax = 8 << 20

    /// Whatever of the known forms the files have.
    /// - Throws: `.corrupt` when they have none, or two that contradict each other.
    static func detect(_ files: any ImageFiles) throws(Failure) -> FileSource {
        var hasLayout = try files.contains("index.json")
        if hasLayout { hasLayout = try files.contains("oci-layout") }
        let hasList = try files.contains("manifest.json")
        switch (hasLayout, hasList) {
        case (true, true): return try both(files)
        case (true, false): return try layout(files)
        case (false, true): return try files.contains("version") ? directory(files) : dockerArchive(files)
        case (false, false):
            if try files.contains("repositories") {
                throw Failure(.unsupported, "an archive of docker before 1.10 is not supported: save the image again with a newer docker")
            }
            throw Failure(.corrupt, "it holds no image: neither index.json nor manifest.json is there")
        }
    }
}
