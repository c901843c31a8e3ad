import Primitives
import TestSupport
import Testing

/// The same words given to docker and to proa called as `docker`: both have the image `busybox`.
struct Oracle {
    let docker: Docker
    let proa: Proa
    /// A link named `docker` to the binary under test.
    private let link: String

    static let reason: Comment = "only root can start dockerd"

    init() throws {
        docker = try Docker.start()
        try Oracle.loaded.get()
        proa = try Proa("oracle")
        link = proa.scratch.path + "/docker"
        try Command("ln", ["-s", Proa.binary(), link]).check()
        let image = try TestImages.pushedBusybox()
        try proa.check("pull", "--quiet", image)
        try proa.check("tag", image, "busybox")
        try proa.check("rmi", image)
    }

    private static let loaded = Result { () throws(Failure) in
        try Docker.start().load(TestImages.busybox(), as: "busybox:latest")
    }

    /// docker's outcome and ours.
    func both(_ words: [String], input: String = "") throws -> (docker: Outcome, ours: Outcome) {
        var command = try proa.command(words, input: input)
        command.program = link
        return (try docker.command(words, input: input).run(), try command.run())
    }

    /// Expects the same exit code, output and errors from both, but for ids and the wording of runc's frame.
    func same(_ words: [String], _ location: SourceLocation = #_sourceLocation) throws {
        let (docker, ours) = try both(words)
        let name = Comment(rawValue: words.joined(separator: " "))
        #expect(ours.status == docker.status, name, sourceLocation: location)
        #expect(Oracle.plain(ours.text) == Oracle.plain(docker.text), name, sourceLocation: location)
        #expect(Oracle.plain(ours.errorText) == Oracle.plain(docker.errorText), name, sourceLocation: location)
    }

    /// `same` for words typed as in a shell without quotes.
    func same(_ line: String, _ location: SourceLocation = #_sourceLocation) throws {
        try same(line.split(separator: " ").map(String.init), location)
    }

    /// `run --rm --network none OPTIONS busybox sh -c SCRIPT` in both.
    func sameInside(_ script: String, _ location: SourceLocation = #_sourceLocation) throws { try sameInside("", script, location) }
    func sameInside(_ options: String, _ script: String, _ location: SourceLocation = #_sourceLocation) throws {
        let options = options.split(separator: " ").map(String.init)
        try same(["run", "--rm", "--network", "none"] + options + ["busybox", "sh", "-c", script], location)
    }

    /// Removes a container in both, whatever became of it.
    func forget(_ names: String...) throws { _ = try both(["rm", "-f"] + names) }

    /// Ids become `<id>`; the frames of newer daemons and the case of letters in messages do not count.
    private static func plain(_ text: String) -> String {
        var text = text
        for frame in ["failed to create task for container: ", "error during container init: "] { text = text.replacing(frame, with: "") }
        text = text.replacing("Error response from daemon: C", with: "Error response from daemon: c")
            .replacing("Error response from daemon: I", with: "Error response from daemon: i")
        var out = ""
        var run = ""
        func flush() {
            out += run.utf8.count == 12 || run.utf8.count == 64 ? "<id>" : run
            run = ""
        }
        for character in text {
            if character.isHexDigit, !character.isUppercase {
                run.append(character)
            } else {
                flush()
                out.append(character)
            }
        }
        flush()
        return out
    }
}
