import Primitives
import Testing

/// Imports go strictly downwards, siblings do not know each other, and each C library has one user.
@Suite struct ImportTests {
    static let levels: [String: Int] = [
        "CShim": 1, "CCurl": 1, "CCrypto": 1, "CCompress": 1, "CSeccomp": 1, "Primitives": 1,
        "LinuxSys": 2, "OCI": 2, "Templates": 2, "CommandLine": 2,
        "Registry": 3, "Layers": 3, "Store": 3, "Sandbox": 3, "Networks": 3,
        "Images": 4,
        "Containers": 5,
        "Commands": 7,
        "proa": 8,
    ]
    /// Modules with exactly one importer.
    static let fences = [
        "CShim": "LinuxSys", "Glibc": "LinuxSys", "CCurl": "Registry", "CCrypto": "Registry", "CCompress": "Layers", "CSeccomp": "Sandbox",
    ]
    /// Part of the language.
    static let language: Set<String> = ["Swift", "Synchronization"]

    /// The module of an import declaration, or `nil` for any other line.
    static func module(_ line: some StringProtocol) -> String? {
        let words = line.prefix { $0 != ";" }.split { $0 == " " || $0 == "\t" }
        guard let at = words.firstIndex(of: "import"), at + 1 < words.count else { return nil }
        let modifiers: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
        guard words[..<at].allSatisfy({ $0.hasPrefix("@") || modifiers.contains(String($0)) }) else { return nil }
        let kinds: Set<String> = ["typealias", "struct", "class", "enum", "protocol", "let", "var", "func"]
        let name = kinds.contains(String(words[at + 1])) && at + 2 < words.count ? words[at + 2] : words[at + 1]
        return String(name.prefix { $0 != "." })
    }

    /// Why `target` may not import `module`; `nil` when it may.
    static func objection(_ target: String, _ module: String) -> String? {
        if language.contains(module) { return nil }
        if let only = fences[module] { return target == only ? nil : "only \(only) imports \(module)" }
        guard let own = levels[target] else { return "\(target) has no level yet: add it to the table" }
        guard let other = levels[module] else { return "\(module) is not ours: LinuxSys and Primitives have what targets need" }
        return other < own ? nil : "\(target) (level \(own)) must not import \(module) (level \(other))"
    }

    @Test("every import of every target goes downwards")
    func imports() throws {
        let files = try Sources.files("Sources").filter { $0.path.hasSuffix(".swift") }
        #expect(files.count > 5)
        for file in files {
            for (number, line) in file.lines.enumerated() {
                guard let module = Self.module(line), let objection = Self.objection(file.target, module) else { continue }
                Issue.record("\(file.path):\(number + 1): \(objection)")
            }
        }
    }

    @Test("every target folder has a level", arguments: try Sources.targets())
    func hasLevel(_ target: String) { #expect(Self.levels[target] != nil) }

    @Test(
        "import declarations are recognised in all their forms",
        arguments: [
            ("import Store", "Store"), ("package import Primitives", "Primitives"), ("  import  OCI ", "OCI"),
            ("@testable import Layers", "Layers"), ("@preconcurrency public import Glibc", "Glibc"),
            ("import struct Foundation.Date", "Foundation"), ("import Foundation.NSURL", "Foundation"), ("import OCI; let a = 1", "OCI"),
        ])
    func recognised(_ line: String, _ module: String) { #expect(Self.module(line) == module) }

    @Test(
        "other lines are no import",
        arguments: ["", "// import Store", "let important = 1", "import", "\"import Store\"", "call(import Store)"])
    func unrecognised(_ line: String) { #expect(Self.module(line) == nil) }

    @Test(
        "an import upwards, sideways or past a fence is refused",
        arguments: [
            ("Primitives", "LinuxSys"), ("Store", "Layers"), ("Store", "Store"), ("Images", "Containers"), ("Layers", "Glibc"),
            ("Store", "CShim"),
            ("Sandbox", "CCurl"), ("Layers", "Foundation"), ("Unheard", "Primitives"), ("proa", "Dispatch"),
        ])
    func refused(_ target: String, _ module: String) { #expect(Self.objection(target, module) != nil) }

    @Test(
        "an import downwards is allowed",
        arguments: [
            ("LinuxSys", "CShim"), ("LinuxSys", "Glibc"), ("Registry", "CCurl"), ("proa", "Commands"), ("Store", "Synchronization"),
        ])
    func allowed(_ target: String, _ module: String) { #expect(Self.objection(target, module) == nil) }
}
