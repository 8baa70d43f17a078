// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why the value of an option is refused.
///
/// The caller, who knows where it stands, makes an ``ImageBuilderError`` of it.
package struct ValueError: Error, Equatable {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
