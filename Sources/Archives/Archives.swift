// Archives: reads and writes the archives that sources travel in, over libarchive.
//
// It owns the safety of unpacking: an archive is written by somebody else, and nothing in it may reach outside of the
// folder it is unpacked into or fill the disk. It knows nothing of Switchyard.
