// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension StageEvaluator {
    /// All values are expanded before any of them is set, so `ENV a=1 b=$a` does not see its own `a`.
    mutating func evaluateEnvironment(
        _ pairs: [Instruction.Pair],
        _ instruction: Instruction
    ) throws(ImageBuilderError) -> [Instruction.Pair] {
        let expanded = try expand(pairs, in: instruction)
        checkLegacyFormat(pairs, instruction)
        for pair in expanded {
            linter.checkSecret(named: pair.name, instruction)
            scope.environment[pair.name] = pair.value
        }
        return expanded
    }

    /// The value given to the build comes first, then the default, then that of the global argument.
    mutating func evaluate(
        _ arg: Instruction.Arg,
        _ instruction: Instruction
    ) throws(ImageBuilderError) -> Instruction.Arg {
        var arg = arg
        for index in arg.variables.indices {
            let variable = arg.variables[index]
            linter.checkSecret(named: variable.name, instruction)
            if let given = arguments.values[variable.name] {
                arg.variables[index].value = given
            } else if let value = variable.value {
                arg.variables[index].value = try expand(value, in: instruction)
            } else {
                arg.variables[index].value = global[variable.name]
            }
            if let value = arg.variables[index].value { scope.environment[variable.name] = value }
            scope.declaredArguments.append(variable.name)
        }
        return arg
    }

    mutating func evaluate(
        _ run: Instruction.Run,
        _ instruction: Instruction
    ) throws(ImageBuilderError) -> Instruction.Run {
        var run = run
        run.mounts = []
        for option in run.mountOptions {
            // The closure can't throw our error, so the first one waits here.
            var failure: ImageBuilderError?
            do throws(ValueError) {
                let mount = try Instruction.Run.Mount(option: option.value.text) { (word) throws(ValueError) in
                    do throws(ImageBuilderError) {
                        return try expand(word, in: instruction)
                    } catch {
                        failure = error
                        throw ValueError(error.message)
                    }
                }
                run.mounts.append(mount)
            } catch {
                // A trigger's text stands in no line of this file.
                let range = option.value.range
                let place = instruction.isTrigger ? instruction.location : instruction.line.location(of: range)
                throw failure ?? ImageBuilderError(.invalidFlag, error.message, at: place)
            }
        }
        return run
    }

    mutating func evaluateWorkingDirectory(
        _ path: String,
        _ instruction: Instruction
    ) throws(ImageBuilderError) -> String {
        let path = try expand(path, in: instruction)
        if !scope.hasOwnWorkingDirectory, path.utf8.first != UInt8(ascii: "/") {
            linter.warn(
                .workdirRelativePath,
                "Relative workdir \(path.quoted) can have unexpected results if the base image changes",
                at: instruction.location,
                comments: instruction.comments
            )
        }
        scope.hasOwnWorkingDirectory = true
        scope.workingDirectory = CleanPath.join(scope.workingDirectory, path)
        return scope.workingDirectory
    }
}
