// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A path inside a layer that is safe to create: relative, and no component is empty, `.` or `..`.
///
/// Names are bytes, since that is what archives and file systems hold; they need not be UTF-8.
struct LayerPath: Hashable {
    /// A string as C has it, with the zero at its end.
    typealias CString = [CChar]

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))
    private static let dot = CChar(bitPattern: UInt8(ascii: "."))

    /// The components joined by slashes, without a zero; empty for the root.
    private let bytes: ArraySlice<CChar>

    private init(bytes: ArraySlice<CChar>) {
        self.bytes = bytes
    }

    /// Reads a path of an archive: leading slashes and `.` components mean nothing, `..` is refused.
    ///
    /// - Throws: ``ImageStoreError`` with code `hostileArchive` or `limitExceeded`.
    init(_ text: UnsafePointer<CChar>, limits: LayerLimits) throws {
        var length = 0
        while text[length] != 0 { length += 1 }
        guard length <= limits.pathLength else {
            throw ImageStoreError(
                code: .limitExceeded,
                message: "the archive has a path of \(length) bytes; at most \(limits.pathLength) are allowed"
            )
        }
        let whole = UnsafeBufferPointer(start: text, count: length)
        let components = whole.split(separator: Self.slash).filter { !$0.elementsEqual([Self.dot]) }
        guard !components.contains(where: { $0.elementsEqual([Self.dot, Self.dot]) }) else {
            let name = String(cString: text)
            throw ImageStoreError(
                code: .hostileArchive,
                message: "the archive's path '\(name)' climbs out with '..'",
                path: name
            )
        }
        bytes = ArraySlice(components.joined(separator: CollectionOfOne(Self.slash)))
    }

    /// Whether this is the layer's root.
    var isRoot: Bool { bytes.isEmpty }

    /// The last component; empty for the root.
    var name: CString { Array(bytes[nameStart...]) + [0] }

    /// The directory above.
    var parent: LayerPath { LayerPath(bytes: bytes[..<max(nameStart - 1, bytes.startIndex)]) }

    /// The path with another last component.
    func sibling(_ name: CString) -> LayerPath {
        LayerPath(bytes: bytes[..<nameStart] + name.dropLast())
    }

    /// The path from the root, for system calls; `.` for the root itself.
    var relative: CString { isRoot ? [Self.dot, 0] : Array(bytes) + [0] }

    /// The components as text, lossy where they are no UTF-8.
    var components: [String] { description == "." ? [] : description.split(separator: "/").map(String.init) }

    private var nameStart: Int {
        bytes.lastIndex(of: Self.slash).map { $0 + 1 } ?? bytes.startIndex
    }
}

extension LayerPath: CustomStringConvertible {
    /// The path for messages, lossy where it is no UTF-8.
    var description: String {
        isRoot ? "." : String(decoding: bytes.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
