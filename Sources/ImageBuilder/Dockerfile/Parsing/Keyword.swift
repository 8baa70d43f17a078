// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The words that begin an instruction.
package enum Keyword: String, Sendable, CaseIterable {
    case add, arg, cmd, copy, entrypoint, env, expose, from, healthcheck, label, maintainer, onbuild, run, shell
    case stopsignal, user, volume, workdir

    /// The keyword that `text` spells, in any case.
    package init?(_ text: String) {
        self.init(rawValue: text.lowercased())
    }

    /// As it is written by convention.
    package var name: String { rawValue.uppercased() }

    /// How the text after the keyword and its flags is cut into arguments.
    enum ArgumentForm {
        /// A JSON array of strings, or words at white space.
        case list
        /// A JSON array of strings, or the whole text as one.
        case command
        /// Words at white space.
        case fields
        /// Words at white space, where quotes and escapes hold a word together.
        case words
        /// `name=value` words, or one name and the rest as its value.
        case pairs
        /// The whole text.
        case text
        /// A kind, then a command.
        case probe
        /// Another instruction.
        case trigger
    }

    var argumentForm: ArgumentForm {
        switch self {
        case .add, .copy, .volume: .list
        case .cmd, .entrypoint, .run, .shell: .command
        case .expose, .from: .fields
        case .arg: .words
        case .env, .label: .pairs
        case .maintainer, .stopsignal, .user, .workdir: .text
        case .healthcheck: .probe
        case .onbuild: .trigger
        }
    }

    /// Whether here-documents may follow the instruction.
    var takesHeredocs: Bool {
        self == .add || self == .copy || self == .run
    }
}
