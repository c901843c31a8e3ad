import Primitives
import TestSupport
import Testing

@Suite struct BinaryTests {
    @Test("the binary needs no library but libc and libm")
    func libraries() throws {
        let libraries = try Command("ldd", [Proa.binary()]).check().lines.map { line in
            line.split(separator: " ").first.map { String($0.drop { $0 == "\t" }) } ?? ""
        }
        #expect(libraries.contains("libc.so.6"))
        let allowed = ["linux-vdso", "libm.so", "libc.so", "/lib64/ld-linux", "/lib/ld-linux"]
        #expect(libraries.filter { library in !allowed.contains { library.hasPrefix($0) } } == [])
    }

    @Test("the binary says something and ends well")
    func version() throws {
        let proa = try Proa()
        let outcome = try proa("version")
        #expect(outcome.status == 0)
        #expect(outcome.text.lowercased().contains("proa"))
        #expect(!outcome.outputHeldOpen)
    }
}
