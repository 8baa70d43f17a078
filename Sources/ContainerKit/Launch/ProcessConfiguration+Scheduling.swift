// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ProcessConfiguration {
    /// What the stage does for the program's place among others.
    var schedulingOperations: [StageOperation] {
        var operations: [StageOperation] = []
        if let processors { operations.append(.processors(processors)) }
        if let scheduling { operations.append(.scheduling(scheduling)) }
        if let ioPriority { operations.append(.ioPriority(ioPriority)) }
        if let memoryPolicy { operations.append(.memoryPolicy(memoryPolicy)) }
        return operations
    }
}
