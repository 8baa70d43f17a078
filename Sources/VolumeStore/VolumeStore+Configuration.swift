// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension VolumeStore {
    /// How a store is opened.
    public struct Configuration: Sendable {
        /// Drivers beside `local`, each with a name of its own.
        public var drivers: [any VolumeDriver] = []

        /// How long to wait while another process writes to the database.
        public var databaseLockTimeout: Duration = .seconds(10)

        /// How long to wait while another operation runs on the same volume.
        ///
        /// Long, because it may be a copy.
        public var volumeLockTimeout: Duration = .seconds(600)

        /// The defaults.
        public init() {}

        func driversByName() throws(VolumeError) -> [String: any VolumeDriver] {
            var byName: [String: any VolumeDriver] = ["local": LocalDriver()]
            for driver in drivers {
                guard byName.updateValue(driver, forKey: driver.name) == nil else {
                    throw VolumeError(.alreadyExists, "there are two volume drivers of the name '\(driver.name)'")
                }
            }
            return byName
        }
    }
}
