// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension CacheStep {
    func encode(into encoder: inout CacheEncoder) {
        switch self {
        case .base(let base):
            encoder.encode("base")
            encoder.encode(base.digest)
            encoder.encode(base.platform)
        case .command(let command):
            encoder.encode("command")
            command.encode(into: &encoder)
        case .files(let files):
            encoder.encode("files")
            files.encode(into: &encoder)
        case .directory(let directory):
            encoder.encode("directory")
            encoder.encode(directory.path)
            encoder.encode(directory.owner)
            encoder.encode(directory.time)
        case .timed(let step, let time):
            encoder.encode("timed")
            encoder.encode(time)
            step.encode(into: &encoder)
        }
    }
}

extension CacheStep.Command {
    fileprivate func encode(into encoder: inout CacheEncoder) {
        encoder.encode(arguments)
        encoder.encode(environment)
        encoder.encode(workingDirectory)
        encoder.encode(user)
        encoder.encode(network)
        encoder.encode(security)
        encoder.encode(devices)
        encoder.encode(UInt64(mounts.count))
        for mount in mounts { mount.encode(into: &encoder) }
        encoder.encode(UInt64(files.count))
        for file in files { encoder.encode(file) }
        encoder.encode(platform)
    }
}

extension CacheStep.Mount {
    /// Where the content of a `bind` mount lies is no part of the key: its content is.
    fileprivate func encode(into encoder: inout CacheEncoder) {
        encoder.encode(options.kind.description)
        encoder.encode(options.target)
        encoder.encode(options.isReadOnly)
        encoder.encode(UInt64(options.sizeLimit))
        encoder.encode(options.id)
        encoder.encode(options.kind == .secret ? options.source : nil)
        encoder.encode(options.sharing?.description)
        encoder.encode(options.isRequired)
        encoder.encode(options.variable)
        encoder.encode(options.mode.map(UInt64.init))
        encoder.encode(options.userID.map(UInt64.init))
        encoder.encode(options.groupID.map(UInt64.init))
        encoder.encode(content)
    }
}

extension CacheStep.Files {
    fileprivate func encode(into encoder: inout CacheEncoder) {
        encoder.encode(UInt64(sources.count))
        for source in sources {
            encoder.encode(source.name)
            encoder.encode(source.content)
        }
        encoder.encode(destination)
        encoder.encode(chown)
        encoder.encode(chmod)
        encoder.encode(keepsParents)
        encoder.encode(unpacks)
        encoder.encode(time)
    }
}
