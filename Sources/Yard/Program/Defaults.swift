/// The version of this program.
let yardVersion = "0.1.0"

/// Where a server on this machine answers by default.
let defaultServer = "http://127.0.0.1:7070"
