/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-metrics"

#include "config.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lf-exposition.h"
#include "lf-metrics.h"
#include "lf-server.h"
#include "lf-streams.h"

#define COUNTER   "counter"
#define GAUGE     "gauge"
#define HISTOGRAM "histogram"

/* docs/deployment.md has a line for every family that is written here; a test compares them. */

/* One sample with one label. */
static void
count_labelled (LfExposition *out, const char *label, const char *value, guint64 count)
{
  char labels[96];

  g_snprintf (labels, sizeof labels, "%s=\"%s\"", label, value);
  lf_exposition_count (out, labels, count);
}

/* Resident memory now, from the second number of the file, in pages; 0 where the kernel does not tell. */
static guint64
read_resident_bytes (void)
{
  g_autofree char *text = NULL;
  guint64          total = 0;
  guint64          resident = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &total, &resident) != 2)
    return 0;
  return resident * (guint64) sysconf (_SC_PAGESIZE);
}

static void
write_process (LfExposition *out, LfServer *server)
{
  struct rusage usage = { 0 };

  getrusage (RUSAGE_SELF, &usage);
  lf_exposition_open (out, "lampfield_build_info", GAUGE, "1, with the version of the program.");
  count_labelled (out, "version", LF_VERSION, 1);
  lf_exposition_open (out, "lampfield_uptime_seconds", GAUGE, "Time since the server began to listen.");
  lf_exposition_seconds (out, NULL, (double) (g_get_monotonic_time () - server->started_us) / G_USEC_PER_SEC);
  lf_exposition_open (out, "process_cpu_seconds_total", COUNTER, "Processor time used, of user and system.");
  lf_exposition_seconds (out, NULL, (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
  lf_exposition_one (out, "process_resident_memory_bytes", GAUGE, "Resident memory.", read_resident_bytes ());
}

static void
write_route (const char *prefix, const LfRoute *route, const LfRouteStats *stats, gpointer user_data)
{
  LfExposition *out = user_data;

  for (guint i = 0; i < LF_ROUTE_N_STATUSES; i++)
    {
      char labels[160];

      if (stats->n_answers[i] == 0)
        continue;
      if (route != NULL)
        g_snprintf (labels, sizeof labels, "method=\"%s\",route=\"%s%s\",status=\"%u\"", route->method, prefix, route->pattern, lf_route_statuses[i]);
      else
        g_snprintf (labels, sizeof labels, "method=\"\",route=\"none\",status=\"%u\"", lf_route_statuses[i]);
      lf_exposition_count (out, labels, stats->n_answers[i]);
    }
}

static gboolean
was_used (const LfRouteStats *stats)
{
  for (guint i = 0; i < LF_ROUTE_N_STATUSES; i++)
    if (stats->n_answers[i] > 0)
      return TRUE;
  return FALSE;
}

static void
write_route_durations (const char *prefix, const LfRoute *route, const LfRouteStats *stats, gpointer user_data)
{
  char labels[160];

  if (route == NULL || !was_used (stats))
    return;
  g_snprintf (labels, sizeof labels, "method=\"%s\",route=\"%s%s\"", route->method, prefix, route->pattern);
  lf_exposition_histogram (user_data, labels, &stats->durations_us, 1e-6);
}

static void
write_http (LfExposition *out, LfServer *server)
{
  LfHttpStats stats;

  lf_http_server_get_stats (server->http, &stats);
  lf_exposition_open (out, "lampfield_connections", GAUGE, "Open connections: HTTP, and WebSockets.");
  count_labelled (out, "kind", "http", stats.n_connections);
  count_labelled (out, "kind", "websocket", stats.n_streams);
  lf_exposition_one (out, "lampfield_connections_max", GAUGE, "Connections that are taken at most, both kinds together.", server->config->max_connections);
  lf_exposition_open (out, "lampfield_connections_refused_total", COUNTER, "Connections refused, as there were too many in all or of one address.");
  count_labelled (out, "limit", "all", stats.n_refused_all);
  count_labelled (out, "limit", "address", stats.n_refused_address);
  lf_exposition_one (out, "lampfield_http_requests_cut_total", COUNTER, "Requests that were not whole at their deadline.", stats.n_cut);
  lf_exposition_open (out, "lampfield_http_requests_total", COUNTER, "Requests answered.");
  lf_router_foreach_stats (server->router, write_route, out);
  lf_exposition_open (out, "lampfield_http_request_duration_seconds", HISTOGRAM, "From a request's last byte to its answer.");
  lf_router_foreach_stats (server->router, write_route_durations, out);
}

static void
write_stream_counts (LfExposition *out, const LfStreamStats *stats, LfParking *parking)
{
  guint64 n_expired;
  guint64 n_evicted;

  lf_parking_count_lost (parking, &n_expired, &n_evicted);
  lf_exposition_open (out, "lampfield_stream_frames_received_total", COUNTER, "Frames from clients, by type.");
  for (guint i = 0; i < LF_N_FRAME_TYPES; i++)
    if (stats->n_received[i] > 0)
      count_labelled (out, "type", lf_frame_get_name (i), stats->n_received[i]);
  lf_exposition_one (out, "lampfield_stream_frames_refused_total", COUNTER, "Frames from clients that are not as the protocol says.", stats->n_refused);
  lf_exposition_one (out, "lampfield_stream_presence_deferred_total", COUNTER, "Presence that waited for room on a slow stream.", stats->n_deferred);
  lf_exposition_one (out, "lampfield_stream_presence_coalesced_total", COUNTER, "Presence that took the place of one that waited.", stats->n_coalesced);
  lf_exposition_one (out, "lampfield_stream_typing_dropped_total", COUNTER, "Signs of typing that found no room.", stats->n_typing_dropped);
  lf_exposition_open (out, "lampfield_stream_starts_total", COUNTER, "Streams that began, by how.");
  count_labelled (out, "how", "new", stats->n_started);
  count_labelled (out, "how", "resumed", stats->n_resumed);
  count_labelled (out, "how", "resume_refused", stats->n_resume_failed);
  lf_exposition_open (out, "lampfield_streams_given_up_total", COUNTER, "Streams that were kept for a resume in vain.");
  count_labelled (out, "why", "time", n_expired);
  count_labelled (out, "why", "room", n_evicted);
}

static void
write_peers (LfExposition *out, const LfPeerStats *stats)
{
  lf_exposition_open (out, "lampfield_stream_frames_sent_total", COUNTER, "Frames to clients, by type.");
  for (guint i = 0; i < LF_WS_N_KINDS; i++)
    if (stats->n_frames[i] > 0)
      count_labelled (out, "type", i == LF_WS_FRAME_CONTROL ? "control" : lf_frame_get_name (i), stats->n_frames[i]);
  lf_exposition_one (out, "lampfield_stream_writes_total", COUNTER, "System calls that wrote frames.", stats->n_writes);
  lf_exposition_open (out, "lampfield_stream_bytes_total", COUNTER, "Bytes on WebSockets.");
  count_labelled (out, "direction", "sent", stats->n_bytes_sent);
  count_labelled (out, "direction", "received", stats->n_bytes_received);
  lf_exposition_open (out, "lampfield_stream_closes_total", COUNTER, "WebSockets that ended: by close code, or cut.");
  for (guint i = 0; i < LF_PEER_N_CODES; i++)
    {
      char code[16] = "other";

      if (lf_peer_codes[i] != 0)
        g_snprintf (code, sizeof code, "%u", lf_peer_codes[i]);
      count_labelled (out, "code", code, stats->n_closed[i]);
    }
  count_labelled (out, "code", "cut", stats->n_cut);
}

static void
write_streams (LfExposition *out, LfServer *server)
{
  LfParking *parking = lf_streams_get_parking (server->streams);

  lf_exposition_open (out, "lampfield_streams", GAUGE, "Streams: with a socket, or kept for a resume.");
  count_labelled (out, "state", "live", lf_streams_count (server->streams));
  count_labelled (out, "state", "parked", lf_parking_count (parking));
  lf_exposition_one (out, "lampfield_streams_parked_bytes", GAUGE, "What is kept for a resume.", lf_parking_get_bytes (parking));
  write_stream_counts (out, lf_streams_get_stats (server->streams), parking);
  write_peers (out, lf_streams_get_peer_stats (server->streams));
}

static void
write_calls (LfExposition *out, LfServer *server)
{
  lf_exposition_open (out, "lampfield_calls", GAUGE, "Calls that are being made for people, by state.");
  for (guint i = 0; i < LF_N_CALL_STATES; i++)
    if (!lf_call_state_is_final (i))
      count_labelled (out, "state", lf_call_state_names[i], lf_calls_count (server->calls, i));
  lf_exposition_open (out, "lampfield_calls_total", COUNTER, "Calls that were made for people, by how they ended.");
  for (guint i = 0; i < LF_N_CALL_STATES; i++)
    if (lf_call_state_is_final (i))
      count_labelled (out, "outcome", lf_call_state_names[i], lf_calls_count (server->calls, i));
}

static void
write_hub (LfExposition *out, LfServer *server)
{
  LfHubStats stats;

  lf_hub_get_stats (server->hub, &stats);
  lf_exposition_one (out, "lampfield_hub_people", GAUGE, "People known.", stats.n_people);
  lf_exposition_open (out, "lampfield_hub_watches", GAUGE, "Who hears of whom: pairs, by whether the watcher has a stream.");
  count_labelled (out, "watcher", "live", stats.n_live_watches);
  count_labelled (out, "watcher", "away", stats.n_watches - stats.n_live_watches);
  lf_exposition_one (out, "lampfield_hub_sessions", GAUGE, "People's streams, those that can be resumed included.", stats.n_sessions);
  lf_exposition_one (out, "lampfield_hub_devices_in_grace", GAUGE, "Devices without a socket that are not called offline yet.", stats.n_gone);
  lf_exposition_one (out, "lampfield_hub_connectors", GAUGE, "Connectors' streams.", stats.n_connectors);
  lf_exposition_one (out, "lampfield_hub_lines", GAUGE, "Telephone lines known.", stats.n_lines);
  lf_exposition_one (out, "lampfield_hub_line_owners", GAUGE, "Phone connectors that report lines.", stats.n_line_owners);
  lf_exposition_one (out, "lampfield_hub_presence_changes_total", COUNTER, "Changes of somebody's presence.", stats.n_changes);
}

static void
write_lanes (LfExposition *out, const char *name, const char *type, const char *help, guint64 writer, guint64 reader)
{
  lf_exposition_open (out, name, type, help);
  count_labelled (out, "lane", "write", writer);
  count_labelled (out, "lane", "read", reader);
}

static void
write_store (LfExposition *out, LfServer *server)
{
  LfStoreStats writer;
  LfStoreStats reader;

  lf_store_get_stats (server->store, &writer, &reader);
  write_lanes (out, "lampfield_store_queue_length", GAUGE, "Jobs that wait for the database.", writer.n_waiting, reader.n_waiting);
  write_lanes (out, "lampfield_store_jobs_total", COUNTER, "Jobs of the database.", writer.groups.sum, reader.groups.sum);
  write_lanes (out, "lampfield_store_jobs_refused_total", COUNTER, "Jobs that found the queue full.", writer.n_refused, reader.n_refused);
  lf_exposition_one (out, "lampfield_store_jobs_lost_total", COUNTER, "Jobs whose transaction failed; none of them was acknowledged.", writer.n_lost);
  lf_exposition_open (out, "lampfield_store_group_size", HISTOGRAM, "Changes in one transaction.");
  lf_exposition_histogram (out, NULL, &writer.groups, 1);
  lf_exposition_open (out, "lampfield_store_commit_duration_seconds", HISTOGRAM, "Time of a COMMIT, the disk included.");
  lf_exposition_histogram (out, NULL, &writer.commits_us, 1e-6);
}

static void
write_accounts (LfExposition *out, LfServer *server)
{
  LfAccountsStats stats;

  lf_accounts_get_stats (server->accounts, &stats);
  lf_exposition_one (out, "lampfield_accounts_sessions", GAUGE, "Devices that are signed in, connected or not.", stats.n_sessions);
  lf_exposition_one (out, "lampfield_accounts_connector_tokens", GAUGE, "Connectors' tokens in force.", stats.n_connectors);
  lf_exposition_one (out, "lampfield_accounts_hash_queue_length", GAUGE, "Passwords that wait to be checked.", stats.n_hashes_waiting);
  lf_exposition_one (out, "lampfield_accounts_hashes_total", COUNTER, "Passwords checked.", stats.n_hashes);
  lf_exposition_open (out, "lampfield_accounts_logins_total", COUNTER, "Attempts to sign in, by their end.");
  count_labelled (out, "result", "ok", stats.n_logins);
  count_labelled (out, "result", "wrong", stats.n_logins_wrong);
  count_labelled (out, "result", "slowed", stats.n_logins_slowed);
  count_labelled (out, "result", "failed", stats.n_logins_failed);
  lf_exposition_open (out, "lampfield_accounts_refreshes_total", COUNTER, "Renewals of sessions, by their end.");
  count_labelled (out, "result", "ok", stats.n_refreshes);
  count_labelled (out, "result", "refused", stats.n_refreshes_refused);
  count_labelled (out, "result", "reused", stats.n_reused);
}

/**
 * lf_metrics_render:
 * @server: a running server
 *
 * Writes everything that the server counts, when somebody asks: on the way of a frame or a request
 * there are additions alone.
 *
 * Returns: (transfer full): the text
 */
GString *
lf_metrics_render (LfServer *server)
{
  LfExposition out = { g_string_sized_new (16384), NULL };

  g_return_val_if_fail (server != NULL && server->http != NULL, out.text);

  write_process (&out, server);
  write_http (&out, server);
  write_streams (&out, server);
  write_hub (&out, server);
  write_calls (&out, server);
  write_store (&out, server);
  write_accounts (&out, server);
  return out.text;
}
