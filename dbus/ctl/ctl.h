/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

#define CTL_NAME "org.ahoy.Ahoy1"
#define CTL_ROOT "/org/ahoy/Ahoy1"
#define CTL_MANAGER CTL_NAME ".Manager"
#define CTL_ENDPOINT CTL_NAME ".Endpoint"
#define CTL_REGISTRATION CTL_NAME ".Registration"
#define CTL_HISTORY CTL_NAME ".History"
#define CTL_SECURITY CTL_NAME ".Security"
#define CTL_SESSION CTL_NAME ".Session"
#define CTL_STREAM CTL_NAME ".Stream"
#define CTL_CONFIG CTL_NAME ".Config"
#define CTL_EVENTS CTL_NAME ".Events"
#define CTL_TRACE CTL_NAME ".Trace"
#define CTL_TRANSPORT CTL_NAME ".Transport"

/* The command line: how it was called, and the daemon that it speaks to. */
typedef struct {
  GDBusConnection *connection;
  gboolean json;
  gboolean system;
} Ctl;

typedef struct {
  const char *name;
  const char *arguments;
  const char *summary;
  int least;
  int most;
  gboolean (*run) (Ctl *ctl, int argc, char **argv, GError **error);
  gboolean offline; /* needs no daemon */
} CtlCommand;

extern const CtlCommand ctl_manager_commands[];
extern const CtlCommand ctl_session_commands[];
extern const CtlCommand ctl_follow_commands[];
extern const CtlCommand ctl_originate_commands[];
extern const CtlCommand ctl_trace_commands[];
extern const CtlCommand ctl_event_commands[];
extern const CtlCommand ctl_config_commands[];
extern const CtlCommand ctl_cache_commands[];
extern const CtlCommand ctl_contact_commands[];
extern const CtlCommand ctl_bridge_commands[];
extern const CtlCommand ctl_conference_commands[];
extern const CtlCommand ctl_queue_commands[];
extern const CtlCommand ctl_history_commands[];
extern const CtlCommand ctl_number_commands[];
extern const CtlCommand ctl_registration_commands[];
extern const CtlCommand ctl_security_commands[];
extern const CtlCommand ctl_module_commands[];
extern const CtlCommand ctl_message_commands[];

/* The daemon */
gboolean ctl_connect (Ctl *ctl, GError **error);
GVariant *ctl_call (Ctl *ctl, const char *path, const char *interface, const char *method,
                    GVariant *arguments, GError **error);
GVariant *ctl_call_with_files (Ctl *ctl, const char *path, const char *interface,
                               const char *method, GVariant *arguments, GUnixFDList *files,
                               GError **error);
GVariant *ctl_get_all (Ctl *ctl, const char *path, const char *interface, GError **error);
GVariant *ctl_list (Ctl *ctl, const char *interface, GError **error);
char *ctl_make_path (const char *kind, const char *name);
char *ctl_session_path (Ctl *ctl, const char *number, const char *state, GError **error);

/* A value of a dictionary as text */
char *ctl_dup_text (GVariant *properties, const char *name);
char *ctl_dup_value (GVariant *value);
const char *ctl_last_part (const char *path);

G_END_DECLS
