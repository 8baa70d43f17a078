// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Whether a volume may still receive content from an image.
enum CopyUpState: Hashable {
    /// Nothing was copied yet.
    case open
    /// The copy is whole in the volume's directory `incoming-…` and is being moved into place.
    case moving
    /// The volume has had its chance.
    case done

    var text: String {
        switch self {
        case .open: "open"
        case .moving: "moving"
        case .done: "done"
        }
    }

    init(text: String) {
        switch text {
        case "open": self = .open
        case "moving": self = .moving
        default: self = .done
        }
    }
}
