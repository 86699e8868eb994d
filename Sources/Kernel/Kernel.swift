// Kernel owns what every service stands on: authorization, secrets, the event log, job leases, blobs, the way to data.
// It has no noun that a user would say; what users see is in Resources.
