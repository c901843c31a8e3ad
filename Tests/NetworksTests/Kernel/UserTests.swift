import LinuxSys
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
}
