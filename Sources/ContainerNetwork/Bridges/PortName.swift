// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The names of the host's ends of containers' links.
enum PortName {
    /// What all of them begin with, so that they can be told from others' links.
    static let prefix = "nbx"

    /// A name that no other link has, as far as chance can tell: 60 random bits.
    static func random() -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
        return prefix + String((0..<12).map { _ in alphabet[Int.random(in: 0..<32)] })
    }
}
