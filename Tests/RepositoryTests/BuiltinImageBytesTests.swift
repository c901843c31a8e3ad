import LinuxSys
import TestSupport
import Testing

@Suite struct BuiltinImageBytesTests {
    /// `swift-21.0.0 -> 21.0.0` of "… with clang 21.0.0: never edited …".
    static func compiler(_ text: String) -> String? {
        guard let start = text.firstRange(of: "with clang ") else { return nil }
        return text[start.upperBound...].split(separator: ":").first.map(String.init)
    }

    @Test("the built-in program is what its source compiles to", arguments: ["x86_64", "aarch64"])
    func bytes(_ architecture: String) throws {
        let scratch = try Scratch("hello")
        try Command(Repository.root + "/Scripts/hello", [scratch.path]).check()
        let name = "BuiltinImage+\(architecture).swift"
        let committed = try #require(HostFile.text("\(Repository.root)/Sources/Images/Builtin/\(name)"))
        let fresh = try #require(HostFile.text("\(scratch.path)/\(name)"))
        let compilers = (Self.compiler(committed), Self.compiler(fresh))
        if compilers.0 != nil, compilers.0 != compilers.1 { try Test.cancel("another clang made the committed bytes") }
        #expect(fresh == committed, "run \"make hello\"")
    }
}
