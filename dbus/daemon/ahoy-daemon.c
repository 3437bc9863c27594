/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-daemon.h"

#include <glib/gstdio.h>

#include "ahoy-gst-audio-handler.h"
#include "ahoy-gst-engine.h"

#include "ahoy-bus-agents.h"
#include "ahoy-bus-bridges.h"
#include "ahoy-bus-config.h"
#include "ahoy-bus-endpoints.h"
#include "ahoy-bus-registrations.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-events.h"
#include "ahoy-bus-hub.h"
#include "ahoy-bus-manager.h"
#include "ahoy-bus-history.h"
#include "ahoy-bus-security.h"
#include "ahoy-bus-sessions.h"
#include "ahoy-bus-stream.h"
#include "ahoy-bus-trace.h"
#include "ahoy-bus-transports.h"
#include "ahoy-trim.h"

#define BUS_NAME "org.ahoy.Ahoy1"

#define TAKEN \
  "The name " BUS_NAME " belongs to another daemon; end it, or start this one with --replace"

/* How long a daemon that is replaced may take to hang up and go, in ms. */
#define REPLACE_PATIENCE 40000

/* A call that nobody takes is given up after this time, in µs. */
#define PATIENCE (180 * G_USEC_PER_SEC)

/* The parts of libahoy, and what of them is on the bus. */
struct _AhoyDaemon {
  GObject parent_instance;

  AhoyCore *core;
  AhoyConfigurator *configurator;
  AhoyGstEngine *engine;
  AhoyGstAudioHandler *audio;
  AhoyBusObject *root;
  AhoyBusHub *hub;
  AhoyBusManager *manager;
  AhoyBusSessions *sessions;
  AhoyBusMessages *messages;
  AhoyBusEndpoints *endpoints;
  AhoyBusRegistrations *registrations;
  AhoyBusTransports *transports;
  AhoyBusBridges *bridges;
  AhoyBusTrace *trace;
  AhoyBusAgents *agents;
  AhoyBusEvents *events;
  AhoyBusHistory *history;
  AhoyBusSecurity *security;
  AhoyBusConfig *config;
  AhoyBusLink *link;
  AhoyTrim *trim;
  AhoyDaemonFlags flags;
  char *recordings; /* the folder, where the configuration names none */
  guint64 media_job;
  gboolean had_name;
  gboolean stopping;
  GError *failure; /* why it stops, when nobody asked for it */
};

enum { SIGNAL_READY, SIGNAL_STOPPED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyDaemon, ahoy_daemon, G_TYPE_OBJECT)

static void
on_core_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyDaemon) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ahoy_core_stop_finish (AHOY_CORE (source), result, &error)) {
    g_message ("%s", error->message);
  }
  if (self->hub != NULL) {
    ahoy_bus_hub_flush (self->hub);
  }
  if (self->link != NULL && ahoy_bus_link_is_open (self->link)) {
    ahoy_bus_link_flush (self->link);
    ahoy_bus_link_release_name (self->link, BUS_NAME);
    sd_bus_flush (ahoy_bus_link_get_bus (self->link));
  }
  g_signal_emit (self, signals[SIGNAL_STOPPED], 0);
}

/* Hangs up, says what there is to say on the bus, then emits “stopped”. */
void
ahoy_daemon_stop (AhoyDaemon *self)
{
  if (self->stopping) {
    return;
  }
  self->stopping = TRUE;
  ahoy_bus_manager_set_state (self->manager, "stopping");
  ahoy_core_stop_async (self->core, NULL, on_core_stopped, g_object_ref (self));
}

static void
fail (AhoyDaemon *self, AhoyError code, const char *message)
{
  if (!self->stopping && self->failure == NULL) {
    self->failure = g_error_new_literal (AHOY_ERROR, (int) code, message);
  }
}

static void
on_name_lost (AhoyBusLink *link, const char *name, AhoyDaemon *self)
{
  if (self->had_name && !self->stopping && g_str_equal (name, BUS_NAME)) {
    g_message ("Another daemon took the name %s; this one ends", name);
    ahoy_daemon_stop (self);
  }
}

static void
on_closed (AhoyBusLink *link, AhoyDaemon *self)
{
  fail (self, AHOY_ERROR_UNREACHABLE, "The bus is gone; the daemon ends");
  ahoy_daemon_stop (self);
}

static void
on_nobody (gpointer user_data)
{
  AhoySession *session = user_data;

  if (ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING &&
      ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE) {
    ahoy_session_reject (session, 480, "Nobody answered", NULL);
  }
}

/* Whoever is on the bus takes the call. */
static gboolean
on_incoming (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  AhoyDaemon *self = user_data;

  ahoy_scheduler_add (ahoy_core_get_scheduler (self->core), "nobody answers", PATIENCE, on_nobody,
                      g_object_ref (session), g_object_unref);
  return TRUE;
}

/* Sound: an engine with its workers, and what offers and answers it. */
static void
add_media (AhoyDaemon *self)
{
  static const char *const audio[] = { "audio", NULL };
  AhoyConfigObject *settings = ahoy_core_get_settings (self->core);
  g_autoptr (GError) error = NULL;

  if (self->engine != NULL) {
    return;
  }
  self->engine =
      ahoy_gst_engine_new (ahoy_config_object_get_number (settings, "media-workers"));
  self->audio = ahoy_gst_audio_handler_new (self->engine);
  ahoy_gst_engine_set_port_range (self->engine,
                                  ahoy_config_object_get_number (settings, "rtp-port-min"),
                                  ahoy_config_object_get_number (settings, "rtp-port-max"));
  if (!ahoy_core_add_extension (self->core, AHOY_TYPE_SDP_HANDLER, G_OBJECT (self->audio),
                                "audio", NULL, NULL, audio, &error)) {
    g_warning ("Calls have no sound: %s", error->message);
  }
}

static void
remove_media (AhoyDaemon *self)
{
  if (self->audio != NULL) {
    ahoy_core_remove_extension (self->core, AHOY_TYPE_SDP_HANDLER, G_OBJECT (self->audio));
  }
  g_clear_object (&self->audio);
  if (self->engine != NULL) {
    ahoy_media_engine_stop (AHOY_MEDIA_ENGINE (self->engine));
  }
  g_clear_object (&self->engine);
}

/* Calls that run keep their sound when no new ones are taken. */
static void
update_media (AhoyDaemon *self)
{
  g_autoptr (GPtrArray) sessions =
      ahoy_session_service_list_sessions (ahoy_core_get_sessions (self->core));

  if (ahoy_core_has_module (self->core, "sessions")) {
    add_media (self);
  } else if (sessions->len == 0) {
    remove_media (self);
  }
}

/* Not from inside the end of a session, whose streams are still to go. */
static void
on_last_session (gpointer user_data)
{
  AhoyDaemon *self = user_data;

  self->media_job = 0;
  update_media (self);
}

static void
on_session_removed (AhoySessionService *service, AhoySession *session, AhoyDaemon *self)
{
  if (self->engine != NULL && self->media_job == 0 && !self->stopping &&
      !ahoy_core_has_module (self->core, "sessions")) {
    self->media_job = ahoy_scheduler_add (ahoy_core_get_scheduler (self->core), "media",
                                          0, on_last_session, self, NULL);
  }
}

static void
on_module_changed (AhoyCore *core, const char *name, AhoyDaemon *self)
{
  if (g_str_equal (name, "sessions") && !self->stopping) {
    update_media (self);
  }
}

static void
ahoy_daemon_dispose (GObject *object)
{
  AhoyDaemon *self = AHOY_DAEMON (object);

  g_clear_pointer (&self->trim, ahoy_trim_free);
  self->stopping = TRUE;
  if (self->media_job != 0) {
    ahoy_scheduler_cancel (ahoy_core_get_scheduler (self->core), self->media_job);
    self->media_job = 0;
  }
  if (self->agents != NULL) {
    ahoy_bus_agents_close (self->agents);
  }
  if (self->endpoints != NULL) {
    ahoy_bus_endpoints_close (self->endpoints);
  }
  g_clear_object (&self->endpoints);
  if (self->registrations != NULL) {
    ahoy_bus_registrations_close (self->registrations);
  }
  g_clear_object (&self->registrations);
  if (self->bridges != NULL) {
    ahoy_bus_bridges_close (self->bridges);
  }
  g_clear_object (&self->bridges);
  if (self->messages != NULL) {
    ahoy_bus_messages_close (self->messages);
  }
  if (self->sessions != NULL) {
    ahoy_bus_sessions_close (self->sessions);
  }
  if (self->transports != NULL) {
    ahoy_bus_transports_close (self->transports);
  }
  if (self->hub != NULL) {
    ahoy_bus_hub_close (self->hub);
  }
  if (self->root != NULL) {
    g_object_run_dispose (G_OBJECT (self->root));
  }
  if (self->trace != NULL) {
    ahoy_bus_trace_close (self->trace);
  }
  g_clear_object (&self->trace);
  if (self->events != NULL) {
    ahoy_bus_events_close (self->events);
  }
  g_clear_object (&self->events);
  if (self->security != NULL) {
    ahoy_bus_security_close (self->security);
  }
  g_clear_object (&self->security);
  if (self->history != NULL) {
    ahoy_bus_history_close (self->history);
  }
  g_clear_object (&self->history);
  g_clear_object (&self->config);
  g_clear_object (&self->configurator);
  g_clear_object (&self->sessions);
  g_clear_object (&self->transports);
  g_clear_object (&self->hub);
  g_clear_object (&self->root);
  g_clear_object (&self->manager);
  g_clear_object (&self->messages);
  g_clear_object (&self->agents);
  if (self->audio != NULL) {
    ahoy_core_remove_extension (self->core, AHOY_TYPE_SDP_HANDLER, G_OBJECT (self->audio));
  }
  g_clear_object (&self->core);
  g_clear_object (&self->audio);
  if (self->engine != NULL) {
    ahoy_media_engine_stop (AHOY_MEDIA_ENGINE (self->engine));
  }
  g_clear_object (&self->engine);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->recordings, g_free);
  g_clear_object (&self->link);
  G_OBJECT_CLASS (ahoy_daemon_parent_class)->dispose (object);
}

static void
ahoy_daemon_class_init (AhoyDaemonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_daemon_dispose;

  signals[SIGNAL_READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STOPPED] = g_signal_new ("stopped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ahoy_daemon_init (AhoyDaemon *self)
{
  self->core = ahoy_core_new (NULL);
}

AhoyDaemon *
ahoy_daemon_new (void)
{
  return g_object_new (AHOY_TYPE_DAEMON, NULL);
}

AhoyCore *
ahoy_daemon_get_core (AhoyDaemon *self)
{
  return self->core;
}

static void
apply_folders (AhoyDaemon *self, AhoyConfigObject *settings)
{
  const char *sounds = ahoy_config_object_get_string (settings, "sounds-directory");
  const char *given = ahoy_config_object_get_string (settings, "recordings-directory");

  if (sounds == NULL || *sounds == '\0') {
    sounds = g_getenv ("AHOY_SOUNDS_DIRECTORY");
  }
  ahoy_call_router_set_folders (ahoy_core_get_router (self->core),
                                sounds != NULL ? sounds : AHOY_SOUNDS_DIRECTORY,
                                given != NULL && *given != '\0' ? given : self->recordings);
}

/* What the daemon itself takes from [core]: at the start, and after each reload. */
static void
apply_settings (AhoyDaemon *self)
{
  AhoyConfigObject *settings = ahoy_core_get_settings (self->core);

  apply_folders (self, settings);
  if (self->sessions != NULL) {
    ahoy_bus_sessions_set_linger (self->sessions,
                                  ahoy_config_object_get_duration (settings, "session-linger"));
  }
  if (self->engine != NULL) {
    ahoy_gst_engine_set_port_range (self->engine,
                                    ahoy_config_object_get_number (settings, "rtp-port-min"),
                                    ahoy_config_object_get_number (settings, "rtp-port-max"));
  }
}

static void
report_problems (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++) {
    g_autofree char *text = ahoy_config_problem_to_string (problems->pdata[i]);

    g_warning ("%s", text);
  }
}

/*
 * Reads the configuration of @folder, or the built-in one. What is wrong is said on the log; one
 * bad object does not keep the others.
 */
void
ahoy_daemon_configure (AhoyDaemon *self, const char *folder, const char *state)
{
  g_autoptr (GPtrArray) problems = NULL;

  self->recordings = g_build_filename (state, "recordings", NULL);
  g_mkdir_with_parents (self->recordings, 0750);
  self->configurator = ahoy_configurator_new (self->core, folder, state);
  self->config = ahoy_bus_config_new (self->configurator);
  ahoy_core_set_state_folder (self->core, state);
  ahoy_configurator_start (self->configurator, &problems);
  report_problems (problems);
  apply_settings (self);
  g_signal_connect_object (self->core, "reconfigured", G_CALLBACK (apply_settings), self,
                           G_CONNECT_SWAPPED);
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;

  if (!ahoy_configurator_reload_finish (AHOY_CONFIGURATOR (source), result, &changed, &problems,
                                        &error)) {
    g_message ("%s", error->message);
    return;
  }
  for (gsize i = 0; changed[i] != NULL; i++) {
    g_message ("%s", changed[i]);
  }
  report_problems (problems);
  g_message ("Reloaded: %u changes, %u problems", g_strv_length (changed), problems->len);
}

/* Reads the configuration again, for who cannot wait for the outcome: it is said on the log. */
void
ahoy_daemon_reload (AhoyDaemon *self)
{
  if (!self->stopping && self->configurator != NULL) {
    ahoy_configurator_reload_async (self->configurator, NULL, on_reloaded, NULL);
  }
}

static gboolean
check_interfaces (GError **error)
{
  return ahoy_bus_interface_is_complete (ahoy_bus_manager_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_config_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_endpoints_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_events_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_history_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_bridges_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_registrations_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_messages_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_security_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_session_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_stream_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_trace_get_interface (), error) &&
         ahoy_bus_interface_is_complete (ahoy_bus_transports_get_interface (), error);
}

/* The daemon says that it is ready. */
static void
take_name (AhoyDaemon *self)
{
  g_autoptr (GError) error = NULL;

  if (self->stopping) {
    return;
  }
  ahoy_bus_hub_speak (self->hub);
  if (!ahoy_bus_link_request_name (self->link, BUS_NAME, (self->flags & AHOY_DAEMON_REPLACE) != 0,
                                   &error)) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS)) {
      fail (self, AHOY_ERROR_EXISTS, TAKEN);
    } else {
      fail (self, AHOY_ERROR_UNREACHABLE, error->message);
    }
    ahoy_daemon_stop (self);
    return;
  }
  self->had_name = TRUE;
  ahoy_bus_manager_set_state (self->manager, "running");
  g_signal_emit (self, signals[SIGNAL_READY], 0);
}

/* Codecs are loaded now, so that no call waits for them. */
static void
on_warm (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyDaemon) self = user_data;

  ahoy_gst_engine_warm_up_finish (AHOY_GST_ENGINE (source), result, NULL);
  take_name (self);
}

static void
on_nothing_to_warm (gpointer user_data)
{
  take_name (user_data);
}

/* Everything is on the bus before the name is, and before the first request comes. Requests are
 * answered at once, while codecs are still being loaded. */
gboolean
ahoy_daemon_start (AhoyDaemon *self, AhoyBusLink *link, AhoyDaemonFlags flags,
                   GError **error)
{
  ahoy_bus_register_errors ();
  if (ahoy_core_get_settings (self->core) == NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                         "The daemon is not configured");
    return FALSE;
  }
  if (!check_interfaces (error)) {
    return FALSE;
  }
  self->link = g_object_ref (link);
  g_signal_connect_object (link, "closed", G_CALLBACK (on_closed), self, 0);
  g_signal_connect_object (link, "name-lost", G_CALLBACK (on_name_lost), self, 0);
  self->manager = ahoy_bus_manager_new (self->configurator);
  self->root = ahoy_bus_object_new (AHOY_BUS_ROOT);
  ahoy_bus_object_add (self->root, ahoy_bus_manager_get_interface (), self->manager);
  self->trace = ahoy_bus_trace_new (self->core, link, (flags & AHOY_DAEMON_SYSTEM) == 0);
  ahoy_bus_object_add (self->root, ahoy_bus_trace_get_interface (), self->trace);
  self->events = ahoy_bus_events_new (self->core, link);
  ahoy_bus_object_add (self->root, ahoy_bus_events_get_interface (), self->events);
  ahoy_bus_object_add (self->root, ahoy_bus_config_get_interface (), self->config);
  ahoy_bus_config_attach (self->config, self->root);
  self->messages = ahoy_bus_messages_new (self->core, link);
  ahoy_bus_object_add (self->root, ahoy_bus_messages_get_interface (), self->messages);
  self->history = ahoy_bus_history_new (self->core, link);
  ahoy_bus_object_add (self->root, ahoy_bus_history_get_interface (), self->history);
  self->security = ahoy_bus_security_new (self->core, link);
  ahoy_bus_object_add (self->root, ahoy_bus_security_get_interface (), self->security);
  self->hub = ahoy_bus_hub_new (link, self->root, error);
  if (self->hub == NULL) {
    return FALSE;
  }
  ahoy_bus_hub_set_trusting (self->hub, (flags & AHOY_DAEMON_SYSTEM) == 0);
  if ((self->sessions = ahoy_bus_sessions_new (self->hub, self->core, error)) == NULL ||
      (self->endpoints = ahoy_bus_endpoints_new (self->hub, self->core, self->sessions, error)) ==
          NULL ||
      (self->registrations = ahoy_bus_registrations_new (self->hub, self->core, error)) == NULL ||
      (self->bridges = ahoy_bus_bridges_new (self->hub, self->core, self->sessions, error)) ==
          NULL ||
      (self->transports = ahoy_bus_transports_new (self->hub, self->core, error)) == NULL) {
    return FALSE;
  }
  apply_settings (self);
  self->trim = ahoy_trim_new (self->core);
  self->agents = ahoy_bus_agents_new (self->core, link);
  ahoy_bus_manager_attach (self->manager, self->hub, self->root, self->sessions, self->agents,
                           self->messages);
  g_signal_connect_swapped (self->manager, "quit", G_CALLBACK (ahoy_daemon_stop), self);
  g_signal_connect_object (ahoy_core_get_sessions (self->core), "incoming",
                           G_CALLBACK (on_incoming), self, 0);
  g_signal_connect_object (ahoy_core_get_sessions (self->core), "session-removed",
                           G_CALLBACK (on_session_removed), self, 0);
  g_signal_connect_object (self->core, "module-loaded", G_CALLBACK (on_module_changed), self, 0);
  g_signal_connect_object (self->core, "module-unloaded", G_CALLBACK (on_module_changed), self, 0);
  if (!ahoy_core_start (self->core, error)) {
    return FALSE;
  }
  self->flags = flags;
  if (self->engine != NULL) {
    ahoy_gst_engine_warm_up_async (self->engine, NULL, on_warm, g_object_ref (self));
    return TRUE;
  }
  ahoy_scheduler_add (ahoy_core_get_scheduler (self->core), "ready", 0, on_nothing_to_warm,
                      g_object_ref (self), g_object_unref);
  return TRUE;
}

/* Whether it ended because it was asked to. */
gboolean
ahoy_daemon_check (AhoyDaemon *self, GError **error)
{
  if (self->failure == NULL) {
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&self->failure));
  return FALSE;
}

static int
on_owner_gone (sd_bus_track *track, void *user_data)
{
  *(gboolean *) user_data = TRUE;
  return 0;
}

/* The daemon that has our name; if it went away meanwhile, none is started for it. */
static void
ask_to_quit (AhoyBusLink *link)
{
  sd_bus *bus = ahoy_bus_link_get_bus (link);
  sd_bus_message *message = NULL;

  if (sd_bus_message_new_method_call (bus, &message, BUS_NAME, AHOY_BUS_ROOT, BUS_NAME ".Manager",
                                      "Quit") >= 0) {
    sd_bus_message_set_auto_start (message, 0);
    sd_bus_message_set_expect_reply (message, 0);
    sd_bus_send (bus, message, NULL);
  }
  sd_bus_message_unref (message);
}

static void
on_patience_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/*
 * Sees that nobody has the name, before ports are opened: two daemons would want the same ones.
 * With @replace the one that has it is asked to quit.
 */
gboolean
ahoy_daemon_clear_name (AhoyDaemon *self, AhoyBusLink *link, gboolean replace, GError **error)
{
  AhoyScheduler *scheduler = ahoy_core_get_scheduler (self->core);
  sd_bus_track *track = NULL;
  guint64 timer;
  gboolean gone = FALSE;
  gboolean late = FALSE;

  if (!ahoy_bus_link_has_owner (link, BUS_NAME)) {
    return TRUE;
  }
  if (!replace) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_EXISTS, TAKEN);
    return FALSE;
  }
  sd_bus_track_new (ahoy_bus_link_get_bus (link), &track, on_owner_gone, &gone);
  gone = sd_bus_track_add_name (track, BUS_NAME) < 0;
  ask_to_quit (link);
  timer = ahoy_scheduler_add (scheduler, "replaced daemon", REPLACE_PATIENCE * 1000,
                              on_patience_over, &late, NULL);
  while (!gone && !late && ahoy_bus_link_is_open (link)) {
    g_main_context_iteration (NULL, TRUE);
  }
  sd_bus_track_unref (track);
  if (!late) {
    ahoy_scheduler_cancel (scheduler, timer);
  }
  if (!gone) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_TIMEOUT,
                 "The daemon that has the name %s did not end within %d s; end it", BUS_NAME,
                 REPLACE_PATIENCE / 1000);
  }
  return gone;
}
