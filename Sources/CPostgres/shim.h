#include <libpq-fe.h>

// Swift does not see macros of character constants.
static const int diagnostic_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int diagnostic_sqlstate = PG_DIAG_SQLSTATE;
static const int diagnostic_message = PG_DIAG_MESSAGE_PRIMARY;
static const int diagnostic_detail = PG_DIAG_MESSAGE_DETAIL;
static const int diagnostic_hint = PG_DIAG_MESSAGE_HINT;
static const int diagnostic_constraint = PG_DIAG_CONSTRAINT_NAME;
