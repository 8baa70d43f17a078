// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Extended attributes, which Swift's view of glibc has no functions for.
enum Attributes {
    /// The attribute's value, read with `getfattr`; `nil` if there is none.
    static func get(_ name: String, of path: FilePath) -> [UInt8]? {
        let output = FilePath("\(path)-attribute-\(UInt32.random(in: .min ... .max))")
        defer { unlink(output.string) }
        let script =
            "import os,sys; sys.stdout.buffer.write(os.getxattr(sys.argv[1], sys.argv[2], follow_symlinks=False))"
        guard (try? Shell.run("python3 -c '\(script)' '\(path)' '\(name)' > '\(output)' 2>/dev/null")) != nil else {
            return nil
        }
        return try? FileTree.read(output)
    }
}
