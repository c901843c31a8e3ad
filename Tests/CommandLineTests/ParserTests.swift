import Primitives
import Testing

@testable import CommandLine

@Suite struct ParserTests {
    @Test("letters may be joined, with and without values")
    func clusters() throws {
        let (command, options, operands) = try run("run -itd -eA=b -e=C --rm=false --name web alpine ls -l")
        #expect(command.verb == .containerRun)
        #expect(options.bool(.interactive) && options.bool(.tty) && options.bool(.detach))
        #expect(!options.bool(.rm) && options.isSet(.rm))
        #expect(options.strings(.env) == ["A=b", "C"])
        #expect(options.string(.name) == "web")
        #expect(operands == ["alpine", "ls", "-l"])
    }
}

/// The parts of a command line that is to be carried out.
func run(_ line: String) throws -> (CommandSpec, ParsedOptions, [String]) {
    let words = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
    guard case .run(let command, let options, let operands) = Parser(program: "docker").parse(words).action else {
        throw Failure(.invalid, "not carried out: \(line)")
    }
    return (command, options, operands)
}
