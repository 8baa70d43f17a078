// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension BuildPlatform {
    private static let knownSystems: Set<String> = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
        "openbsd", "plan9", "solaris", "windows", "zos",
    ]

    private static let knownArchitectures: Set<String> = [
        "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64",
        "mips64le", "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x",
        "sparc", "sparc64", "wasm",
    ]

    /// Reads `os`, `architecture`, `os/architecture` or `os/architecture/variant`; the system may have a version in
    /// parentheses.
    ///
    /// What is not said is this machine's.
    package init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let (os, version) = try Self.system(in: parts[0])
        guard (1...3).contains(parts.count), parts.dropFirst().allSatisfy(Self.isComponent) else {
            throw ValueError("\(text.inQuotes) is no platform: it must be like linux/arm64 or linux/arm/v7")
        }
        self.init(os: os, osVersion: version, architecture: "")
        switch parts.count {
        case 1: try setSingle(os)
        case 2: (architecture, variant) = Self.normalised(parts[1], variant: "")
        default: (architecture, variant) = Self.normalised(parts[1], variant: parts[2])
        }
        // 32-bit Arm without a variant is v7, and arm64 with one asked for is v8.
        if parts.count < 3, architecture == "arm", variant == "v7" { variant = "" }
        if parts.count == 3, architecture == "arm64", variant.isEmpty { variant = "v8" }
    }

    /// A single word is a system, if it is a known one, else an architecture.
    private mutating func setSingle(_ word: String) throws(ValueError) {
        if Self.knownSystems.contains(os) {
            architecture = Self.current.architecture
            return
        }
        (architecture, variant) = Self.normalised(word, variant: "")
        guard Self.knownArchitectures.contains(architecture) else {
            throw ValueError("\(word.inQuotes) is neither a known operating system nor a known processor")
        }
        os = Self.current.os
    }

    private static func system(in text: String) throws(ValueError) -> (name: String, version: String) {
        let (name, version) = text.cut(at: "(").map { ($0.before, Optional($0.after)) } ?? (text, nil)
        guard isComponent(name), !name.contains(scalar: "."), version?.hasSuffix(")") != false else {
            throw ValueError("\(text.inQuotes) is no operating system")
        }
        let system = name.lowercased() == "macos" ? "darwin" : name.lowercased()
        // Features follow the version after `+`; they are not told apart here.
        return (system, String((version ?? "").dropLast().prefix { $0 != "+" }))
    }

    private static func isComponent(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.isASCIILetter || $0.isASCIIDigit || $0 == "_" || $0 == "." || $0 == "-"
            }
    }

    private static func normalised(_ architecture: String, variant: String) -> (architecture: String, variant: String) {
        let variant = variant.lowercased()
        switch architecture.lowercased() {
        case "i386": return ("386", "")
        case "x86_64", "x86-64", "amd64": return ("amd64", variant == "v1" ? "" : variant)
        case "aarch64", "arm64": return ("arm64", variant == "8" || variant == "v8" ? "" : variant)
        case "armhf": return ("arm", "v7")
        case "armel": return ("arm", "v6")
        case "arm":
            switch variant {
            case "", "7": return ("arm", "v7")
            case "5", "6", "8": return ("arm", "v" + variant)
            default: return ("arm", variant)
            }
        case let other: return (other, variant)
        }
    }
}
