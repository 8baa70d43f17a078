// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import OCIRuntime

exit(await CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
