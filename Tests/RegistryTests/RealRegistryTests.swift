import Glibc
import LinuxSys
import OCI
import Primitives
import Registry
import TestSupport
import Testing

/// Against Debian's docker-registry, with an image that skopeo pushed.
@Suite struct RealRegistryTests {
    @Test("an image is read from a real registry, and every blob is what its manifest says")
    func pull() throws {
        let reference = try ImageReference(try TestImages.pushedBusybox())
        let client = RegistryClient(Recorder().settings())
        let resolved = try client.resolve(reference)
        guard case .manifest(let manifest) = resolved.document else {
            Issue.record("no image: \(resolved.document.mediaType)")
            return
        }
        try manifest.requireImage()
        let bytes = try client.readBlob(manifest.config, of: reference, bytesMax: ImageConfig.bytesMax)
        let config = try ImageConfig.parse(bytes, layerCount: manifest.layers.count)
        #expect(config.config.command == ["sh"])
        #expect(manifest.layers.count == 3)
        let scratch = try Scratch("pull")
        let directory = try Directory.open(scratch.path)
        for layer in manifest.layers {
            let file = try directory.openFile(layer.digest.hex, O_RDWR | O_CREAT)
            // Half of it, as if an earlier command had been ended.
            try BlobDownload(layer, of: reference, from: client).run(into: file)
            try file.truncate(to: layer.sizeBytes / 2)
            var hash = SHA256()
            try BlobDownload(layer, of: reference, from: client).run(into: file, sink: { (bytes) throws(Failure) in hash.update(bytes) })
            #expect(hash.digest() == layer.digest)
            #expect(SHA256.of(try directory.readFile(layer.digest.hex)) == layer.digest)
        }
        #expect(try client.resolve(reference.pinned(to: resolved.descriptor.digest)).bytes == resolved.bytes)
    }

    @Test("what a real registry does not have is told in docker's words")
    func missing() throws {
        let address = try RealRegistry.start().address
        let error = failure { _ = try RegistryClient(Recorder().settings()).resolve(try ImageReference("\(address)/no/such:tag")) }
        #expect(error?.kind == .notFound)
        #expect(error?.message == "manifest for \(address)/no/such:tag not found: manifest unknown: manifest unknown")
    }
}
