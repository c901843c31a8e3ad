import Testing

@testable import CommandLine

@Suite struct TableTests {
    static let all = Tables.root.tree

    @Test("no two options of a command share a name or a letter", arguments: all.map(\.path))
    func unique(path: [String]) throws {
        let command = try #require(Self.all.first { $0.path == path })
        let longs = command.options.map(\.long)
        let letters = command.options.compactMap(\.short)
        #expect(Set(longs).count == longs.count)
        #expect(Set(letters).count == letters.count)
        let words = command.subcommands.flatMap { [$0.word] + $0.otherWords }
        #expect(Set(words).count == words.count)
    }

    @Test("every option has help, a fitting value name and a default of its kind", arguments: all.map(\.path))
    func complete(path: [String]) throws {
        let command = try #require(Self.all.first { $0.path == path })
        for option in command.options {
            #expect(!option.help.isEmpty && !option.help.hasSuffix("."), "--\(option.long)")
            #expect((option.valueName == nil) == (option.kind == .bool), "--\(option.long)")
            #expect(option.long.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") })
            if option.kind.isRepeatable { #expect(option.defaultText.isEmpty) }
            #expect((try? option.kind.number(option.defaultText)) != nil, "--\(option.long)")
        }
        #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."))
        #expect((command.verb == nil) == !command.subcommands.isEmpty)
        if command.subcommands.isEmpty, !command.isHidden, !command.options.isEmpty {
            #expect(command.usage.hasPrefix("[OPTIONS]"))
        }
    }

    @Test("options that are stored in one place are of one kind")
    func keys() {
        for command in Self.all {
            for option in command.options where option.key != option.long {
                let target = command.options.first { $0.long == option.key }
                #expect(target?.kind == option.kind, "\(command.path) --\(option.long)")
            }
        }
    }

    @Test("every verb has a command, and both its spellings take the same options")
    func verbs() throws {
        for verb in Verb.allCases {
            let commands = Self.all.filter { $0.verb == verb }
            let first = try #require(commands.first, "\(verb)")
            #expect(Set(commands.map { $0.options.map(\.long) }).count == 1)
            for command in commands where commands.count > 1 {
                #expect(command.aliases.contains(command.path))
                #expect(command.aliases == first.aliases)
            }
        }
    }

    @Test("a command that comes later is not there already")
    func later() {
        for word in LaterCommands.top { #expect(Tables.root.subcommand(word) == nil) }
        for (noun, words) in LaterCommands.below {
            let group = Tables.root.subcommand(noun)
            #expect(group != nil)
            for word in words { #expect(group?.subcommand(word) == nil, "\(noun) \(word)") }
        }
    }

    @Test(
        "options, letters, types, defaults and operands are docker's",
        arguments: (DockerFacts.commands + DockerFacts.archives + DockerFacts.space).map(\.verb))
    func facts(verb: String) throws {
        let facts = try #require((DockerFacts.commands + DockerFacts.archives + DockerFacts.space).first { $0.verb == verb })
        let command = try #require(Self.all.first { $0.verb?.rawValue == verb })
        let expected = Set(facts.options.split(separator: "\n").map(String.init))
        let declared = Set(command.options.map(Self.fact))
        #expect(expected.subtracting(declared) == [])
        #expect(declared.subtracting(expected).subtracting(DockerFacts.added[verb] ?? []) == [])
        #expect("\(command.operandsMin)..\(command.operandsMax.map(String.init) ?? "")" == facts.operands)
    }

    private static func fact(_ option: OptionSpec) -> String {
        let name = option.long + (option.short.map { "/\($0)" } ?? "")
        return "\(name) \(kind(option.kind)) \(option.defaultText.isEmpty ? "-" : option.defaultText)"
    }

    private static func kind(_ kind: OptionKind) -> String {
        switch kind {
        case .bool: "bool"
        case .string: "string"
        case .list: "list"
        case .csvList: "csv-list"
        case .map: "map"
        case .int, .uint: "int"
        case .decimal: "decimal"
        case .bytes: "bytes"
        case .duration: "duration"
        case .ip: "ip"
        }
    }
}
