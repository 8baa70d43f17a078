// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Writes out what `print` has kept back: the reader of a pipe is to see it now.
func flushOutput() {
    fflush(nil)
}
