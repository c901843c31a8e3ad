import LinuxSys
import Primitives
import Testing

@Suite struct SHA256Tests {
    @Test(
        "known digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func known(_ text: String, _ hex: String) { #expect(SHA256.of(text).hex == hex) }

    @Test("pieces of every size give the digest of the whole")
    func pieces() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = SHA256.of(bytes)
        for size in 1..<200 {
            var hash = SHA256()
            var at = 0
            while at < bytes.count {
                hash.update(Array(bytes[at..<min(at + size, bytes.count)]))
                at += size
            }
            #expect(hash.digest() == whole)
        }
    }
}
