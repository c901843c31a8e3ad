import LinuxSys
import Primitives
import Testing

@Suite("networks of an ordinary user", .enabled(if: !KernelPlace.isCapable && Process.effectiveUserID != 0))
struct UserTests {
    @Test("everything that is tested of the kernel's side works as root of a user namespace")
    func everything() throws {
        let outcome = try KernelPlace.runInside("NetworksTests.(RouteSocketTests|RuleTests|BridgeRulesTests|NameServerRulesTests)")
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errorText)")
        // The tests inside are not those that are left out when they cannot work.
        #expect(outcome.text.contains("the rules of the bridges") && outcome.text.contains("rtnetlink"))
        #expect(!outcome.text.contains("skipped"))
    }
}
