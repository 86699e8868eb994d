// Processes: runs programs and keeps daemons alive.
//
// Owns: starting a program from an argument array (never through a shell), its output as text or as lines, its end by
// time-out or cancellation with the whole process group, and daemons that outlive this process and are found again.
// Must not know: which programs those are, or anything of Switchyard.
