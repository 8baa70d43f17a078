// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Testing

@testable import Nestbox

@Suite("Seccomp profiles in Docker's form")
struct SeccompDocumentTests {
    private static let conditional = """
        {
            "defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 38,
            "archMap": [
                {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
                {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]}
            ],
            "syscalls": [
                {"names": ["always"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "comment": "not looked at",
                 "args": [{"index": 1, "value": 2, "valueTwo": 3, "op": "SCMP_CMP_MASKED_EQ"}]},
                {"name": "old-form", "action": "SCMP_ACT_LOG"},
                {"names": ["with-admin"], "action": "SCMP_ACT_ERRNO", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
                {"names": ["with-both"], "action": "SCMP_ACT_ERRNO", "includes": {"caps": ["CAP_CHOWN", "CAP_SYS_ADMIN"]}},
                {"names": ["without-admin"], "action": "SCMP_ACT_ERRNO", "excludes": {"caps": ["CAP_SYS_ADMIN"]}},
                {"names": ["on-arm"], "action": "SCMP_ACT_ERRNO", "includes": {"arches": ["arm64"]}},
                {"names": ["not-on-arm"], "action": "SCMP_ACT_ERRNO", "excludes": {"arches": ["arm64"]}},
                {"names": ["from-4.8"], "action": "SCMP_ACT_ERRNO", "includes": {"minKernel": "4.8"}},
                {"names": ["before-4.8"], "action": "SCMP_ACT_ERRNO", "excludes": {"minKernel": "4.8"}}
            ]
        }
        """

    private func names(
        _ capabilities: CapabilitySet,
        _ architecture: SeccompProfile.Architecture,
        _ kernel: SeccompProfile.KernelVersion
    ) throws -> Set<String> {
        let document = try SeccompDocument(json: Self.conditional)
        let profile = document.profile(capabilities: capabilities, architecture: architecture, kernel: kernel)
        return Set(profile.syscalls.flatMap(\.names))
    }

    @Test("rules hold by capabilities, machine and kernel")
    func circumstances() throws {
        #expect(
            try names([], .x86_64, .init(4, 7)) == ["always", "old-form", "without-admin", "not-on-arm", "before-4.8"]
        )
        #expect(
            try names(.sysAdmin, .aarch64, .init(4, 8))
                == ["always", "old-form", "with-admin", "on-arm", "from-4.8"]
        )
        #expect(try names(.all, .x86_64, .init(6, 1)).contains("with-both"))
    }

    @Test("all else is the specification's")
    func fields() throws {
        let profile = try SeccompDocument(json: Self.conditional)
            .profile(capabilities: [], architecture: .aarch64, kernel: .init(6, 1))
        #expect(profile.defaultAction == .allow)
        #expect(profile.defaultErrnoRet == 38)
        #expect(profile.architectures == [.aarch64, .arm])
        #expect(
            profile.syscalls.first
                == SeccompProfile.Syscall(
                    names: ["always"],
                    action: .errno,
                    errnoRet: 1,
                    args: [.init(index: 1, op: .maskedEqual, value: 2, valueTwo: 3)]
                )
        )
    }

    @Test(
        "what is no profile is refused, with the place",
        arguments: [
            ("{", "no JSON document"),
            ("{}", "'defaultAction' is missing"),
            (#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["a"]}]}"#, "syscalls.[0]"),
            (#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_LOG"}]}"#, "'name' or 'names'"),
            (#"{"defaultAction": 5}"#, "defaultAction: the field has a value of another kind"),
            (
                #"{"defaultAction": "a", "architectures": ["b"], "archMap": [{"architecture": "b"}]}"#,
                "exclude each other"
            ),
            (
                #"{"defaultAction": "a", "syscalls": [{"name": "b", "action": "c", "includes": {"minKernel": "new"}}]}"#,
                "'new' is no kernel version"
            ),
        ]
    )
    func refused(_ json: String, _ reason: String) throws {
        let error = try #require(throws: NestboxError.self) { try SeccompDocument(json: json) }
        #expect(error.code == .invalidSpecification)
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test("a container runs under its own", .runsContainers)
    func effect() async throws {
        let profile = """
            seccomp={"defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
            """
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(
                image: "box",
                name: "filtered",
                command: ["sh", "-c", "mkdir /made 2>&1; test -d /made"]
            )
            specification.security.options = [profile]
            let (status, output) = try await nestbox.finish(specification)
            #expect(status == .exited(1))
            #expect(output.contains("No space left on device"))
        }
    }
}
