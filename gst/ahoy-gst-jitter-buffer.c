/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <string.h>

#include "ahoy-gst-jitter-buffer.h"
#include "ahoy-gst-jitter-delay.h"

#define FIRST_SEQUENCE ((gint64)1 << 32) /* so that what is older is still positive */
#define FARTHEST ((gint64)1 << 50)       /* timestamp; only a sender that jumps gets there */
#define MAX_DELAY G_TIME_SPAN_HOUR
#define JUMP_SECONDS 2                          /* a gap in media time that nobody waits out */
#define STARVED (200 * G_TIME_SPAN_MILLISECOND) /* concealed at most, then silence */
#define NOTED (100 * G_TIME_SPAN_MILLISECOND)   /* that a first packet is late at most */
#define EXPAND_EVERY 4                          /* pulls */
#define SKIP_AFTER 25                           /* pulls with too much in store */

typedef enum { EMPTY, USED, DONE } SlotState;

typedef struct {
  SlotState state;
  gint64 sequence; /* unwrapped, as all that follow */
  gint64 timestamp;
  AhoyGstJitterPacket packet;
} Slot;

struct _AhoyGstJitterBuffer {
  guint clock_rate;
  guint n_slots;
  gsize packet_size;
  Slot *slots;
  guint8 *memory;

  gboolean started; /* a first packet has come */
  guint32 ssrc;
  gint64 highest;       /* sequence */
  gint64 next;          /* sequence that comes out next */
  gint64 newest;        /* timestamp of @highest */
  gboolean has_suspect; /* a packet far off: the next one decides */
  guint16 suspect;

  gboolean given_out; /* a packet, since the start */
  gboolean playing;
  gint64 play_at; /* timestamp that comes out next */
  guint starved;  /* units concealed without any packet */
  guint since_expand;
  guint n_excess;
  gint64 least_excess;

  AhoyGstJitterDelay delay;
  AhoyGstJitterStats stats;
};

/**
 * ahoy_gst_jitter_buffer_new:
 * @clock_rate: of the timestamps, in Hz
 * @n_packets: how many packets it holds; a power of two
 * @packet_size: how large a payload may be, in bytes
 * @min_ms: the least delay of a pull, in milliseconds
 * @max_ms: the greatest delay of a pull, in milliseconds
 *
 * Returns: (transfer full): a jitter buffer
 */
AhoyGstJitterBuffer *
ahoy_gst_jitter_buffer_new (guint clock_rate, guint n_packets, gsize packet_size, guint min_ms,
                            guint max_ms)
{
  AhoyGstJitterBuffer *self;

  g_return_val_if_fail (clock_rate > 0 && packet_size > 0 && min_ms <= max_ms, NULL);
  g_return_val_if_fail (n_packets >= 8 && (n_packets & (n_packets - 1)) == 0, NULL);

  self = g_new0 (AhoyGstJitterBuffer, 1);
  self->clock_rate = clock_rate;
  self->n_slots = n_packets;
  self->packet_size = packet_size;
  self->slots = g_new0 (Slot, n_packets);
  self->memory = g_malloc (n_packets * packet_size);
  ahoy_gst_jitter_delay_init (&self->delay, min_ms, max_ms);
  return self;
}

/**
 * ahoy_gst_jitter_buffer_free:
 * @self: (transfer full): a jitter buffer
 */
void
ahoy_gst_jitter_buffer_free (AhoyGstJitterBuffer *self)
{
  if (self == NULL) {
    return;
  }
  g_free (self->slots);
  g_free (self->memory);
  g_free (self);
}

static Slot *
slot_of (AhoyGstJitterBuffer *self, gint64 sequence)
{
  return &self->slots[sequence & (self->n_slots - 1)];
}

static gboolean
holds (AhoyGstJitterBuffer *self, gint64 sequence)
{
  Slot *slot = slot_of (self, sequence);

  return slot->state == USED && slot->sequence == sequence;
}

static gint64
to_time (AhoyGstJitterBuffer *self, gint64 timestamp)
{
  gint64 rate = self->clock_rate;

  return timestamp / rate * G_USEC_PER_SEC + timestamp % rate * G_USEC_PER_SEC / rate;
}

/**
 * ahoy_gst_jitter_buffer_reset:
 * @self: a jitter buffer
 *
 * Drops all packets and begins with the next one. Statistics go on.
 */
void
ahoy_gst_jitter_buffer_reset (AhoyGstJitterBuffer *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->n_slots; i++) {
    self->slots[i].state = EMPTY;
  }
  self->started = FALSE;
  self->given_out = FALSE;
  self->playing = FALSE;
  self->has_suspect = FALSE;
  ahoy_gst_jitter_delay_restart (&self->delay);
}

static void
start (AhoyGstJitterBuffer *self, const AhoyGstJitterPacket *packet)
{
  self->started = TRUE;
  self->ssrc = packet->ssrc;
  self->highest = self->next = FIRST_SEQUENCE | packet->sequence;
  self->newest = FIRST_SEQUENCE | packet->timestamp;
}

static void
restart (AhoyGstJitterBuffer *self, const AhoyGstJitterPacket *packet)
{
  ahoy_gst_jitter_buffer_reset (self);
  start (self, packet);
  self->stats.restarts++;
}

/* Finds the unwrapped sequence number, and whether it belongs to this stream at all. One stray
 * packet is refused; two in a row are a sender that began anew (RFC 3550 appendix A.1). */
static gboolean
place (AhoyGstJitterBuffer *self, const AhoyGstJitterPacket *packet, gint64 *sequence)
{
  gint16 ahead = (gint16)(packet->sequence - (guint16)self->highest);
  gboolean suspected = self->has_suspect && packet->sequence == self->suspect;

  *sequence = self->highest + ahead;
  self->has_suspect = FALSE;
  if (*sequence > self->highest - (gint64)self->n_slots
      && *sequence < self->next + (gint64)self->n_slots) {
    return TRUE;
  }
  if (suspected) {
    restart (self, packet);
    *sequence = self->highest;
    return TRUE;
  }
  self->has_suspect = TRUE;
  self->suspect = (guint16)(packet->sequence + 1);
  return FALSE;
}

static void
store (AhoyGstJitterBuffer *self, Slot *slot, gint64 sequence, gint64 timestamp,
       const AhoyGstJitterPacket *packet)
{
  guint8 *memory = self->memory + (gsize)(slot - self->slots) * self->packet_size;

  slot->state = USED;
  slot->sequence = sequence;
  slot->timestamp = timestamp;
  slot->packet = *packet;
  slot->packet.payload = memory;
  if (packet->size > 0) {
    memcpy (memory, packet->payload, packet->size);
  }
}

/* A packet whose turn is over. Before the first one came out, an older one still can. */
static gboolean
is_late (AhoyGstJitterBuffer *self, gint64 sequence)
{
  if (sequence >= self->next) {
    return FALSE;
  }
  if (self->given_out || sequence <= self->highest - (gint64)self->n_slots / 2) {
    return TRUE;
  }
  self->next = sequence;
  return FALSE;
}

/**
 * ahoy_gst_jitter_buffer_push:
 * @self: a jitter buffer
 * @packet: a packet of the stream; its payload is copied
 *
 * Returns: what became of it
 */
AhoyGstJitterPush
ahoy_gst_jitter_buffer_push (AhoyGstJitterBuffer *self, const AhoyGstJitterPacket *packet)
{
  gint64 sequence, timestamp;

  g_return_val_if_fail (self != NULL && packet != NULL, AHOY_GST_JITTER_REFUSED);

  self->stats.received++;
  if (packet->size > self->packet_size) {
    self->stats.refused++;
    return AHOY_GST_JITTER_REFUSED;
  }
  if (!self->started) {
    start (self, packet);
  } else if (packet->ssrc != self->ssrc || ABS (self->newest) > FARTHEST) {
    restart (self, packet);
  }
  if (!place (self, packet, &sequence)) {
    self->stats.refused++;
    return AHOY_GST_JITTER_REFUSED;
  }
  if (slot_of (self, sequence)->state != EMPTY && slot_of (self, sequence)->sequence == sequence) {
    self->stats.duplicates++;
    return AHOY_GST_JITTER_DUPLICATE;
  }
  timestamp = self->newest + (gint32)(packet->timestamp - (guint32)self->newest);
  ahoy_gst_jitter_delay_add (&self->delay, to_time (self, timestamp), packet->arrival);
  if (is_late (self, sequence)) {
    self->stats.late++;
    return AHOY_GST_JITTER_LATE;
  }
  store (self, slot_of (self, sequence), sequence, timestamp, packet);
  if (sequence < self->highest) {
    self->stats.reordered++;
  } else {
    self->highest = sequence;
    self->newest = timestamp;
  }
  return AHOY_GST_JITTER_TAKEN;
}

static Slot *
find_head (AhoyGstJitterBuffer *self)
{
  for (gint64 sequence = self->next; sequence <= self->highest; sequence++) {
    if (holds (self, sequence)) {
      return slot_of (self, sequence);
    }
  }
  return NULL;
}

static void
take (AhoyGstJitterBuffer *self, Slot *slot, AhoyGstJitterPacket *packet)
{
  self->stats.lost += (guint64)(slot->sequence - self->next);
  self->next = slot->sequence + 1;
  self->play_at = slot->timestamp + slot->packet.duration;
  self->playing = TRUE;
  self->given_out = TRUE;
  self->starved = 0;
  slot->state = DONE;
  *packet = slot->packet;
}

/* When a gap before @head is given up: the packet after the missing one would have come by then. */
static gint64
deadline_of (AhoyGstJitterBuffer *self, Slot *head)
{
  gint64 after = head->timestamp;

  if (self->playing) {
    after = MIN (after, self->play_at + (gint64)head->packet.duration);
  }
  return ahoy_gst_jitter_delay_expect (&self->delay, to_time (self, after)) + self->delay.target;
}

/**
 * ahoy_gst_jitter_buffer_get_deadline:
 * @self: a jitter buffer
 *
 * Returns: when ahoy_gst_jitter_buffer_pop() gives something though nothing comes; -1 for never
 */
gint64
ahoy_gst_jitter_buffer_get_deadline (AhoyGstJitterBuffer *self)
{
  Slot *head;

  g_return_val_if_fail (self != NULL, -1);

  head = self->started ? find_head (self) : NULL;
  return head != NULL ? deadline_of (self, head) : -1;
}

/**
 * ahoy_gst_jitter_buffer_pop:
 * @self: a jitter buffer
 * @now: the time
 * @packet: (out caller-allocates): the next packet in order
 *
 * Takes out a packet without delay, or after a gap when the missing one had its time. To be called
 * until there is none.
 *
 * Returns: whether there was one
 */
gboolean
ahoy_gst_jitter_buffer_pop (AhoyGstJitterBuffer *self, gint64 now, AhoyGstJitterPacket *packet)
{
  Slot *head;

  g_return_val_if_fail (self != NULL && packet != NULL, FALSE);

  head = self->started ? find_head (self) : NULL;
  if (head == NULL || (head->sequence != self->next && now < deadline_of (self, head))) {
    return FALSE;
  }
  take (self, head, packet);
  return TRUE;
}

/* How long ago a packet with this timestamp could have come. */
static gint64
delay_at (AhoyGstJitterBuffer *self, gint64 timestamp, gint64 now)
{
  gint64 delay = now - ahoy_gst_jitter_delay_expect (&self->delay, to_time (self, timestamp));

  return CLAMP (delay, -MAX_DELAY, MAX_DELAY);
}

static AhoyGstJitterPull
conceal (AhoyGstJitterBuffer *self, guint duration, AhoyGstJitterPacket *packet)
{
  memset (packet, 0, sizeof *packet);
  packet->duration = duration;
  self->stats.concealed++;
  return AHOY_GST_JITTER_CONCEAL;
}

static AhoyGstJitterPull
stay_silent (guint duration, AhoyGstJitterPacket *packet)
{
  memset (packet, 0, sizeof *packet);
  packet->duration = duration;
  return AHOY_GST_JITTER_SILENCE;
}

/* Nothing is there. For a while that is loss; then the sender is silent. */
static AhoyGstJitterPull
starve (AhoyGstJitterBuffer *self, guint interval, AhoyGstJitterPacket *packet)
{
  self->starved += interval;
  if (to_time (self, self->starved) > STARVED) {
    self->playing = FALSE;
    return stay_silent (interval, packet);
  }
  self->play_at += interval;
  return conceal (self, interval, packet);
}

/* Before @head there is a hole in media time. With packets missing that is loss; without, the
 * sender was silent, and the delay can be put right unheard. */
static AhoyGstJitterPull
bridge (AhoyGstJitterBuffer *self, Slot *head, gint64 now, guint interval,
        AhoyGstJitterPacket *packet)
{
  gint64 gap = head->timestamp - self->play_at;
  gint64 excess;

  if (head->sequence != self->next) {
    guint duration = (guint)MIN (gap, interval);

    self->play_at += duration;
    return conceal (self, duration, packet);
  }
  excess = (delay_at (self, self->play_at, now) - self->delay.target) * self->clock_rate
           / G_USEC_PER_SEC;
  self->play_at += CLAMP (interval + excess, 0, gap);
  return stay_silent (interval, packet);
}

/*
 * What the delay may be off before it is put right: as much as one packet moves it. Who pulls less
 * at a time, because of what is left of the last one or because of another rate, must not make it
 * less: a packet would be skipped for a little too much, and then again played for too little.
 */
static gint64
step_of (AhoyGstJitterBuffer *self, Slot *head, guint interval)
{
  return to_time (self, MAX (interval, head->packet.duration));
}

/* Too little in store, by more than half a step: play something twice, but not all at once. */
static gboolean
must_expand (AhoyGstJitterBuffer *self, gint64 delay, gint64 step)
{
  self->since_expand++;
  if (delay + step / 2 >= self->delay.target
      || self->since_expand < EXPAND_EVERY) {
    return FALSE;
  }
  self->since_expand = 0;
  self->stats.expanded++;
  return TRUE;
}

/* Too much in store, for a while: one packet can be spared. Far too much: more than one. */
static gboolean
must_skip (AhoyGstJitterBuffer *self, gint64 delay, gint64 step)
{
  gint64 excess = delay - self->delay.target;

  self->least_excess = self->n_excess == 0 ? excess : MIN (self->least_excess, excess);
  if (++self->n_excess < SKIP_AFTER && excess < self->delay.max_target) {
    return FALSE;
  }
  if (self->n_excess >= SKIP_AFTER) {
    self->n_excess = 0;
  }
  return excess > step && (self->least_excess > step || excess >= self->delay.max_target);
}

static void
skip (AhoyGstJitterBuffer *self, Slot *head)
{
  AhoyGstJitterPacket packet;

  take (self, head, &packet);
  self->stats.skipped++;
}

static gboolean
has_waited (AhoyGstJitterBuffer *self, Slot *head, gint64 now, guint interval)
{
  return delay_at (self, head->timestamp, now) + to_time (self, interval) / 2
         >= self->delay.target;
}

/* Puts the playing time at the first packet when it has waited long enough. */
static gboolean
begin_playing (AhoyGstJitterBuffer *self, Slot *head, gint64 now, guint interval)
{
  if (head == NULL || !has_waited (self, head, now, interval)) {
    return FALSE;
  }
  self->playing = TRUE;
  self->play_at = head->timestamp;
  self->starved = 0;
  self->n_excess = 0;
  self->since_expand = 0;
  return TRUE;
}

/* Drops what was concealed away, and begins anew where the sender's time jumped. */
static Slot *
find_playable (AhoyGstJitterBuffer *self)
{
  Slot *head;

  while ((head = find_head (self)) != NULL) {
    gint64 gap = head->timestamp - self->play_at;

    if (ABS (gap) > (gint64)self->clock_rate * JUMP_SECONDS) {
      self->play_at = head->timestamp;
      self->stats.restarts++;
    } else if (gap + (gint64)head->packet.duration > 0 || gap == 0) {
      break;
    } else {
      self->stats.late++;
      self->stats.lost += (guint64)(head->sequence - self->next) + 1;
      self->next = head->sequence + 1;
      head->state = DONE;
    }
  }
  return head;
}

/**
 * ahoy_gst_jitter_buffer_pull:
 * @self: a jitter buffer
 * @now: the time
 * @interval: how much is to be played now, in units of the clock rate
 * @packet: (out caller-allocates): the packet, or the duration of what to play instead
 *
 * Takes out what is to be played now. Packets longer than @interval fill more than one interval;
 * who pulls keeps what is left of them.
 *
 * Returns: what to play
 */
AhoyGstJitterPull
ahoy_gst_jitter_buffer_pull (AhoyGstJitterBuffer *self, gint64 now, guint interval,
                             AhoyGstJitterPacket *packet)
{
  Slot *head;
  gint64 delay, step;

  g_return_val_if_fail (self != NULL && packet != NULL && interval > 0, AHOY_GST_JITTER_SILENCE);

  if (!self->started) {
    return stay_silent (interval, packet);
  }
  if (!self->playing && !begin_playing (self, find_head (self), now, interval)) {
    return stay_silent (interval, packet);
  }
  head = find_playable (self);
  if (head == NULL) {
    return starve (self, interval, packet);
  }
  if (head->packet.duration == 0) {
    head->packet.duration = interval;
  }
  delay = delay_at (self, self->play_at, now);
  self->stats.delay_ms = (guint)(MAX (delay, 0) / G_TIME_SPAN_MILLISECOND);
  if (head->timestamp - self->play_at >= (gint64)MAX (interval / 2, 1)) {
    return bridge (self, head, now, interval, packet);
  }
  step = step_of (self, head, interval);
  if (must_expand (self, delay, step)) {
    return conceal (self, interval, packet);
  }
  while (must_skip (self, delay, step) && holds (self, head->sequence + 1)) {
    skip (self, head);
    head = slot_of (self, self->next);
    delay = delay_at (self, self->play_at, now);
  }
  take (self, head, packet);
  return AHOY_GST_JITTER_PACKET;
}

/**
 * ahoy_gst_jitter_buffer_note:
 * @self: a jitter buffer that got a packet
 * @timestamp: of a packet of the same stream that did not come here, before
 * @arrival: when it came
 *
 * Tells how early packets can come, for the first one may have been late: too long a delay would
 * have to be put right soon, which is heard. It is left out when the sender's time does not fit.
 */
void
ahoy_gst_jitter_buffer_note (AhoyGstJitterBuffer *self, guint32 timestamp, gint64 arrival)
{
  gint64 media_time, early;

  g_return_if_fail (self != NULL);

  if (!self->started) {
    return;
  }
  media_time = to_time (self, self->newest + (gint32)(timestamp - (guint32)self->newest));
  early = ahoy_gst_jitter_delay_expect (&self->delay, media_time) - arrival;
  if (early > 0 && early < NOTED) {
    ahoy_gst_jitter_delay_add (&self->delay, media_time, arrival);
  }
}

/**
 * ahoy_gst_jitter_buffer_is_filling:
 * @self: a jitter buffer
 * @now: the time
 * @interval: how much would be played now, in units of the clock rate
 *
 * Returns: whether there are packets, the first of which has to wait until it is played
 */
gboolean
ahoy_gst_jitter_buffer_is_filling (AhoyGstJitterBuffer *self, gint64 now, guint interval)
{
  Slot *head;

  g_return_val_if_fail (self != NULL, FALSE);

  head = self->started && !self->playing ? find_head (self) : NULL;
  return head != NULL && !has_waited (self, head, now, interval);
}

/**
 * ahoy_gst_jitter_buffer_is_empty:
 * @self: a jitter buffer
 *
 * Returns: whether no packet waits
 */
gboolean
ahoy_gst_jitter_buffer_is_empty (AhoyGstJitterBuffer *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return !self->started || find_head (self) == NULL;
}

/**
 * ahoy_gst_jitter_buffer_drain:
 * @self: a jitter buffer
 * @interval: how much to make up for at most, in units of the clock rate
 * @packet: (out caller-allocates): the packet, or the duration of what to play instead
 *
 * Takes out what would be played next, before its time: nothing follows. What is missing before a
 * packet, or after the last one, is to be concealed; where the sender was silent nothing is.
 *
 * Returns: what to play
 */
AhoyGstJitterPull
ahoy_gst_jitter_buffer_drain (AhoyGstJitterBuffer *self, guint interval,
                              AhoyGstJitterPacket *packet)
{
  Slot *head = NULL;

  g_return_val_if_fail (self != NULL && packet != NULL && interval > 0, AHOY_GST_JITTER_SILENCE);

  if (self->started) {
    head = self->playing ? find_playable (self) : find_head (self);
  }
  if (head == NULL) {
    return conceal (self, interval, packet);
  }
  if (self->playing && head->sequence != self->next
      && head->timestamp - self->play_at >= (gint64)MAX (interval / 2, 1)) {
    guint duration = (guint)MIN (head->timestamp - self->play_at, interval);

    self->play_at += duration;
    return conceal (self, duration, packet);
  }
  if (head->packet.duration == 0) {
    head->packet.duration = interval;
  }
  take (self, head, packet);
  return AHOY_GST_JITTER_PACKET;
}

/**
 * ahoy_gst_jitter_buffer_get_stats:
 * @self: a jitter buffer
 * @stats: (out caller-allocates): what happened so far
 */
void
ahoy_gst_jitter_buffer_get_stats (AhoyGstJitterBuffer *self, AhoyGstJitterStats *stats)
{
  g_return_if_fail (self != NULL && stats != NULL);

  *stats = self->stats;
  stats->target_ms = (guint)(self->delay.target / G_TIME_SPAN_MILLISECOND);
}
