// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import ImageStore
import SystemPackage

extension StepRunner {
    /// Does a `RUN`.
    func perform(_ command: Instruction.Run, _ state: inout StageState) async throws {
        let scope = state.evaluator.scope
        let words = CommandWords(command, shell: scope.shell)
        let network = command.network == .default ? plan.options.network : command.network
        try check(command, network)
        let mounts = try await MountPreparation(
            command.mounts,
            runner: self,
            workingDirectory: scope.workingDirectory
        )
        let action = CacheStep.Command(
            arguments: words.arguments,
            environment: scope.environment.assignments,
            workingDirectory: scope.workingDirectory,
            user: state.image.defaults.user ?? "",
            network: network.description,
            security: command.security.description,
            devices: command.devices.map { $0.isRequired ? "!" + $0.name : $0.name },
            mounts: mounts.steps,
            files: words.file.map { [[$0.name, $0.content]] } ?? [],
            platform: state.platform
        )
        let user = state.image.defaults.user ?? ""
        let time = plan.epoch.map(UInt64.init)
        let step = time.map { CacheStep.timed(.command(action), $0) } ?? .command(action)
        try await layer(step, &state) { upper, lower in
            let execution = CommandExecution(
                runner: self,
                words: words,
                scope: scope,
                user: user,
                network: network,
                isInsecure: command.security == .insecure,
                upper: upper,
                lower: lower
            )
            try await execution.perform(mounts)
        }
    }

    private func check(_ command: Instruction.Run, _ network: Instruction.Run.Network) throws(ImageBuilderError) {
        let allowed = plan.options.permissions
        if command.network == .host, !allowed.contains(.hostNetwork), plan.options.network != .host {
            throw ImageBuilderError(.notAllowed, "--network=host needs the permission \(BuildPermission.hostNetwork)")
        }
        if command.security == .insecure, !allowed.contains(.insecure) {
            throw ImageBuilderError(.notAllowed, "--security=insecure needs the permission \(BuildPermission.insecure)")
        }
        if let device = command.devices.first(where: \.isRequired) {
            throw ImageBuilderError(.unsupported, "the device \(device.name.inQuotes) can't be given to a command")
        }
    }
}
