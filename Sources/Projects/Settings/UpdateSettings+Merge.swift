import Resources

/// A request to change settings is also the form in which they are kept: what is nil is the default.
extension UpdateSettings {
    /// Takes over what another request changes; an empty text takes a setting back to its default.
    mutating func merge(_ change: UpdateSettings) {
        func merged(_ old: String?, _ new: String?) -> String? {
            guard let new else { return old }
            return new.isEmpty ? nil : new
        }
        startCommand = merged(startCommand, change.startCommand)
        buildCommand = merged(buildCommand, change.buildCommand)
        rootDirectory = merged(rootDirectory, change.rootDirectory)
        dockerfilePath = merged(dockerfilePath, change.dockerfilePath)
        healthcheckPath = merged(healthcheckPath, change.healthcheckPath)
        healthcheckTimeout = change.healthcheckTimeout ?? healthcheckTimeout
        replicas = change.replicas ?? replicas
        restartPolicy = change.restartPolicy ?? restartPolicy
        restartPolicyMaxRetries = change.restartPolicyMaxRetries ?? restartPolicyMaxRetries
        drainingSeconds = change.drainingSeconds ?? drainingSeconds
        cpuLimit = change.cpuLimit ?? cpuLimit
        memoryLimit = change.memoryLimit ?? memoryLimit
        isPublic = change.isPublic ?? isPublic
    }

    /// The settings with defaults where nothing else was asked for; the default limits never exceed the bounds.
    func settings(within bounds: ResourceBounds) -> ServiceSettings {
        var settings = ServiceSettings()
        settings.startCommand = startCommand
        settings.buildCommand = buildCommand
        settings.rootDirectory = rootDirectory
        settings.dockerfilePath = dockerfilePath
        settings.healthcheckPath = healthcheckPath
        settings.healthcheckTimeout = healthcheckTimeout ?? settings.healthcheckTimeout
        settings.replicas = replicas ?? settings.replicas
        settings.restartPolicy = restartPolicy ?? settings.restartPolicy
        settings.restartPolicyMaxRetries = restartPolicyMaxRetries ?? settings.restartPolicyMaxRetries
        settings.drainingSeconds = drainingSeconds ?? settings.drainingSeconds
        settings.cpuLimit = cpuLimit ?? min(settings.cpuLimit, bounds.cpu)
        settings.memoryLimit = memoryLimit ?? min(settings.memoryLimit, bounds.memory)
        settings.isPublic = isPublic ?? settings.isPublic
        return settings
    }
}
