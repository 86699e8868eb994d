#define _GNU_SOURCE
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// Between fork and exec only async-signal-safe calls are allowed: another thread may have held malloc's lock.

static size_t append_text(char *buffer, size_t length, size_t capacity, const char *text) {
    while (*text != '\0' && length < capacity) buffer[length++] = *text++;
    return length;
}

static size_t append_number(char *buffer, size_t length, size_t capacity, unsigned long number) {
    char digits[24];
    size_t count = sizeof(digits) - 1;
    digits[count] = '\0';
    do {
        digits[--count] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return append_text(buffer, length, capacity, digits + count);
}

// Field 22 of /proc/self/stat (proc(5)), counted from behind the last parenthesis, since the name may hold anything.
static int own_start_time(char *text, size_t capacity) {
    char stat[1024];
    int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    ssize_t size = read(file, stat, sizeof(stat) - 1);
    close(file);
    if (size <= 0) return EIO;
    ssize_t at = size - 1;
    while (at >= 0 && stat[at] != ')') at--;
    int field = 2;
    size_t length = 0;
    for (; at >= 0 && at < size; at++) {
        if (stat[at] == ' ') {
            if (++field > 22) break;
        } else if (field == 22 && length < capacity - 1) {
            text[length++] = stat[at];
        }
    }
    text[length] = '\0';
    return length == 0 ? EIO : 0;
}

static int write_pid_file(const struct clinux_daemon *daemon) {
    char start_time[32];
    int error = own_start_time(start_time, sizeof(start_time));
    if (error != 0) return error;
    char text[160];
    size_t length = append_number(text, 0, sizeof(text), (unsigned long)getpid());
    length = append_text(text, length, sizeof(text), " ");
    length = append_text(text, length, sizeof(text), start_time);
    length = append_text(text, length, sizeof(text), " ");
    length = append_text(text, length, sizeof(text), daemon->boot_id);
    length = append_text(text, length, sizeof(text), "\n");
    int file = open(daemon->pid_file_draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) return errno;
    ssize_t written = write(file, text, length);
    close(file);
    if (written != (ssize_t)length) return EIO;
    return rename(daemon->pid_file_draft, daemon->pid_file) == 0 ? 0 : errno;
}

// Returns the errno value of what failed; *report is where it can be written to.
static int become(const struct clinux_daemon *daemon, int *report) {
    if (setsid() < 0) return errno;
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    // Clear of 0 to 3, in case this process was itself started with some of those closed.
    int moved = fcntl(*report, F_DUPFD_CLOEXEC, 4);
    int output = fcntl(daemon->output, F_DUPFD_CLOEXEC, 4);
    if (moved < 0 || output < 0) return errno;
    *report = moved;
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0) return errno;
    if (dup2(nothing, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) return errno;
    if (dup3(moved, 3, O_CLOEXEC) < 0) return errno;
    *report = 3;
    // Files that other threads opened never leak into the daemon.
    if (close_range(4, ~0U, 0) < 0) return errno;

    if (daemon->directory != NULL && chdir(daemon->directory) < 0) return errno;
    int error = write_pid_file(daemon);
    if (error != 0) return error;
    if (daemon->group != (gid_t)-1 && (setgroups(1, &daemon->group) < 0 || setgid(daemon->group) < 0)) return errno;
    if (daemon->user != (uid_t)-1 && setuid(daemon->user) < 0) return errno;
    execve(daemon->path, daemon->arguments, daemon->environment);
    return errno;
}

int clinux_start_daemon(const struct clinux_daemon *daemon, pid_t *pid) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0) return errno;

    // No signal may reach the child while it still has our handlers.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0) {
        int error = become(daemon, &report[1]);
        _exit(write(report[1], &error, sizeof(error)) < 0 ? 126 : 127);
    }
    int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (child < 0) {
        close(report[0]);
        return fork_error;
    }

    // The pipe closes when exec succeeds; otherwise the child's errno comes through it.
    int error = 0;
    ssize_t size;
    do size = read(report[0], &error, sizeof(error));
    while (size < 0 && errno == EINTR);
    close(report[0]);
    if (size == sizeof(error) && error != 0) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
        return error;
    }
    *pid = child;
    return 0;
}
