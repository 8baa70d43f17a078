// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Nestbox

/// An image as `images` shows it, with Docker's names for the members.
struct ImageLine: Encodable {
    let Repository: String
    let Tag: String
    let Digest: String
    let ID: String
    let CreatedAt: String
    let CreatedSince: String
    let Size: String

    init(_ image: Image, truncates: Bool = true) {
        let name = image.reference?.familiar ?? "<none>"
        let colon = name.lastIndex(of: ":").flatMap { name[$0...].contains("/") ? nil : $0 }
        Repository = colon.map { String(name[..<$0]) } ?? name
        Tag = colon.map { String(name[name.index(after: $0)...]) } ?? (image.reference?.tag ?? "<none>")
        Digest = image.reference == nil ? "<none>" : "\(image.digest)"
        ID = truncates ? image.id.short : "\(image.id)"
        CreatedAt = image.created ?? ""
        CreatedSince = image.created.flatMap(Moment.init).map(Age.ago) ?? "N/A"
        Size = ByteText.text(image.size)
    }
}
