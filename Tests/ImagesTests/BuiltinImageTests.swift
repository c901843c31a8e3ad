import Testing

@testable import Images

@Suite struct BuiltinImageTests {
    /// e_machine of the ELF header (elf.h): EM_X86_64 is 62, EM_AARCH64 183.
    @Test(
        "the program is a static ELF file of its architecture",
        arguments: [("x86_64", 62), ("amd64", 62), ("aarch64", 183), ("arm64", 183)])
    func header(_ architecture: String, _ machine: UInt8) throws {
        let bytes = try #require(BuiltinImage.program(for: architecture))
        #expect(bytes.prefix(6) == [0x7f, 0x45, 0x4c, 0x46, 2, 1], "64 bits, little endian")
        #expect(bytes[18] == machine)
        // Program headers (64-bit ELF): e_phoff at 32, 56 bytes each, e_phnum at 56; type 3 would name an interpreter.
        let types = (0..<Int(bytes[56])).map { bytes[Int(bytes[32]) + 56 * $0] }
        #expect(types.contains(1) && !types.contains(3))
        #expect(bytes.count < 8192)
    }

    @Test("another architecture has no program", arguments: ["", "riscv64", "i686", "X86_64"])
    func absent(_ architecture: String) { #expect(BuiltinImage.program(for: architecture) == nil) }
}
