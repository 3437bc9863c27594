/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-trace-ladder.h"
#include "ahoy-trace-message-private.h"

/*
 * A call as people draw it: a column for each party, an arrow for each message.
 *
 *        ms  127.0.0.1:40000 (udp)         127.0.0.1:5060 (us)
 *       0.0  |---------- INVITE +SDP --------->|
 *       0.4  |<---------- 100 Trying ----------|
 */

#define GAP 36         /* characters between two columns */
#define TIME_WIDTH 10
#define MAX_COLUMNS 12 /* more parties share the last one */

typedef struct {
  GPtrArray *names; /* char *, a column each */
  guint ours;       /* a bit for each column that is an address of ours */
} Parties;

static guint
find_party (Parties *parties, GSocketAddress *address, AhoyTransportProtocol transport,
            gboolean ours)
{
  g_autofree char *host = ahoy_trace_address_to_string (address);
  g_autofree char *name =
      g_strdup_printf ("%s%s", host, transport == AHOY_TRANSPORT_PROTOCOL_TCP ? "/tcp" : "");
  guint index;

  if (g_ptr_array_find_with_equal_func (parties->names, name, g_str_equal, &index)) {
    return index;
  }
  if (parties->names->len == MAX_COLUMNS) {
    return MAX_COLUMNS - 1;
  }
  parties->ours |= ours ? 1u << parties->names->len : 0;
  g_ptr_array_add (parties->names, g_steal_pointer (&name));
  return parties->names->len - 1;
}

static void
find_ends (Parties *parties, AhoyTraceMessage *message, guint *from, guint *to)
{
  AhoyTransportProtocol transport = ahoy_trace_message_get_transport (message);
  gboolean incoming = ahoy_trace_message_is_incoming (message);

  *from = find_party (parties, ahoy_trace_message_get_source (message), transport, !incoming);
  *to = find_party (parties, ahoy_trace_message_get_destination (message), transport, incoming);
}

static char *
make_label (AhoyTraceMessage *message, gsize width)
{
  g_autoptr (GString) label = g_string_new (NULL);
  const char *summary = ahoy_trace_message_get_summary (message);
  const char *method = ahoy_trace_message_get_method (message);

  if (ahoy_trace_message_get_kind (message) == AHOY_TRACE_RESPONSE) {
    const char *end = strstr (summary, " (");

    g_string_append_len (label, summary, end != NULL ? end - summary : (gssize) strlen (summary));
    if (g_strcmp0 (method, "INVITE") != 0) {
      g_string_append_printf (label, " (%s)", method != NULL ? method : "?");
    }
  } else {
    g_string_append (label, method != NULL ? method : summary);
  }
  if (ahoy_trace_message_has_sdp (message)) {
    g_string_append (label, " +SDP");
  }
  if (ahoy_trace_message_is_repetition (message)) {
    g_string_append (label, " again");
  }
  for (char *at = label->str; *at != '\0'; at++) {
    *at = g_ascii_isprint (*at) ? *at : '?';
  }
  g_string_truncate (label, MIN (label->len, width));
  return g_string_free (g_steal_pointer (&label), FALSE);
}

/* A message to ourselves was seen twice: when it was sent, and when it came. */
static gboolean
is_arrival_of_own (GPtrArray *messages, AhoyTraceMessage *message)
{
  if (!ahoy_trace_message_is_incoming (message)) {
    return FALSE;
  }
  for (guint i = 0; i < messages->len; i++) {
    if (ahoy_trace_message_is_arrival_of (message, messages->pdata[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

/* The columns' lines with an arrow from one to another. */
static void
append_arrow (GString *text, Parties *parties, AhoyTraceMessage *message)
{
  gsize length = (gsize) (parties->names->len - 1) * GAP + 1;
  g_autofree char *row = g_strnfill (length, ' ');
  g_autofree char *label = NULL;
  guint from;
  guint to;
  gsize left;
  gsize right;
  gsize start;

  find_ends (parties, message, &from, &to);
  for (gsize i = 0; i < length; i += GAP) {
    row[i] = '|';
  }
  if (from == to) {
    label = make_label (message, GAP);
    g_string_append_printf (text, "%s  (to itself) %s", row, label);
    return;
  }
  left = (gsize) MIN (from, to) * GAP + 1;
  right = (gsize) MAX (from, to) * GAP;
  memset (row + left, '-', right - left);
  row[from < to ? right - 1 : left] = from < to ? '>' : '<';
  label = make_label (message, GAP - 8);
  start = left + (right - left - strlen (label)) / 2;
  row[start - 1] = ' ';
  memcpy (row + start, label, strlen (label));
  row[start + strlen (label)] = ' ';
  g_string_append (text, row);
}

static void
append_head (GString *text, Parties *parties)
{
  g_string_append_printf (text, "%*s  ", TIME_WIDTH, "ms");
  for (guint i = 0; i < parties->names->len; i++) {
    g_autofree char *name = g_strdup_printf ("%s%s", (char *) parties->names->pdata[i],
                                             (parties->ours & (1u << i)) != 0 ? " (us)" : "");

    if (i + 1 < parties->names->len) {
      g_string_append_printf (text, "%-*.*s ", GAP - 1, GAP - 1, name);
    } else {
      g_string_append (text, name);
    }
  }
  g_string_append_c (text, '\n');
}

/* @messages: AhoyTraceMessage, oldest first; @forgotten: how many came before them. */
char *
ahoy_trace_make_ladder (GPtrArray *messages, guint forgotten)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) text = g_string_new (NULL);
  Parties parties = { names, 0 };
  gint64 begin;

  if (messages->len == 0) {
    return g_strdup ("");
  }
  begin = ahoy_trace_message_get_time (messages->pdata[0]);
  for (guint i = 0; i < messages->len; i++) {
    guint from;
    guint to;

    find_ends (&parties, messages->pdata[i], &from, &to);
  }
  append_head (text, &parties);
  if (forgotten > 0) {
    g_string_append_printf (text, "%*s  (%u earlier messages are forgotten)\n", TIME_WIDTH, "",
                            forgotten);
  }
  for (guint i = 0; i < messages->len; i++) {
    gint64 time = ahoy_trace_message_get_time (messages->pdata[i]) - begin;

    if (is_arrival_of_own (messages, messages->pdata[i])) {
      continue;
    }
    g_string_append_printf (text, "%*.1f  ", TIME_WIDTH, (double) time / 1000);
    append_arrow (text, &parties, messages->pdata[i]);
    g_string_append_c (text, '\n');
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
