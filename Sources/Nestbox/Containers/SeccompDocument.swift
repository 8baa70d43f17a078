// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import FoundationEssentials

/// A seccomp profile as Docker takes one: the specification's `linux.seccomp`, with rules that depend on the container's
/// capabilities, the machine and the kernel.
///
/// Source: the fields of moby's `profiles/seccomp/default.json` and what its documentation says of them.
struct SeccompDocument: Decodable {
    private var defaultAction: String
    private var defaultErrnoRet: UInt32?
    private var architectures: [String]?
    private var archMap: [Family]?
    private var flags: [String]?
    private var listenerPath: String?
    private var listenerMetadata: String?
    private var syscalls: [Rule]?

    /// An architecture with those whose calls its machines take too.
    private struct Family: Decodable {
        var architecture: String
        var subArchitectures: [String]?
    }

    private struct Rule: Decodable {
        var name: String?
        var names: [String]?
        var action: String
        var errnoRet: UInt32?
        var args: [Condition]?
        var includes: Circumstances?
        var excludes: Circumstances?
    }

    private struct Condition: Decodable {
        var index: UInt32
        var value: UInt64
        var valueTwo: UInt64?
        var op: String
    }

    private struct Circumstances: Decodable {
        var caps: [String]?
        var arches: [String]?
        var minKernel: String?
    }

    /// Reads a profile.
    ///
    /// - Throws: ``NestboxError`` of code `invalidSpecification` for what is no profile.
    init(json: String) throws(NestboxError) {
        do {
            self = try JSONDecoder().decode(SeccompDocument.self, from: Data(json.utf8))
        } catch {
            throw Self.refusal(Self.reason(of: error))
        }
        if architectures?.isEmpty == false, archMap?.isEmpty == false {
            throw Self.refusal("'architectures' and 'archMap' exclude each other")
        }
        for rule in syscalls ?? [] {
            guard (rule.name == nil) != (rule.names == nil) else {
                throw Self.refusal("each rule has either 'name' or 'names'")
            }
            for text in [rule.includes?.minKernel, rule.excludes?.minKernel].compactMap(\.self)
            where SeccompProfile.KernelVersion(release: text) == nil {
                throw Self.refusal("'\(text)' is no kernel version, such as 4.8")
            }
        }
    }

    /// The profile for a container with these capabilities on this machine.
    func profile(
        capabilities: CapabilitySet,
        architecture: SeccompProfile.Architecture = .native,
        kernel: SeccompProfile.KernelVersion = .running
    ) -> SeccompProfile {
        let present = Present(capabilities: capabilities, architecture: architecture, kernel: kernel)
        let family = archMap?.first { $0.architecture == architecture.rawValue }
        let names = architectures ?? family.map { [$0.architecture] + ($0.subArchitectures ?? []) } ?? []
        return SeccompProfile(
            defaultAction: .init(rawValue: defaultAction),
            defaultErrnoRet: defaultErrnoRet,
            architectures: names.map { .init(rawValue: $0) },
            flags: flags.map { Set($0.map { .init(rawValue: $0) }) } ?? [.speculationAllowed],
            listenerPath: listenerPath,
            listenerMetadata: listenerMetadata,
            syscalls: (syscalls ?? []).filter(present.takes).map(Self.rule)
        )
    }

    private static func rule(_ rule: Rule) -> SeccompProfile.Syscall {
        SeccompProfile.Syscall(
            names: rule.names ?? rule.name.map { [$0] } ?? [],
            action: .init(rawValue: rule.action),
            errnoRet: rule.errnoRet,
            args: (rule.args ?? []).map {
                .init(index: $0.index, op: .init(rawValue: $0.op), value: $0.value, valueTwo: $0.valueTwo ?? 0)
            }
        )
    }
}

extension SeccompDocument {
    /// What a rule's circumstances are compared with.
    private struct Present {
        var capabilities: CapabilitySet
        var architecture: SeccompProfile.Architecture
        var kernel: SeccompProfile.KernelVersion

        /// A rule holds when all that it includes is the case, and nothing that it excludes.
        func takes(_ rule: Rule) -> Bool {
            if let excludes = rule.excludes {
                if excludes.arches?.contains(machine) == true { return false }
                if excludes.caps?.contains(where: has) == true { return false }
                if let version = excludes.minKernel, isAtLeast(version) { return false }
            }
            guard let includes = rule.includes else { return true }
            if let arches = includes.arches, !arches.isEmpty, !arches.contains(machine) { return false }
            if let version = includes.minKernel, !isAtLeast(version) { return false }
            return includes.caps?.allSatisfy(has) ?? true
        }

        /// The machine as profiles name it, after Go.
        private var machine: String { architecture == .aarch64 ? "arm64" : "amd64" }

        private func has(_ name: String) -> Bool {
            Capability(name: name).map { capabilities.isSuperset(of: CapabilitySet($0)) } ?? false
        }

        private func isAtLeast(_ text: String) -> Bool {
            SeccompProfile.KernelVersion(release: text).map { kernel >= $0 } ?? false
        }
    }

    private static func refusal(_ why: String) -> NestboxError {
        NestboxError(.invalidSpecification, "the seccomp profile can't be used: \(why)")
    }

    /// What is wrong and where, without the decoder's own vocabulary.
    private static func reason(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, let context):
            return "\(place(context.codingPath))the field '\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context.codingPath))the field has a value of another kind"
        default: return "it is no JSON document"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty
            ? "" : "at \(path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")): "
    }
}
