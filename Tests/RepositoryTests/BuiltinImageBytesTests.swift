import LinuxSys
import Primitives
import TestSupport
import Testing

@Suite struct BuiltinImageBytesTests {
    static func committed(_ architecture: String) throws(Failure) -> String {
        String(decoding: try HostFile.read("\(Repository.root)/Sources/Images/Builtin/BuiltinImage+\(architecture).swift"), as: UTF8.self)
    }

    /// Another compiler makes other bytes of the same meaning: there is nothing to compare then.
    static func isSameCompiler() throws -> Bool {
        let compiler = try Command(Repository.root + "/Scripts/hello", ["--compiler"]).check().line
        return try committed("x86_64").contains(" with \(compiler):")
    }

    @Test(
        "the built-in program is what its source compiles to",
        .enabled(if: try isSameCompiler(), "another clang made the committed bytes"), arguments: ["x86_64", "aarch64"])
    func bytes(_ architecture: String) throws {
        let scratch = try Scratch("hello")
        try Command(Repository.root + "/Scripts/hello", [scratch.path]).check()
        let fresh = try #require(HostFile.text("\(scratch.path)/BuiltinImage+\(architecture).swift"))
        #expect(try fresh == Self.committed(architecture), "run \"make hello\"")
        let reaper = try #require(HostFile.text("\(scratch.path)/reaper_program.h"))
        #expect(reaper == HostFile.text("\(Repository.root)/Sources/CShim/reaper_program.h"), "run \"make hello\"")
    }
}
