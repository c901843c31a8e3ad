import Images
import Layers
import LinuxSys
import OCI
import Primitives
import TestSupport
import Testing

@Suite struct ArchiveFuzzTests {
    /// Takes images apart without keeping them; every digest is checked.
    private final class Counter: ImageDestination {
        var images = 0
        func add(_ image: ImageContent, from source: any ImageSource) throws(Failure) {
            for blob in image.manifest.layers {
                var hash = SHA256()
                try source.send(blob) { (piece) throws(Failure) in hash.update(piece) }
                guard hash.digest() == blob.digest else { throw Failure(.corrupt, "another digest") }
            }
            images += 1
        }
        func add(index: SourcedDocument, bytes: [UInt8]) throws(Failure) {}
        func finish() throws(Failure) {}
    }

    @Test("a damaged archive is refused or holds the image that it held, in every form", arguments: ["old", "layout", "both"])
    func archives(_ form: String) throws {
        let image = try SampleImage(["some text", "other text"])
        let files = form == "old" ? image.old : form == "layout" ? image.layout : image.layout + [("manifest.json", image.list)]
        let seed = try SampleImage.archive(files)
        let scratch = try Scratch("fuzz")
        let directory = try Directory.open(scratch.path)
        var good = 0
        try Fuzz([seed], words: ["../", "manifest.json", "blobs/sha256/", "\u{0}\u{0}\u{0}\u{0}", "}]"]).run(rounds: 300) { bytes in
            try directory.writeFile("archive", Self.repaired(bytes), durable: false)
            let counter = Counter()
            do throws(Failure) {
                let archive = try ArchiveFile(try HostFile.open("\(scratch.path)/archive")) { () throws(Failure) in
                    try directory.unnamedFile()
                }
                try ImageCopier(from: try FileSource.open(archive), to: counter, .all).run()
            } catch { return }
            // A changed name or an ignored field is no damage; what is there is whole.
            #expect(counter.images == 1)
            good += 1
        }
        #expect(good >= 1)
        #expect(try directory.names() == ["archive"])
    }

    /// With the checksums of headers set right, so that damage gets past them.
    private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, to: max(0, bytes.count - 511), by: 512)
        where bytes[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8) {
            var sum = 8 * 0x20
            for index in start..<start + 512 where !(148..<156).contains(index - start) { sum += Int(bytes[index]) }
            let text = String(sum, radix: 8)
            bytes.replaceSubrange(
                (start + 148)..<(start + 156), with: Array((String(repeating: "0", count: 6 - text.count) + text).utf8) + [0, 0x20])
        }
        return bytes
    }
}
