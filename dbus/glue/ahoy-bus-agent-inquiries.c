/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agent-inquiries.h"

struct _AhoyBusAgentInquiries {
  AhoyBusAgents *agents; /* not a reference: who has us goes before them */
  AhoyBusAgentKind kind;
  const char *about;
  AhoyBusAgentInquiryFunc decide;
  gpointer user_data;
  GDestroyNotify free_subject;
  GHashTable *open; /* Inquiry: those that have no answer yet */
};

typedef struct {
  AhoyBusAgentInquiries *inquiries; /* not a reference: it cancels us before it goes */
  AhoyBusQuestion *question;
  gpointer subject;
} Inquiry;

static void
inquiry_free (gpointer data)
{
  Inquiry *inquiry = data;

  if (inquiry->question != NULL) {
    ahoy_bus_question_cancel (inquiry->question);
  }
  if (inquiry->subject != NULL) {
    inquiry->inquiries->free_subject (inquiry->subject);
  }
  g_free (inquiry);
}

/* about: what the agents decide, as a warning says it; it has to last. */
AhoyBusAgentInquiries *
ahoy_bus_agent_inquiries_new (AhoyBusAgents *agents, AhoyBusAgentKind kind, const char *about,
                              AhoyBusAgentInquiryFunc decide, gpointer user_data,
                              GDestroyNotify free_subject)
{
  AhoyBusAgentInquiries *self = g_new0 (AhoyBusAgentInquiries, 1);

  self->agents = agents;
  self->kind = kind;
  self->about = about;
  self->decide = decide;
  self->user_data = user_data;
  self->free_subject = free_subject;
  self->open = g_hash_table_new_full (NULL, NULL, inquiry_free, NULL);
  return self;
}

/* Nobody is left who would say anything: all that is open is rejected. */
void
ahoy_bus_agent_inquiries_free (AhoyBusAgentInquiries *self)
{
  g_autoptr (GPtrArray) subjects = g_ptr_array_new_with_free_func (self->free_subject);
  GHashTableIter iter;
  gpointer inquiry;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, &inquiry, NULL)) {
    g_ptr_array_add (subjects, g_steal_pointer (&((Inquiry *) inquiry)->subject));
  }
  g_hash_table_remove_all (self->open);
  for (guint i = 0; i < subjects->len; i++) {
    self->decide (subjects->pdata[i], FALSE, NULL, self->user_data);
  }
  g_hash_table_unref (self->open);
  g_free (self);
}

static void
on_outcome (AhoyBusAgentOutcome outcome, const char *verdict, GVariant *changes,
            const char *agent, gpointer user_data)
{
  Inquiry *inquiry = user_data;
  AhoyBusAgentInquiries *self = inquiry->inquiries;
  GDestroyNotify free_subject = self->free_subject;
  gpointer subject = g_steal_pointer (&inquiry->subject);
  gboolean decided = outcome == AHOY_BUS_AGENT_DECIDED;
  gboolean accepted = decided && g_str_equal (verdict, "accept");

  inquiry->question = NULL; /* it is gone */
  g_hash_table_remove (self->open, inquiry);
  if (decided && !accepted && !g_str_equal (verdict, "reject") &&
      ahoy_bus_agents_note_nonsense (self->agents, agent)) {
    g_warning ("The agent %s said “%.80s” about %s; it can say accept, reject or pass", agent,
               verdict, self->about);
  }
  self->decide (subject, accepted, decided ? changes : NULL, self->user_data);
  free_subject (subject); /* we may have gone meanwhile */
}

/* subject: (transfer full): what the question is about
 *
 * Returns: FALSE when there is no agent to ask; then nothing is decided */
gboolean
ahoy_bus_agent_inquiries_ask (AhoyBusAgentInquiries *self, const char *object, GVariant *facts,
                              gpointer subject)
{
  Inquiry *inquiry = g_new0 (Inquiry, 1);

  inquiry->inquiries = self;
  inquiry->subject = subject;
  inquiry->question =
      ahoy_bus_agents_ask (self->agents, self->kind, object, facts, on_outcome, inquiry);
  if (inquiry->question == NULL) {
    inquiry_free (inquiry);
    return FALSE;
  }
  g_hash_table_add (self->open, inquiry);
  return TRUE;
}
