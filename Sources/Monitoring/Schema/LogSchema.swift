public import Kernel

/// The tables of logs, all shared: `logs` in partitions by the day a line was kept, and how far each log file was read.
public let monitoringSchema = ModuleSchema(name: "monitoring", shared: [createLogTables, createLogPage])
