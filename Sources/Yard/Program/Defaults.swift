import Resources

/// The version of this program.
let yardVersion = ProductVersion.current

/// Where a server on this machine answers by default.
let defaultServer = "http://127.0.0.1:7070"
