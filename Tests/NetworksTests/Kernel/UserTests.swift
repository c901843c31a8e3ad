import LinuxSys
import Networks
import Primitives
import Testing

@Suite("networks of an ordinary user", .enabled(if: !KernelPlace.isCapable && Process.effectiveUserID != 0))
struct UserTests {
    @Test("everything that is tested of the kernel's side works as root of a user namespace")
    func everything() throws {
        let outcome = try KernelPlace.runInside("NetworksTests.(RouteSocketTests|RuleTests|BridgeRulesTests|NameServerRulesTests)")
        let text = outcome.text + outcome.errorText
        #expect(outcome.status == 0, "\(text)")
        // The tests inside are not those that are left out when they cannot work.
        #expect(text.contains("Suite \"the rules of the bridges\" passed") && text.contains("Suite \"rtnetlink\" passed"), "\(text)")
    }

    @Test("where the packet filter is refused, that is said plainly")
    func refused() throws {
        let batch = NameServerRules(udpPort: 1, tcpPort: 2).batch(replacing: true)
        let refusal = try #require(throws: Failure.self) { try FilterSocket().commit(batch) }
        #expect(refusal.kind == .unsupported)
        #expect(refusal.message == "packet filter: setting up table \"proa\": operation not permitted (EPERM)")
    }
}
