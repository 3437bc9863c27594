/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctl-table.h"
#include "ctl.h"

/* Commands about sessions. */

#define MOST_INPUT (256u * 1024 * 1024)

/* Whether somebody wrote the number of one of them for people. */
static gboolean
have_numbers (GVariant *sessions)
{
  GVariantIter iter;
  GVariant *properties;
  gboolean found = FALSE;

  g_variant_iter_init (&iter, sessions);
  while (!found && g_variant_iter_next (&iter, "(&o@a{sv})", NULL, &properties)) {
    g_autofree char *number = ctl_dup_text (properties, "DisplayNumber");

    found = number != NULL && *number != '\0';
    g_variant_unref (properties);
  }
  return found;
}

static gboolean
run_sessions (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Id", "Direction", "State", "RemoteUri", "Hold",
                                         "EndStatus", "EndReason", NULL };
  static const char *const with_numbers[] = { "Id", "Direction", "State", "RemoteUri",
                                              "DisplayNumber", "Hold", "EndStatus", "EndReason",
                                              NULL };
  g_autoptr (GVariant) sessions = ctl_list (ctl, CTL_SESSION, error);

  if (sessions == NULL) {
    return FALSE;
  }
  ctl_print_list (sessions, have_numbers (sessions) ? with_numbers : columns, ctl->json,
                  "There is no session");
  return TRUE;
}

/* The streams of the session at @path. */
static GVariant *
list_streams (Ctl *ctl, const char *path, GError **error)
{
  g_autofree char *prefix = g_strconcat (path, "/stream/", NULL);
  g_autoptr (GVariant) all = ctl_list (ctl, CTL_STREAM, error);
  GVariantBuilder builder;
  GVariantIter iter;
  const char *at;
  GVariant *properties;

  if (all == NULL) {
    return NULL;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", &at, &properties)) {
    if (g_str_has_prefix (at, prefix)) {
      g_variant_builder_add_value (&builder, properties);
    }
    g_variant_unref (properties);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
run_session (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char *path = ctl_session_path (ctl, argc > 0 ? argv[0] : NULL, "latest", error);
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) streams = NULL;

  if (path == NULL || (properties = ctl_get_all (ctl, path, CTL_SESSION, error)) == NULL ||
      (streams = list_streams (ctl, path, error)) == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    GVariantDict dict;
    g_autoptr (GVariant) both = NULL;

    g_variant_dict_init (&dict, properties);
    g_variant_dict_insert_value (&dict, "Streams", streams);
    both = g_variant_ref_sink (g_variant_dict_end (&dict));
    ctl_print_json (both);
    return TRUE;
  }
  ctl_print_properties ("Session", properties);
  for (gsize i = 0; i < g_variant_n_children (streams); i++) {
    g_autoptr (GVariant) stream = g_variant_get_child_value (streams, i);

    ctl_print_properties ("Stream", stream);
  }
  g_print ("\n");
  return TRUE;
}

/* In JSON an action says which session it was done to, and what the peer answered. */
static void
print_result (const char *path, GVariant *result)
{
  g_autoptr (GVariant) shown = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "session", "s", ctl_last_part (path));
  if (g_variant_is_of_type (result, G_VARIANT_TYPE ("(qs)"))) {
    const char *reason;
    guint16 status;

    g_variant_get (result, "(q&s)", &status, &reason);
    g_variant_dict_insert (&dict, "status", "q", status);
    g_variant_dict_insert (&dict, "reason", "s", reason);
  }
  shown = g_variant_ref_sink (g_variant_dict_end (&dict));
  ctl_print_json (shown);
}

/* A method without result. */
static gboolean
act (Ctl *ctl, const char *number, const char *state, const char *method, GVariant *arguments,
     GError **error)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  g_autofree char *path = ctl_session_path (ctl, number, state, error);
  g_autoptr (GVariant) result = NULL;

  if (path == NULL) {
    return FALSE;
  }
  result = ctl_call (ctl, path, CTL_SESSION, method, owned, error);
  if (result == NULL) {
    return FALSE;
  }
  if (g_variant_is_of_type (result, G_VARIANT_TYPE ("(qs)"))) {
    const char *reason;
    guint16 status;

    g_variant_get (result, "(q&s)", &status, &reason);
    if (status >= 300) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The peer refused: %u %s", status,
                   reason);
      return FALSE;
    }
  }
  if (ctl->json) {
    print_result (path, result);
  }
  return TRUE;
}

static const char *
nth (int argc, char **argv, int index)
{
  return argc > index ? argv[index] : NULL;
}

/* What a parser of options takes. */
static GStrv
make_words (const char *command, int argc, char **argv)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, command);
  for (int i = 0; i < argc; i++) {
    g_strv_builder_add (builder, argv[i]);
  }
  return g_strv_builder_end (builder);
}

static gboolean
run_ring (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, nth (argc, argv, 0), "waiting", "Ring", NULL, error);
}

static gboolean
run_answer (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, nth (argc, argv, 0), "waiting", "Answer", NULL, error);
}

static gboolean
run_reject (Ctl *ctl, int argc, char **argv, GError **error)
{
  guint64 status = 486;

  if (argc > 1 && !g_ascii_string_to_unsigned (argv[1], 10, 400, 699, &status, NULL)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "A call cannot be refused with “%s”; write a status of 400 to 699", argv[1]);
    return FALSE;
  }
  return act (ctl, nth (argc, argv, 0), "waiting", "Reject",
              g_variant_new ("(qs)", (guint16) status, argc > 2 ? argv[2] : ""), error);
}

static gboolean
run_redirect (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, argv[0], "waiting", "Redirect", g_variant_new ("(s)", argv[1]), error);
}

static gboolean
run_pickup (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char *ringing = ctl_session_path (ctl, argv[1], NULL, error);

  return ringing != NULL &&
         act (ctl, argv[0], NULL, "Pickup", g_variant_new ("(o)", ringing), error);
}

static gboolean
run_hangup (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) sessions = NULL;
  GVariantIter iter;
  const char *path;
  guint count = 0;

  if (argc == 0 || !g_str_equal (argv[0], "all")) {
    return act (ctl, nth (argc, argv, 0), NULL, "Hangup", NULL, error);
  }
  sessions = ctl_list (ctl, CTL_SESSION, error);
  if (sessions == NULL) {
    return FALSE;
  }
  g_variant_iter_init (&iter, sessions);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", &path, NULL)) {
    g_autoptr (GVariant) result = ctl_call (ctl, path, CTL_SESSION, "Hangup", NULL, error);

    if (result == NULL) {
      return FALSE;
    }
    count++;
  }
  if (ctl->json) {
    g_print ("{ \"sessions\": %u }\n", count);
  }
  return TRUE;
}

static gboolean
run_hold (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, nth (argc, argv, 0), "active", "Hold", NULL, error);
}

static gboolean
run_resume (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, nth (argc, argv, 0), "active", "Resume", NULL, error);
}

static gboolean
run_mute (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, nth (argc, argv, 0), NULL, "SetMuted", g_variant_new ("(b)", TRUE), error);
}

static gboolean
run_unmute (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, nth (argc, argv, 0), NULL, "SetMuted", g_variant_new ("(b)", FALSE), error);
}

static gboolean
run_volume (Ctl *ctl, int argc, char **argv, GError **error)
{
  const char *sound = argv[argc - 2];
  char *end = NULL;
  double volume = g_ascii_strtod (argv[argc - 1], &end);

  if (end == argv[argc - 1] || *end != '\0') {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "“%s” is no volume; write a number such as 0.5, and 1 for as it is",
                 argv[argc - 1]);
    return FALSE;
  }
  return act (ctl, argc > 2 ? argv[0] : NULL, NULL, "SetVolume",
              g_variant_new ("(sd)", sound, volume), error);
}

static gboolean
run_dtmf (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, argc > 1 ? argv[0] : NULL, NULL, "SendDtmf",
              g_variant_new ("(su)", argv[argc - 1], 0), error);
}

static gboolean
run_flash (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, argc > 0 ? argv[0] : NULL, NULL, "SendFlash", NULL, error);
}

static gboolean
run_transfer (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, argc > 1 ? argv[0] : NULL, "active", "Transfer",
              g_variant_new ("(s)", argv[argc - 1]), error);
}

static gboolean
run_attended (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char *other = g_strdup_printf ("/org/ahoy/Ahoy1/session/%s", argv[1]);

  if (!g_variant_is_object_path (other)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "“%s” is no session; “ahoyctl sessions” lists them", argv[1]);
    return FALSE;
  }
  return act (ctl, argv[0], "active", "AttendedTransfer", g_variant_new ("(o)", other), error);
}

/* Whom the peer is told that it talks with. */
typedef struct {
  char *name;
  char *privacy;
  char *tag;
  char **arguments;
} IdentityOptions;

static void
clear_identity (IdentityOptions *options)
{
  g_free (options->name);
  g_free (options->privacy);
  g_free (options->tag);
  g_strfreev (options->arguments);
}

static gboolean
parse_identity (int argc, char **argv, IdentityOptions *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_STRING, &options->name, "What displays show", "NAME" },
    { "privacy", 'p', 0, G_OPTION_ARG_STRING, &options->privacy,
      "What users must not see: name, number, or both with “;” between them", "PARTS" },
    { "tag", 't', 0, G_OPTION_ARG_STRING, &options->tag,
      "A word for programs on this host; it is not sent", "WORD" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->arguments, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[N] URI");
  g_auto (GStrv) words = make_words ("ahoyctl identity", argc, argv);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Tells the peer in the middle of the call whom it talks "
                                         "with, as the key send-identity of its endpoint says.");
  if (!g_option_context_parse_strv (context, &words, error)) {
    return FALSE;
  }
  if (options->arguments == NULL || g_strv_length (options->arguments) > 2) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write: ahoyctl identity [--name NAME] [--privacy PARTS] [--tag WORD] "
                         "[N] URI");
    return FALSE;
  }
  return TRUE;
}

static GVariant *
describe_identity (const char *uri, const IdentityOptions *options)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "uri", "s", uri);
  if (options->name != NULL) {
    g_variant_dict_insert (&dict, "name", "s", options->name);
  }
  if (options->privacy != NULL) {
    g_auto (GStrv) parts = g_strsplit (options->privacy, ";", -1);

    g_variant_dict_insert (&dict, "privacy", "^as", parts);
  }
  if (options->tag != NULL) {
    g_variant_dict_insert (&dict, "tag", "s", options->tag);
  }
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&dict));
}

static gboolean
run_identity (Ctl *ctl, int argc, char **argv, GError **error)
{
  IdentityOptions options = { 0 };
  gboolean good = parse_identity (argc, argv, &options, error);

  if (good) {
    guint count = g_strv_length (options.arguments);

    good = act (ctl, count > 1 ? options.arguments[0] : NULL, NULL, "SetLocalIdentity",
                describe_identity (options.arguments[count - 1], &options), error);
  }
  clear_identity (&options);
  return good;
}

static char *
absolute (const char *path)
{
  return g_canonicalize_filename (path, NULL);
}

static gboolean
play_file (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autofree char *path = absolute (argv[argc - 1]);

  return act (ctl, argc > 1 ? argv[0] : NULL, NULL, "Play", g_variant_new ("(s)", path), error);
}

/* All of the standard input, in memory: the daemon reads here and there in a file. */
static int
read_input (GError **error)
{
  int file = memfd_create ("ahoyctl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  gsize total = 0;

  for (;;) {
    char block[65536];
    gssize size = file >= 0 ? read (STDIN_FILENO, block, sizeof block) : -1;

    if (size < 0 && errno == EINTR) {
      continue;
    }
    total += size > 0 ? (gsize) size : 0;
    if (size == 0) {
      return file;
    }
    if (size < 0 || total > MOST_INPUT || write (file, block, (gsize) size) != size) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "The sound cannot be taken from the standard input: %s",
                   total > MOST_INPUT ? "it has more than 256 MiB" : g_strerror (errno));
      if (file >= 0) {
        close (file);
      }
      return -1;
    }
  }
}

static gboolean
play_input (Ctl *ctl, const char *number, GError **error)
{
  g_autofree char *path = ctl_session_path (ctl, number, NULL, error);
  g_autoptr (GUnixFDList) files = NULL;
  g_autoptr (GVariant) result = NULL;
  int file = path != NULL ? read_input (error) : -1;

  if (file < 0) {
    return FALSE;
  }
  files = g_unix_fd_list_new_from_array (&file, 1);
  result = ctl_call_with_files (ctl, path, CTL_SESSION, "PlayFd", g_variant_new ("(h)", 0), files,
                                error);
  if (result != NULL && ctl->json) {
    print_result (path, result);
  }
  return result != NULL;
}

static gboolean
run_play (Ctl *ctl, int argc, char **argv, GError **error)
{
  if (g_str_equal (argv[argc - 1], "-")) {
    return play_input (ctl, argc > 1 ? argv[0] : NULL, error);
  }
  return play_file (ctl, argc, argv, error);
}

static gboolean
run_tone (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, argc > 1 ? argv[0] : NULL, NULL, "PlayTone",
              g_variant_new ("(s)", argv[argc - 1]), error);
}

/* How a call is recorded. */
typedef struct {
  gboolean both;
  gboolean stereo;
  gboolean append;
  gboolean silent_pauses;
  int beep;
  char **arguments;
} RecordOptions;

static gboolean
parse_record (int argc, char **argv, RecordOptions *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "both", 'b', 0, G_OPTION_ARG_NONE, &options->both, "Both ends, in one channel", NULL },
    { "stereo", 's', 0, G_OPTION_ARG_NONE, &options->stereo,
      "Both ends: the peer on the left, what it hears on the right", NULL },
    { "append", 'a', 0, G_OPTION_ARG_NONE, &options->append, "Go on with the file", NULL },
    { "silent-pauses", 0, 0, G_OPTION_ARG_NONE, &options->silent_pauses,
      "A pause is as long as it was", NULL },
    { "beep", 0, 0, G_OPTION_ARG_INT, &options->beep, "Both ends hear a beep so often",
      "SECONDS" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->arguments, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[N] FILE");
  g_auto (GStrv) words = make_words ("ahoyctl record", argc, argv);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Records what the peer says, or both ends of the call, "
                                         "until “ahoyctl stop” or the end of the call.");
  if (!g_option_context_parse_strv (context, &words, error)) {
    return FALSE;
  }
  if (options->arguments == NULL || g_strv_length (options->arguments) > 2 ||
      (options->both && options->stereo) || options->beep < 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write: ahoyctl record [--both | --stereo] [--append] [--silent-pauses] "
                         "[--beep SECONDS] [N] FILE");
    return FALSE;
  }
  return TRUE;
}

static GVariant *
describe_recording (const char *path, const RecordOptions *options)
{
  const char *layout = options->stereo ? "stereo" : options->both ? "mixed" : "received";
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "layout", "s", layout);
  g_variant_dict_insert (&dict, "append", "b", options->append);
  g_variant_dict_insert (&dict, "silent-pauses", "b", options->silent_pauses);
  g_variant_dict_insert (&dict, "beep", "u", (guint) options->beep);
  return g_variant_new ("(s@a{sv})", path, g_variant_dict_end (&dict));
}

static gboolean
run_record (Ctl *ctl, int argc, char **argv, GError **error)
{
  RecordOptions options = { 0 };
  g_auto (GStrv) words = NULL;
  g_autofree char *path = NULL;
  gboolean parsed = parse_record (argc, argv, &options, error);

  words = options.arguments;
  if (!parsed) {
    return FALSE;
  }
  path = absolute (words[g_strv_length (words) - 1]);
  return act (ctl, words[1] != NULL ? words[0] : NULL, NULL, "StartRecording",
              describe_recording (path, &options), error);
}

static gboolean
run_pause (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, nth (argc, argv, 0), NULL, "PauseRecording", NULL, error);
}

static gboolean
run_continue (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, nth (argc, argv, 0), NULL, "ResumeRecording", NULL, error);
}

static gboolean
run_stop (Ctl *ctl, int argc, char **argv, GError **error)
{
  gboolean json = ctl->json;
  gboolean good;

  ctl->json = FALSE; /* one action, one answer */
  good = act (ctl, nth (argc, argv, 0), NULL, "StopPlaying", NULL, error);
  ctl->json = json;
  return good && act (ctl, nth (argc, argv, 0), NULL, "StopRecording", NULL, error);
}

static gboolean
run_echo (Ctl *ctl, int argc, char **argv, GError **error)
{
  const char *how = argv[argc - 1];

  if (!g_str_equal (how, "on") && !g_str_equal (how, "off")) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "The echo is on or off, not “%s”", how);
    return FALSE;
  }
  return act (ctl, argc > 1 ? argv[0] : NULL, NULL, "SetEcho",
              g_variant_new ("(b)", g_str_equal (how, "on")), error);
}

const CtlCommand ctl_session_commands[] = {
  { "sessions", "", "all sessions, those that ended a moment ago too", 0, 0, run_sessions },
  { "session", "[N]", "all there is to know of a session", 0, 1, run_session },
  { "ring", "[N]", "tell the caller that it rings", 0, 1, run_ring },
  { "answer", "[N]", "answer a call", 0, 1, run_answer },
  { "reject", "[N [STATUS [REASON]]]", "refuse a call (486 Busy Here)", 0, 3, run_reject },
  { "redirect", "N TARGET", "send the caller elsewhere", 2, 2, run_redirect },
  { "pickup", "N RINGING", "let a session have the call that rings at another one", 2, 2,
    run_pickup },
  { "hangup", "[N|all]", "end a session, or all", 0, 1, run_hangup },
  { "hold", "[N]", "hold the peer", 0, 1, run_hold },
  { "resume", "[N]", "take the peer back", 0, 1, run_resume },
  { "transfer", "[N] TARGET", "ask the peer to go on with somebody else", 1, 2, run_transfer },
  { "attended-transfer", "N M", "join the peers of two sessions", 2, 2, run_attended },
  { "identity", "[OPTION…] [N] URI", "tell the peer whom it talks with", 1, 9, run_identity },
  { "mute", "[N]", "silence our side", 0, 1, run_mute },
  { "unmute", "[N]", "let our side be heard again", 0, 1, run_unmute },
  { "volume", "[N] sent|received FACTOR", "make the sound of one way louder or softer", 2, 3,
    run_volume },
  { "dtmf", "[N] DIGITS", "send digits", 1, 2, run_dtmf },
  { "flash", "[N]", "tell the peer of a flash of the hook", 0, 1, run_flash },
  { "play", "[N] FILE", "play a WAV file to the peer; - is what comes in", 1, 2, run_play },
  { "tone", "[N] TONE", "play a tone: dial, ringing, busy, 440, 440+480", 1, 2, run_tone },
  { "echo", "[N] on|off", "send the peer back what it says", 1, 2, run_echo },
  { "record", "[OPTION…] [N] FILE", "record what the peer says, or both ends", 1, 9, run_record },
  { "pause-recording", "[N]", "leave out of a recording what is said now", 0, 1, run_pause },
  { "resume-recording", "[N]", "record again what is said", 0, 1, run_continue },
  { "stop", "[N]", "stop playing and recording", 0, 1, run_stop },
  { NULL, NULL, NULL, 0, 0, NULL },
};
