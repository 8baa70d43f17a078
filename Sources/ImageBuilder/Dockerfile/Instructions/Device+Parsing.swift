// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction.Run.Device {
    /// The value of a `--device` flag: `name[,required]` or `name=…,required=…`.
    init(option: String) throws(ValueError) {
        var name = ""
        var isRequired = false
        for field in try CommaSeparated.fields(of: option) {
            guard let (rawKey, value) = field.cut(at: "=") else {
                if field.lowercased() == "required" {
                    isRequired = true
                } else if name.isEmpty {
                    name = field
                } else {
                    throw ValueError("the device option \(field.inQuotes) must be of the form name=value")
                }
                continue
            }
            switch rawKey.lowercased() {
            case "name":
                guard name.isEmpty else { throw ValueError("the device has a name already: \(name)") }
                name = value
            case "required":
                guard let bool = Bool(literal: value) else {
                    throw ValueError("required must be true or false, not \(value.inQuotes)")
                }
                isRequired = bool
            default:
                // The name of a device may hold a `=` itself.
                guard name.isEmpty else { throw ValueError("unknown device option \(rawKey.inQuotes) for \(name)") }
                name = field
            }
        }
        self.init(name: name, isRequired: isRequired)
    }
}
