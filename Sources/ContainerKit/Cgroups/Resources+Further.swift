// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Resources {
    /// A limit on pages of one size: on reservations, where the kernel counts them (Linux 5.7), and on use.
    ///
    /// A program that asks for more than it may reserve is told so by `mmap(2)`; one that uses more than it may is
    /// killed.
    public struct HugePages: Sendable, Hashable {
        /// The size as the kernel writes it, such as `2MB`.
        public var pageSize: String
        /// The limit in bytes.
        public var limit: UInt64

        /// Creates a limit.
        ///
        /// - Parameters:
        ///   - pageSize: The size, such as `2MB`.
        ///   - limit: The limit in bytes.
        public init(pageSize: String, limit: UInt64) {
            self.pageSize = pageSize
            self.limit = limit
        }

        func validate() throws(ContainerError) {
            let digits = pageSize.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.first != "0", ["KB", "MB", "GB"].contains(pageSize.dropFirst(digits.count))
            else {
                throw ContainerError(
                    .invalidConfiguration,
                    "the huge page size '\(pageSize)' is malformed: expected a number and KB, MB or GB, such as 2MB"
                )
            }
        }
    }

    /// A limit on the objects of one RDMA device.
    public struct RDMA: Sendable, Hashable {
        /// Open handles.
        public var handles: UInt32?
        /// Objects.
        public var objects: UInt32?

        /// Creates a limit.
        ///
        /// - Parameters:
        ///   - handles: Open handles.
        ///   - objects: Objects.
        public init(handles: UInt32? = nil, objects: UInt32? = nil) {
            self.handles = handles
            self.objects = objects
        }
    }

    /// Marks on network packets; only cgroup v1 has them.
    public struct Network: Sendable, Hashable {
        /// The class that traffic control goes by.
        public var classID: UInt32?
        /// Priorities of interfaces.
        public var priorities: [String: UInt32]

        /// Creates marks; by default there are none.
        public init(classID: UInt32? = nil, priorities: [String: UInt32] = [:]) {
            self.classID = classID
            self.priorities = priorities
        }
    }

    /// Checks what the other parts' own checks leave.
    func validateFurther() throws(ContainerError) {
        try io.validate()
        for limit in hugePages { try limit.validate() }
        for (device, limit) in rdma {
            if device.isEmpty || device.contains(where: { $0.isWhitespace }) {
                throw ContainerError(.invalidConfiguration, "the RDMA device '\(device)' is no device's name")
            }
            if limit.handles == nil, limit.objects == nil {
                throw ContainerError(.invalidConfiguration, "the limit on RDMA device \(device) limits nothing")
            }
        }
        for (file, value) in unified {
            let controller = CgroupController(rawValue: String(file.prefix { $0 != "." }))
            guard CgroupPath.isInterfaceFile(file), !file.contains("/"), controller != nil || file.hasPrefix("cgroup."),
                !value.utf8.contains(0)
            else {
                throw ContainerError(
                    .invalidConfiguration,
                    "'\(file)' is no file of a v2 group, such as memory.high"
                )
            }
        }
    }

    /// The writes for everything but memory, processors and processes.
    func furtherWrites(on version: (CgroupController) -> CgroupVersion) throws(ContainerError) -> [CgroupWrite] {
        var writes: [CgroupWrite] = []
        switch version(.blkio) {
        case .v1: writes += io.legacyWrites
        case .v2: writes += try io.unifiedWrites()
        }
        for limit in hugePages {
            let file = version(.hugetlb) == .v1 ? "limit_in_bytes" : "max"
            let size = "hugetlb.\(limit.pageSize)"
            let reservations = "\(size).rsvd.\(file)"
            writes.append(CgroupWrite(.hugetlb, "\(size).\(file)", String(limit.limit), with: reservations))
        }
        for (device, limit) in rdma.sorted(by: { $0.key < $1.key }) {
            let parts = [limit.handles.map { "hca_handle=\($0)" }, limit.objects.map { "hca_object=\($0)" }]
            let text = ([device] + parts.compactMap { $0 }).joined(separator: " ")
            writes.append(CgroupWrite(.rdma, "rdma.max", text))
        }
        if let classID = network.classID {
            writes.append(CgroupWrite(.net_cls, "net_cls.classid", String(classID)))
        }
        for (interface, priority) in network.priorities.sorted(by: { $0.key < $1.key }) {
            writes.append(CgroupWrite(.net_prio, "net_prio.ifpriomap", "\(interface) \(priority)"))
        }
        for (file, value) in unified.sorted(by: { $0.key < $1.key }) {
            let controller = CgroupController(rawValue: String(file.prefix { $0 != "." })) ?? .memory
            if version(controller) == .v1 {
                throw ContainerError(
                    .unsupported,
                    "\(file) is a file of cgroup v2, but this machine has the \(controller.rawValue) controller on v1"
                )
            }
            writes.append(CgroupWrite(controller, file, value))
        }
        return writes
    }

    /// The controllers that only the further limits need.
    var furtherControllers: [CgroupController] {
        var controllers: [CgroupController] = []
        if io != IO() { controllers.append(.blkio) }
        if !hugePages.isEmpty { controllers.append(.hugetlb) }
        if !rdma.isEmpty { controllers.append(.rdma) }
        if network.classID != nil { controllers.append(.net_cls) }
        if !network.priorities.isEmpty { controllers.append(.net_prio) }
        for file in unified.keys {
            CgroupController(rawValue: String(file.prefix { $0 != "." })).map { controllers.append($0) }
        }
        return controllers
    }
}
