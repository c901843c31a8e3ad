import Primitives
import Testing

@testable import Sandbox

@Suite struct SeccompProfileTests {
    static func parse(_ text: String) throws -> SeccompProfile { try SeccompProfile.parse(Array(text.utf8)) }

    @Test("every member of docker's format is read")
    func whole() throws {
        let profile = try Self.parse(
            #"""
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "defaultErrno": "ENOSYS", "flags": ["SECCOMP_FILTER_FLAG_LOG"],
             "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]},
                         {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null}],
             "syscalls": [
               {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "comment": "threads",
                "args": [{"index": 0, "value": 2114060288, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"}],
                "includes": {"minKernel": "4.8"}, "excludes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["s390x"]}},
               {"name": "mount", "action": "SCMP_ACT_ERRNO", "errnoRet": 13, "args": null, "includes": {}}]}
            """#)
        #expect(profile.defaultAction == .errno(38))
        #expect(profile.architectureMap.map(\.architecture) == ["x86_64", "riscv64"])
        #expect(profile.architectureMap.map(\.others) == [["x86", "x32"], []])
        #expect(
            profile.rules == [
                SeccompProfile.Rule(
                    names: ["clone"], action: .allow,
                    arguments: [SeccompProfile.Argument(index: 0, value: 0x7e02_0000, valueTwo: 1, comparison: .maskedEqual)],
                    includes: SeccompProfile.Condition(minimumKernel: KernelVersion("4.8")),
                    excludes: SeccompProfile.Condition(capabilities: ["CAP_SYS_ADMIN"], architectures: ["s390x"])),
                SeccompProfile.Rule(names: ["mount"], action: .errno(13)),
            ])
    }

    @Test(
        "a wrong profile is refused with the place of the mistake",
        arguments: [
            ("[]", "not a JSON object"), ("{}", "defaultAction: missing"), (#"{"defaultAction":7}"#, "defaultAction: not a string"),
            (#"{"defaultAction":"ALLOW"}"#, #"defaultAction: unknown action "ALLOW""#),
            (#"{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":4096}"#, "defaultErrnoRet: not a whole number from 0 to 4095"),
            (#"{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":-1}"#, "defaultErrnoRet: not a whole number from 0 to 4095"),
            (#"{"defaultAction":"SCMP_ACT_NOTIFY"}"#, "defaultAction: SCMP_ACT_NOTIFY needs a listening agent, which is not supported"),
            (#"{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"/s"}"#, "listenerPath: listening agents are not supported"),
            (#"{"defaultAction":"SCMP_ACT_ALLOW","flags":["X"]}"#, #"flags: unknown flag "X""#),
            (#"{"defaultAction":"SCMP_ACT_ALLOW","architectures":["amd64"]}"#, #"architectures: unknown architecture "amd64""#),
            (
                #"{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86"],"archMap":[{"architecture":"SCMP_ARCH_X86_64"}]}"#,
                "both 'architectures' and 'archMap' are specified in the seccomp profile, use either 'architectures' or 'archMap'"
            ),
            (#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":{}}"#, "syscalls: not a list"),
            (#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[1]}"#, "syscalls[0]: not an object"),
        ])
    func refused(_ text: String, _ message: String) {
        let failure = #expect(throws: Failure.self) { try Self.parse(text) }
        #expect(failure?.message == "decoding seccomp profile failed: " + message)
    }

    @Test(
        "a wrong rule is refused with its place",
        arguments: [
            ("{}", "syscalls[0].action: missing"),
            (
                #"{"action":"SCMP_ACT_ALLOW","name":"a","names":["b"]}"#,
                "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'"
            ),
            (#"{"action":"SCMP_ACT_ALLOW","names":[""]}"#, #"syscalls[0].names: no name of a system call: """#),
            (#"{"action":"SCMP_ACT_ALLOW","names":"a"}"#, "syscalls[0].names: not a list of strings"),
            (#"{"action":"SCMP_ACT_ALLOW","names":["a"],"args":[{"index":0}]}"#, "syscalls[0].args[0].op: missing"),
            (#"{"action":"SCMP_ACT_ALLOW","names":["a"],"args":[{"op":"EQ"}]}"#, #"syscalls[0].args[0].op: unknown operator "EQ""#),
            (
                #"{"action":"SCMP_ACT_ALLOW","names":["a"],"args":[{"op":"SCMP_CMP_EQ","index":6}]}"#,
                "syscalls[0].args[0].index: not a whole number from 0 to 5"
            ),
            (
                #"{"action":"SCMP_ACT_ALLOW","names":["a"],"args":[{"op":"SCMP_CMP_EQ","value":18446744073709551615}]}"#,
                "syscalls[0].args[0].value: not a whole number from 0 to 9223372036854775807"
            ),
            (
                #"{"action":"SCMP_ACT_ALLOW","names":["a"],"includes":{"minKernel":"4"}}"#,
                #"syscalls[0].includes.minKernel: invalid kernel version "4", expected "MAJOR.MINOR""#
            ),
            (#"{"action":"SCMP_ACT_ALLOW","names":["a"],"excludes":{"caps":"X"}}"#, "syscalls[0].excludes.caps: not a list of strings"),
            (#"{"action":"SCMP_ACT_ALLOW","names":["a"],"excludes":[]}"#, "syscalls[0].excludes: not an object"),
        ])
    func refusedRule(_ rule: String, _ message: String) {
        let failure = #expect(throws: Failure.self) { try Self.parse(#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[\#(rule)]}"#) }
        #expect(failure?.message == "decoding seccomp profile failed: " + message)
    }

    @Test("a profile of more than a mebibyte is refused")
    func large() {
        let text = #"{"defaultAction":"SCMP_ACT_ALLOW"}"# + String(repeating: " ", count: SeccompProfile.sizeMax)
        #expect(throws: Failure.self) { try Self.parse(text) }
    }

    @Test(
        "a condition asks for all it includes and for none of what it excludes",
        arguments: [
            (#""includes":{"caps":["CAP_CHOWN","CAP_KILL"]}"#, true), (#""includes":{"caps":["CAP_CHOWN","CAP_BPF"]}"#, false),
            (#""includes":{"caps":["CAP_NONE"]}"#, false), (#""excludes":{"caps":["CAP_NONE","CAP_BPF"]}"#, true),
            (#""excludes":{"caps":["CAP_BPF","CAP_CHOWN"]}"#, false), (#""excludes":{"minKernel":"6.1"}"#, false),
            (#""excludes":{"minKernel":"6.2"}"#, true), (#""includes":{"minKernel":"6.2"}"#, false),
            (#""includes":{"arches":["s390"]}"#, false), (#""includes":{"arches":["amd64","arm64"]}"#, true),
            (#""excludes":{"arches":["amd64","arm64"]}"#, false),
        ])
    func conditions(_ condition: String, _ applies: Bool) throws {
        let profile = try Self.parse(
            #"{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["bpf"],"action":"SCMP_ACT_ALLOW",\#(condition)}]}"#)
        let kernel = try #require(KernelVersion("6.1"))
        #expect(profile.rules[0].applies(.dockerDefault, kernel) == applies)
    }

    @Test(
        "kernel releases compare as numbers",
        arguments: [("6.18.44-fc-v657", 6, 18), ("4.8", 4, 8), ("5.10-rc1", 5, 10), ("3.10.0-957.el7", 3, 10)])
    func releases(_ release: String, _ major: Int, _ minor: Int) throws {
        let version = try #require(KernelVersion(release: release))
        #expect(version.major == major && version.minor == minor)
        #expect(version >= (try #require(KernelVersion("3.10"))))
    }

    @Test("other texts are no kernel version", arguments: ["", "4", "4.", ".8", "4.8.1", "a.b", "-1.2", "4.99999999999999999999"])
    func noVersion(_ text: String) { #expect(KernelVersion(text) == nil) }
}
