// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

/// Runs a container's health checks, and says what they come to.
struct HealthMonitor {
    let check: HealthCheck
    let container: Container
    let process: ResolvedProcess
    let security: ContainerSecurity
    /// Whether it stands still for a copy, when it can't answer and is not ill.
    let isStill: @Sendable () -> Bool

    /// Checks until the task is cancelled.
    ///
    /// - Parameter note: Is told after each check, and whether the status has changed.
    func run(_ note: @Sendable (HealthState, Bool) -> Void) async {
        let started = Moment.now()
        var state = HealthState()
        note(state, true)
        while !Task.isCancelled {
            do { try await Task.sleep(for: state.pause(check, started: started, now: .now())) } catch { return }
            if isStill() { continue }
            let result = await probe()
            if Task.isCancelled { return }
            // Its answer may have come too late because it stood still.
            if isStill(), result.exitCode != 0 { continue }
            let isOther = state.take(result, check, started: started)
            note(state, isOther)
        }
    }

    private func probe() async -> HealthState.Probe {
        let start = Moment.now()
        var configuration = ProcessConfiguration(
            check.command,
            environment: process.environment,
            workingDirectory: FilePath(process.workingDirectory),
            user: process.user.isEmpty ? .root : .named(process.user),
            output: .stream,
            error: .stream
        )
        security.apply(to: &configuration)
        var output: [UInt8] = []
        var code = -1
        do {
            let program = try await container.execute(configuration)
            let (text, status) = await Self.follow(program, within: .nanoseconds(check.timeout))
            output = text
            if let status { code = status.shellCode } else { output += Array("the check took too long\n".utf8) }
        } catch {
            output = Array("\(error)".utf8)
        }
        return HealthState.Probe(
            start: start,
            end: .now(),
            exitCode: code,
            output: String(decoding: output.prefix(HealthState.keptOutput), as: UTF8.self)
        )
    }

    /// Keeps what the program writes until it has ended; one that takes too long is killed.
    private static func follow(
        _ program: ContainerProcess,
        within time: Duration
    ) async -> (output: [UInt8], status: TerminationStatus?) {
        await withTaskGroup(of: [UInt8].self) { tasks in
            for stream in [program.standardOutput, program.standardError] {
                tasks.addTask {
                    var kept: [UInt8] = []
                    do {
                        for try await chunk in stream where kept.count < HealthState.keptOutput { kept += chunk }
                    } catch {}
                    return kept
                }
            }
            let status = await end(of: program, within: time)
            var output: [UInt8] = []
            for await part in tasks { output += part }
            return (output, status)
        }
    }

    private static func end(of program: ContainerProcess, within time: Duration) async -> TerminationStatus? {
        await withTaskGroup(of: TerminationStatus?.self) { tasks in
            tasks.addTask { try? await program.wait() }
            tasks.addTask {
                try? await Task.sleep(for: time)
                return nil
            }
            let first = await tasks.next() ?? nil
            if first == nil { try? program.send(.kill) }
            tasks.cancelAll()
            return first
        }
    }
}
