// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

/// An archive of images as a fuzzer can change it: documents parted by lines of two dashes, of which the first is
/// `index.json`, or `manifest.json` if it is a list, and the others are blobs.
///
/// In a document `@2` stands for the digest of document number 2 and `#2` for its
/// size; a document can speak of later ones only.
struct ImageScript {
    private var documents: [[UInt8]]

    init(_ bytes: [UInt8]) {
        documents = []
        var document: [UInt8] = []
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.elementsEqual("--".utf8), documents.count < 9 {
                documents.append(document)
                document = []
            } else {
                if !document.isEmpty { document.append(UInt8(ascii: "\n")) }
                document += line
            }
        }
        documents.append(document)
        for number in documents.indices.reversed() { documents[number] = filledIn(number) }
    }

    private func filledIn(_ number: Int) -> [UInt8] {
        var result: [UInt8] = []
        var mark: UInt8?
        for byte in documents[number] {
            if let kind = mark {
                mark = nil
                let other = Int(byte) - Int(UInt8(ascii: "0"))
                if other > number, documents.indices.contains(other) {
                    let isDigest = kind == UInt8(ascii: "@")
                    let content = documents[other]
                    result += Array((isDigest ? Digest(of: content).description : "\(content.count)").utf8)
                    continue
                }
                result.append(kind)
            }
            if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "#") { mark = byte } else { result.append(byte) }
        }
        if let mark { result.append(mark) }
        return result
    }

    /// The archive: an OCI image layout, or what `docker save` writes, with blobs called `1`, `2` and so on.
    var archive: [UInt8] {
        let first = documents[0]
        var tar = TarFile()
        if first.first == UInt8(ascii: "[") {
            tar.add("manifest.json", first)
            for (number, content) in documents.enumerated().dropFirst() { tar.add("\(number)", content) }
        } else {
            tar.add("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
            tar.add("index.json", first)
            for content in documents.dropFirst() { tar.add("blobs/sha256/\(Digest(of: content).hex)", content) }
        }
        return tar.whole
    }
}
