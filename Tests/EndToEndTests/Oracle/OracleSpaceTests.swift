import Primitives
import TestSupport
import Testing

/// Removal of images, and what is said about space.
@Suite struct OracleSpaceTests {
    @Test("history shows docker's rows and refuses as docker does", .enabled(if: Docker.isPossible, Oracle.reason))
    func history() throws {
        let oracle = try Oracle()
        for row in [
            "history busybox", "history --human=false busybox", "history -H=false --no-trunc busybox", "history -q busybox",
            "history -q --no-trunc busybox", "history --format raw busybox", "history --format json busybox",
            "history --format {{.nosuch}} busybox", "history --format {{.ID busybox", "history nosuch", "history",
            "images --format {{.nosuch}} busybox", "images --format {{.ID busybox", "system df --format {{.nosuch}}",
            "system df --format {{.Type",
        ] { try oracle.same(row) }
        try oracle.same(["history", "--format", "table {{.ID}} {{.CreatedBy}} {{.Size}}", "busybox"])
    }

    @Test("filters of images are read as docker reads them", .enabled(if: Docker.isPossible, Oracle.reason))
    func filters() throws {
        let oracle = try Oracle()
        for filter in [
            "x", "dangling", "dangling=", "dangling=TRUE", "dangling=true", "before=nosuch", "before=busybox", "since=busybox", "label=",
            "label=proa.test", "label=proa.test=no", "reference=", "reference=b*x", "LABEL=proa.test",
        ] { try oracle.same(["images", "--filter", filter, "busybox:latest"]) }
        try oracle.same(["images", "--filter", "label=proa.test", "--filter", "label=nosuch"])
        try oracle.same(["images", "--filter", "reference=nosuch", "--filter", "reference=busybox:latest"])
        try oracle.same(["images", "--digests", "--format", "raw", "busybox:latest"])
        try oracle.same(["images", "--format", "{{.VirtualSize}} {{.SharedSize}} {{.UniqueSize}}", "busybox:latest"])
        try oracle.same("images [")
    }

    @Test("an image goes by docker's rules", .enabled(if: Docker.isPossible, Oracle.reason))
    func removal() throws {
        let oracle = try Oracle()
        let archive = oracle.proa.scratch.path + "/empty.tar"
        try Command("tar", ["-cf", archive, "-T", "/dev/null"]).check()
        func rows(_ rows: String...) throws { for row in rows { try oracle.same(row) } }
        for words in [["import", "-c", "CMD [\"x\"]", archive, "rules:1"], ["tag", "rules:1", "rules:2"], ["tag", "rules:1", "more:1"]] {
            try oracle.same(words)
        }
        let (docker, ours) = (
            try oracle.docker("images", "-q", "--no-trunc", "rules:1").line, try oracle.proa("images", "-q", "--no-trunc", "rules:1").line
        )
        func byID(_ words: [String]) throws {
            var command = try oracle.proa.command(words + [String(ours.dropFirst(7).prefix(12))])
            command.environment = oracle.proa.environment
            let theirs = try oracle.docker.command(words + [String(docker.dropFirst(7).prefix(12))]).run()
            let own = try command.run()
            #expect(own.status == theirs.status && own.lines.count == theirs.lines.count)
            let (a, b) = (theirs.errorText.split(separator: " - ").last, own.errorText.split(separator: " - ").last)
            #expect(a.map(shape) == b.map(shape))
        }
        func shape(_ text: Substring) -> String {
            text.split { $0 == " " || $0 == "\n" }.filter { !$0.allSatisfy(\.isHexDigit) }.joined(separator: " ")
        }
        try byID(["rmi"])
        try rows("rmi more:1", "create --name oracle-rules rules:1 x", "rmi rules:2", "rmi rules:1")
        try byID(["rmi"])
        try rows("rmi -f rules:1", "rmi -f nosuch", "rmi nosuch nosuch2")
        try oracle.forget("oracle-rules")
    }

    @Test("prune asks and refuses as docker does", .enabled(if: Docker.isPossible, Oracle.reason))
    func prune() throws {
        let oracle = try Oracle()
        for row in [
            "container prune", "container prune -f --filter x", "container prune -f --filter x=1", "container prune -f --filter until=xx",
            "container prune -f --filter label=oracle-nosuch", "container prune -f --filter until=1h --filter until=2h", "image prune",
            "image prune -a", "image prune -f --filter x=1", "image prune -f --filter until=bad",
            "image prune -f --filter label=oracle-nosuch", "image prune -af --filter until=1h --filter until=2h", "system prune",
            "system prune -a", "system prune --volumes", "system prune --filter until=24h",
            "system prune -a --filter label=x --filter label!=z --filter until=1h", "system prune -f --filter bad=1",
            "system prune --volumes --filter until=1h -f", "system df x",
        ] { try oracle.same(row) }
        try oracle.same(["run", "--name", "oracle-prune", "--label", "oracle-prune", "--network", "none", "busybox", "true"])
        let (docker, ours) = try oracle.both(["container", "prune", "-f", "--filter", "label=oracle-prune"])
        #expect(ours.lines.count == docker.lines.count && ours.lines.first == docker.lines.first)
    }
}
