// Monitoring: what builds and replicas write, kept and shown.
//
// It owns the tables `logs` and `log_cursors`, the reading of the engine's log files and the live following of lines.
// It must not know how containers are made, who may see a line (the Kernel's row-level security decides that), or how
// lines travel to a client (the Gateway does that).
//
// Lines go one way: file -> ContainerLogTailer -> LogIngest -> LogWriter -> table `logs` -> LogHub -> LogService.
