/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-trace-mask.h"
#include "ahoy-trace.h"

/*
 * Replaces what lets a reader act in somebody's name, or listen to a call, by as many asterisks:
 * the length stays, so Content-Length and every parser stay content. Digest responses are masked
 * because a weak password can be guessed from them.
 */

typedef struct {
  char *at;
  char *end;
} Part;

static gboolean
begins_with (const Part *part, const char *text)
{
  size_t length = strlen (text);

  return (size_t) (part->end - part->at) >= length &&
         g_ascii_strncasecmp (part->at, text, length) == 0;
}

static gboolean
is_gap (char character)
{
  return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static void
skip_gap (Part *part)
{
  while (part->at < part->end && is_gap (*part->at)) {
    part->at++;
  }
}

/* Line ends stay, or a reader would see other headers than there were. */
static void
cover (char *from, const char *to)
{
  for (; from < to; from++) {
    if (*from != '\r' && *from != '\n') {
      *from = '*';
    }
  }
}

/* The value that begins at @part: a quoted string, or up to a comma or a gap. */
static void
cover_value (Part *part)
{
  char *begin;

  skip_gap (part);
  if (part->at < part->end && *part->at == '"') {
    begin = ++part->at;
    while (part->at < part->end && *part->at != '"') {
      part->at += *part->at == '\\' && part->at + 1 < part->end ? 2 : 1;
    }
    cover (begin, part->at);
    return;
  }
  begin = part->at;
  while (part->at < part->end && *part->at != ',' && !is_gap (*part->at)) {
    part->at++;
  }
  cover (begin, part->at);
}

static gboolean
stands_alone (const Part *whole, const char *at)
{
  return at == whole->at || is_gap (at[-1]) || at[-1] == ',';
}

/* name=value, wherever the parameter stands outside of a quoted string. */
static void
cover_parameter (Part whole, const char *name)
{
  Part part = whole;

  while (part.at < part.end) {
    Part value = part;

    if (*part.at == '"') {
      for (part.at++; part.at < part.end && *part.at != '"'; part.at++) {
        part.at += *part.at == '\\' && part.at + 1 < part.end ? 1 : 0;
      }
      part.at += part.at < part.end ? 1 : 0;
      continue;
    }
    if (stands_alone (&whole, part.at) && begins_with (&part, name)) {
      value.at += strlen (name);
      skip_gap (&value);
      if (value.at < value.end && *value.at == '=') {
        value.at++;
        cover_value (&value);
        part.at = value.at;
        part.at += part.at < part.end ? 1 : 0;
        continue;
      }
    }
    part.at++;
  }
}

/* Digest keeps what tells one account from another; a scheme we do not know is all secret. */
static void
cover_credentials (Part value)
{
  Part scheme = value;

  skip_gap (&scheme);
  if (begins_with (&scheme, "Digest") && scheme.end - scheme.at > 6 && is_gap (scheme.at[6])) {
    cover_parameter (scheme, "response");
    return;
  }
  while (scheme.at < scheme.end && !is_gap (*scheme.at)) {
    scheme.at++;
  }
  for (skip_gap (&scheme); scheme.at < scheme.end; scheme.at++) {
    if (!is_gap (*scheme.at)) {
      *scheme.at = '*';
    }
  }
}

/* The value of a header, with the lines that continue it; NULL when @line is another header. */
static gboolean
header_value (const Part *line, const char *name, Part *value)
{
  *value = *line;
  if (!begins_with (line, name)) {
    return FALSE;
  }
  value->at += strlen (name);
  while (value->at < value->end && (*value->at == ' ' || *value->at == '\t')) {
    value->at++;
  }
  if (value->at == value->end || *value->at != ':') {
    return FALSE;
  }
  value->at++;
  return TRUE;
}

static void
cover_header (const Part *line)
{
  Part value;

  if (strchr ("AaPp", *line->at) == NULL) {
    return;
  }
  if (header_value (line, "Authorization", &value) ||
      header_value (line, "Proxy-Authorization", &value)) {
    cover_credentials (value);
  } else if (header_value (line, "Authentication-Info", &value) ||
             header_value (line, "Proxy-Authentication-Info", &value)) {
    cover_parameter (value, "rspauth");
  }
}

/* SDES keys (RFC 4568 §6.1), the k= line (RFC 4566 §5.12), and the password of ICE. */
static void
cover_body_line (const Part *line)
{
  Part rest = *line;

  if (strchr ("KkAa", *line->at) == NULL || line->end - line->at < 3 ||
      (line->at[1] == '=' && g_ascii_tolower (*line->at) == 'a' &&
       strchr ("IiCc", line->at[2]) == NULL)) {
    return;
  }
  if (begins_with (line, "k=") || begins_with (line, "a=ice-pwd:")) {
    rest.at = (char *) memchr (rest.at, ':', (size_t) (rest.end - rest.at));
    if (rest.at != NULL) {
      rest.at++;
      cover (rest.at, rest.end);
    }
    return;
  }
  if (!begins_with (line, "a=crypto:")) {
    return;
  }
  for (; rest.at < rest.end; rest.at++) {
    if (begins_with (&rest, "inline:")) {
      rest.at += strlen ("inline:");
      while (rest.at < rest.end && *rest.at != '|' && *rest.at != ';' && !is_gap (*rest.at)) {
        *rest.at++ = '*';
      }
    }
  }
}

static char *
end_of_line (char *at, char *end)
{
  char *feed = memchr (at, '\n', (size_t) (end - at));

  return feed != NULL ? feed : end;
}

static void
cover_all (char *at, char *end)
{
  gboolean body = FALSE;

  while (at < end) {
    char *stop = end_of_line (at, end);

    /* RFC 3261 §7.3.1: a line that begins with a blank continues the header. */
    while (!body && stop < end && stop + 1 < end && (stop[1] == ' ' || stop[1] == '\t')) {
      stop = end_of_line (stop + 1, end);
    }
    if (stop > at && stop[-1] == '\r') {
      stop--;
    }
    if (stop == at) {
      body = TRUE;
    } else if (body) {
      cover_body_line (&(Part){ at, stop });
    } else {
      cover_header (&(Part){ at, stop });
    }
    at = end_of_line (stop, end);
    at += at < end ? 1 : 0;
  }
}

/* Returns @bytes with all credentials masked, or @bytes when there are none; a new reference. */
GBytes *
ahoy_trace_mask (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *copy = NULL;
  char *begin;

  if (length == 0) {
    return g_bytes_ref (bytes);
  }
  copy = g_memdup2 (data, length);
  begin = copy;
  while (begin < copy + length && (*begin == '\r' || *begin == '\n')) {
    begin++;
  }
  cover_all (begin, copy + length);
  if (memcmp (copy, data, length) == 0) {
    return g_bytes_ref (bytes);
  }
  return g_bytes_new_take (g_steal_pointer (&copy), length);
}

/**
 * ahoy_trace_mask_header:
 * @name: the name of a header
 * @value: its value
 *
 * Covers what lets a reader of Authorization, Proxy-Authorization or Authentication-Info act in
 * somebody's name, as a trace does, before a value is shown to somebody.
 *
 * Returns: (transfer full): @value, where it is such a header with asterisks for what is covered
 *
 * Since: 0.1
 */
char *
ahoy_trace_mask_header (const char *name, const char *value)
{
  g_autofree char *line = NULL;
  gsize length;

  g_return_val_if_fail (name != NULL && value != NULL, NULL);

  line = g_strconcat (name, ":", value, NULL);
  length = strlen (line);
  if (length > 0) {
    cover_header (&(Part){ line, line + length });
  }
  return g_strdup (line + strlen (name) + 1);
}
