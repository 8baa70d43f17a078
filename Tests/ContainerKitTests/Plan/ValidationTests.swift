// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@testable import ContainerKit

/// A configuration that is wrong in one point, and a word of the error it must give.
struct WrongConfiguration: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let word: String
    let change: @Sendable (inout ContainerConfiguration) throws -> Void

    init(_ name: String, _ word: String, _ change: @escaping @Sendable (inout ContainerConfiguration) throws -> Void) {
        testDescription = name
        self.word = word
        self.change = change
    }

    static let all: [WrongConfiguration] = [
        .init("no arguments", "no program") { $0.process.arguments = [] },
        .init("relative program", "absolute") { $0.process.arguments = ["./run"] },
        .init("zero byte in an argument", "zero byte") { $0.process.arguments = ["/bin/a", "b\0c"] },
        .init("environment without =", "NAME=value") { $0.process.environment = ["NAME"] },
        .init("environment without name", "NAME=value") { $0.process.environment = ["=value"] },
        .init("relative working directory", "absolute") { $0.process.workingDirectory = "srv" },
        .init("working directory with ..", "'..'") { $0.process.workingDirectory = "/srv/../etc" },
        .init("relative root filesystem", "absolute") { $0.rootFilesystem = .directory("rootfs") },
        .init("no layers", "layer") { $0.rootFilesystem = .overlay(layers: [], writable: nil) },
        .init("relative mount target", "absolute") { $0.mounts.append(.temporary(at: "tmp")) },
        .init("mount over the root", "root filesystem") { $0.mounts.append(.temporary(at: "/")) },
        .init("mount target with ..", "'..'") { $0.mounts.append(.temporary(at: "/a/../../b")) },
        .init("relative bind source", "absolute") { $0.mounts.append(.bind("data", at: "/data")) },
        .init("relative masked path", "absolute") { $0.maskedPaths.append("proc/kcore") },
        .init("long host name", "65 bytes") { $0.hostName = String(repeating: "h", count: 65) },
        .init("long domain name", "64 are allowed") { $0.domainName = String(repeating: "d", count: 100) },
        .init("host name of the host", "UTS namespace") {
            $0.hostName = "box"
            $0.namespaces.uts = .host
        },
        .init("empty identifier", "identifier") { $0.identifier = "" },
        .init("identifier with a slash", "identifier") { $0.identifier = "a/b" },
        .init("identifier ..", "identifier") { $0.identifier = ".." },
        .init("long identifier", "128") { $0.identifier = String(repeating: "i", count: 129) },
        .init("kernel parameter of the host", "host") { $0.kernelParameters = ["vm.swappiness": "1"] },
        .init("kernel parameter with a path", "words joined by dots") { $0.kernelParameters = ["net/../vm": "1"] },
        .init("two kernel parameters in one", "words joined by dots") {
            $0.kernelParameters = ["net.a=1+kernel.core_pattern": "1"]
        },
        .init("effective beyond permitted", "permitted") { $0.process.capabilities.permitted = [.kill] },
        .init("ambient without inheritable", "inheritable") { $0.process.capabilities.ambient = [.kill] },
        .init("soft above hard", "above the hard") {
            $0.process.resourceLimits = [ResourceLimit(.openFiles, soft: 2, hard: 1)]
        },
        .init("a limit twice", "twice") {
            $0.process.resourceLimits = [ResourceLimit(.openFiles, soft: 2), ResourceLimit(.openFiles, soft: 3)]
        },
        .init("OOM score", "-1000 to 1000") { $0.process.oomScoreAdjustment = 1001 },
        .init("user map without root", "user 0") {
            $0.namespaces.user = UserNamespace(mappings: [.init(inside: 1, outside: 100_000, count: 10)])
        },
        .init("user map that overflows", "identifiers below") {
            $0.namespaces.user = UserNamespace(mappings: [.init(inside: 0, outside: .max, count: 10)])
        },
        .init("memory below the kernel's least", "") { $0.resources.memory.limit = 4096 },
        .init("processor time below the kernel's least", "") { $0.resources.cpu.quota = 10 },
    ]
}

@Suite("A configuration is refused before anything is made")
struct ValidationTests {
    private func configuration() -> ContainerConfiguration {
        ContainerConfiguration(rootFilesystem: .directory("/"), process: ProcessConfiguration(["/bin/true"]))
    }

    @Test("the defaults are valid")
    func defaults() throws {
        try configuration().validate()
    }

    @Test("each rule has its error", arguments: WrongConfiguration.all)
    func rules(_ wrong: WrongConfiguration) throws {
        var configuration = configuration()
        try wrong.change(&configuration)
        let error = #expect(throws: ContainerError.self) { try configuration.validate() }
        #expect(error?.code == .invalidConfiguration)
        if !wrong.word.isEmpty { #expect(error?.message.contains(wrong.word) == true, "\(error?.message ?? "")") }
    }

    @Test("an environment's value never shows in an error")
    func secrets() {
        var configuration = configuration()
        configuration.process.environment = ["PASSWORD=hunter2\0"]
        let error = #expect(throws: ContainerError.self) { try configuration.validate() }
        #expect(error?.description.contains("PASSWORD") == true)
        #expect(error?.description.contains("hunter2") == false)
    }
}
