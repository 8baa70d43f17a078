// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// One line of `/proc/self/mountinfo` (proc_pid_mountinfo(5)), as far as finding cgroups needs it.
struct MountInfoEntry: Hashable, Sendable {
    var id: Int
    var parent: Int
    var root: FilePath
    var mountPoint: FilePath
    var options: Set<String>
    var filesystem: String
    var superOptions: Set<String>

    var isCgroup: Bool { filesystem == "cgroup" || filesystem == "cgroup2" }

    /// Parses all lines; one that is malformed is left out, since it can't be told apart from a field yet to come.
    static func parse(_ bytes: [UInt8]) -> [MountInfoEntry] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap(MountInfoEntry.init(line:))
    }

    init?(line: ArraySlice<UInt8>) {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        // Optional fields, none or many, end with a lone hyphen.
        guard fields.count >= 10, let separator = fields[6...].firstIndex(where: { $0.elementsEqual("-".utf8) }),
            fields.count > separator + 3,
            let id = Int(String(decoding: fields[0], as: UTF8.self)),
            let parent = Int(String(decoding: fields[1], as: UTF8.self))
        else { return nil }
        self.id = id
        self.parent = parent
        root = Self.path(fields[3])
        mountPoint = Self.path(fields[4])
        options = Self.options(fields[5])
        filesystem = String(decoding: fields[separator + 1], as: UTF8.self)
        superOptions = Self.options(fields[separator + 3])
    }

    /// Whether a later mount hides this one: it lies on the same directory or on one above, and is not what this one is
    /// mounted on.
    func isCovered(in mounts: [MountInfoEntry]) -> Bool {
        let parents = Dictionary(mounts.map { ($0.id, $0.parent) }, uniquingKeysWith: { first, _ in first })
        var ancestors: Set<Int> = []
        var next = parent
        while let above = parents[next], ancestors.insert(next).inserted { next = above }
        guard let own = mounts.firstIndex(of: self) else { return false }
        return mounts[(own + 1)...].contains { later in
            !ancestors.contains(later.id) && mountPoint.starts(with: later.mountPoint)
        }
    }

    private static func options(_ field: ArraySlice<UInt8>) -> Set<String> {
        Set(field.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) })
    }

    private static func path(_ field: ArraySlice<UInt8>) -> FilePath {
        let bytes = unescaped(field) + [0]
        return bytes.withUnsafeBytes { raw in
            raw.withMemoryRebound(to: CInterop.PlatformChar.self) { characters in
                // The buffer is never empty: it ends with the null byte that was just added.
                characters.baseAddress.map { FilePath(platformString: $0) } ?? FilePath()
            }
        }
    }

    /// Resolves the octal escapes that the kernel writes for space, tab, newline and backslash (`seq_path(9)`).
    static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(field.count + 1)
        var rest = field
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3, let escaped = octal(rest.prefix(3)) {
                result.append(escaped)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value * 8 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt8(exactly: value)
    }
}
