// Starts a program that outlives this process.
#ifndef CLINUX_DAEMON_H
#define CLINUX_DAEMON_H

#include <sys/types.h>

struct clinux_daemon {
    const char *path;           // absolute path of the program
    char *const *arguments;     // NULL-terminated, with the program's name first
    char *const *environment;   // NULL-terminated
    const char *directory;      // NULL: this process's own
    int output;                 // becomes standard output and standard error
    uid_t user;                 // (uid_t)-1: this process's own
    gid_t group;                // (gid_t)-1: this process's own
    const char *pid_file;       // "<pid> <start time in clock ticks since boot> <boot_id>\n"
    const char *pid_file_draft; // written first, then renamed to pid_file
    const char *boot_id;
};

// Starts the program in a session and process group of its own, with standard input from /dev/null, no other open file,
// and default signal dispositions and mask. The child writes its own pid file before it becomes the program, so a caller
// that is killed at any moment never leaves a running program without one.
// Returns 0 and sets *pid, or an errno value.
int clinux_start_daemon(const struct clinux_daemon *daemon, pid_t *pid);

#endif
