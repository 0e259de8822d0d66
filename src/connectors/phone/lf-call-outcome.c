/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include "lf-call-outcome.h"

typedef struct
{
  int          status;
  LfCallState  state;
  LfCallReason reason;
} Row;

/* Answers to the INVITE to the person's own telephone. */
static const Row own_rows[] = {
  { 401, LF_CALL_FAILED, LF_CALL_REASON_REFUSED },
  { 403, LF_CALL_FAILED, LF_CALL_REASON_REFUSED },
  { 404, LF_CALL_FAILED, LF_CALL_REASON_NOT_REGISTERED },
  { 407, LF_CALL_FAILED, LF_CALL_REASON_REFUSED },
  { 408, LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE },
  { 410, LF_CALL_FAILED, LF_CALL_REASON_NOT_REGISTERED },
  { 480, LF_CALL_FAILED, LF_CALL_REASON_NOT_REGISTERED },
  { 486, LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE },
  { 487, LF_CALL_CANCELLED, LF_CALL_REASON_NONE },
  { 488, LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED },
  { 600, LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE },
  { 603, LF_CALL_FAILED, LF_CALL_REASON_OWN_PHONE },
  { 604, LF_CALL_FAILED, LF_CALL_REASON_NOT_REGISTERED },
  { 606, LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED },
};

/* Answers to the INVITE to the other end, by this connector or by the person's telephone. */
static const Row other_rows[] = {
  { 401, LF_CALL_FAILED, LF_CALL_REASON_REFUSED },
  { 403, LF_CALL_FAILED, LF_CALL_REASON_REFUSED },
  { 404, LF_CALL_FAILED, LF_CALL_REASON_NUMBER_UNKNOWN },
  { 407, LF_CALL_FAILED, LF_CALL_REASON_REFUSED },
  { 408, LF_CALL_NO_ANSWER, LF_CALL_REASON_NONE },
  { 410, LF_CALL_FAILED, LF_CALL_REASON_NUMBER_UNKNOWN },
  { 480, LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE },
  { 484, LF_CALL_FAILED, LF_CALL_REASON_NUMBER_UNKNOWN },
  { 485, LF_CALL_FAILED, LF_CALL_REASON_NUMBER_UNKNOWN },
  { 486, LF_CALL_BUSY, LF_CALL_REASON_NONE },
  { 487, LF_CALL_NO_ANSWER, LF_CALL_REASON_NONE },
  { 488, LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED },
  { 600, LF_CALL_BUSY, LF_CALL_REASON_NONE },
  { 603, LF_CALL_DECLINED, LF_CALL_REASON_NONE },
  { 604, LF_CALL_FAILED, LF_CALL_REASON_NUMBER_UNKNOWN },
  { 606, LF_CALL_FAILED, LF_CALL_REASON_UNSUPPORTED },
  { 607, LF_CALL_DECLINED, LF_CALL_REASON_NONE },
};

static LfCallEnd
find (const Row *rows, gsize n_rows, int status)
{
  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].status == status)
      return (LfCallEnd){ rows[i].state, rows[i].reason };
  /* sofia-sip makes up 503 where there is no connection, and numbers from 700 on for its own faults */
  if (status == 503 || status >= 700)
    return (LfCallEnd){ LF_CALL_FAILED, LF_CALL_REASON_LINK_LOST };
  return (LfCallEnd){ LF_CALL_FAILED, LF_CALL_REASON_UNAVAILABLE };
}

/**
 * lf_call_end_of_own:
 * @status: final answer to the INVITE to the person's own telephone, from 300 on
 *
 * Source: RFC 3261 section 21.
 *
 * Returns: what the call has come to
 */
LfCallEnd
lf_call_end_of_own (int status)
{
  return find (own_rows, G_N_ELEMENTS (own_rows), status);
}

/**
 * lf_call_end_of_other:
 * @status: final answer to the INVITE to the other end, from 300 on
 *
 * Source: RFC 3261 section 21, RFC 8197.
 *
 * Returns: what the call has come to
 */
LfCallEnd
lf_call_end_of_other (int status)
{
  return find (other_rows, G_N_ELEMENTS (other_rows), status);
}
