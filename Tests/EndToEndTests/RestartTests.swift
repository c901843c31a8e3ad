import Primitives
import TestSupport
import Testing

@Suite struct RestartTests {
    @Test("a container that was started again at once can be attached to")
    func attachAfterRestart() throws {
        let proa = try Proa("restart")
        let image = try TestImages.pushedBusybox()
        try proa.check("run", "-d", "-i", "--name", "again", image, "sh", "-c", "read line; exit 7")
        // The monitor of each run ends while the next one's begins.
        for _ in 1...4 {
            try proa.check("restart", "-t", "0", "again")
            let outcome = try proa("attach", "again", input: "line\n", timeoutSeconds: 20)
            #expect(outcome.status == 7, "\(outcome.errorText)")
            try proa.check("start", "again")
        }
    }
}
