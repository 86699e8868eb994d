extension ContainerSpecification: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(image, forKey: "Image")
        // All of it as entrypoint: then neither engine adds the image's own command.
        try container.encodeIfPresent(command, forKey: "Entrypoint")
        try container.encode(environment, forKey: "Env")
        try container.encode(labels, forKey: "Labels")

        var host = container.nestedContainer(keyedBy: Key.self, forKey: "HostConfig")
        try host.encode(["Name": "no"], forKey: "RestartPolicy")
        try host.encode(hasInit, forKey: "Init")
        try host.encode(securityOptions, forKey: "SecurityOpt")
        try encodeLimits(to: &host)
        try encodeMounts(to: &host)
        if let memory {
            try host.encode(memory, forKey: "Memory")
            try host.encode(memory, forKey: "MemorySwap")
        }
        try host.encodeIfPresent(nanoProcessors, forKey: "NanoCpus")
        try host.encodeIfPresent(processes, forKey: "PidsLimit")
        if let capabilities {
            try host.encode(["ALL"], forKey: "CapDrop")
            try host.encode(capabilities, forKey: "CapAdd")
        }
        if let logDriver {
            var driver = host.nestedContainer(keyedBy: Key.self, forKey: "LogConfig")
            try driver.encode(logDriver.name, forKey: "Type")
            try driver.encode(logDriver.options, forKey: "Config")
        }
        if let network {
            try host.encode(network, forKey: "NetworkMode")
            var networking = container.nestedContainer(keyedBy: Key.self, forKey: "NetworkingConfig")
            try networking.encode([network: ["Aliases": aliases]], forKey: "EndpointsConfig")
        }
    }

    private func encodeLimits(to container: inout KeyedEncodingContainer<Key>) throws {
        var list = container.nestedUnkeyedContainer(forKey: "Ulimits")
        for limit in limits {
            var entry = list.nestedContainer(keyedBy: Key.self)
            try entry.encode(limit.name, forKey: "Name")
            try entry.encode(limit.value, forKey: "Soft")
            try entry.encode(limit.value, forKey: "Hard")
        }
    }

    /// As mounts, not as binds: a bind is one text with colons, in which a path could add options or name a folder of the host.
    private func encodeMounts(to container: inout KeyedEncodingContainer<Key>) throws {
        var list = container.nestedUnkeyedContainer(forKey: "Mounts")
        for mount in mounts {
            try list.encode(["Type": "volume", "Source": mount.volume, "Target": mount.path])
        }
    }

    private struct Key: CodingKey, ExpressibleByStringLiteral {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringLiteral value: String) {
            stringValue = value
        }

        init?(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }
}
