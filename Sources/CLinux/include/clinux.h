// What Swift reaches only through C: variadic calls and macros of Linux.
#ifndef CLINUX_H
#define CLINUX_H
#include "daemon.h"
#endif
