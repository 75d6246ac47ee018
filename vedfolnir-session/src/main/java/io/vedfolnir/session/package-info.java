// SPDX-License-Identifier: Apache-2.0

/**
 * Web sessions that a JVM service shares with a Python application.
 *
 * <p>Start at {@link io.vedfolnir.session.SessionStore}: it makes {@linkplain
 * io.vedfolnir.session.Session sessions} of {@linkplain io.vedfolnir.session.Login logins}, and
 * finds, changes, renews and ends them. {@link io.vedfolnir.session.AsyncSessionStore} has the same
 * verbs without waiting. A store is opened in a package below this one.
 *
 * <p>A session is one JSON object. Its fields are kept as the text that was read, so whatever
 * another program put there survives a change made here, value for value; only fields that are
 * asked for are decoded. Nothing is lost when two writers meet, and nothing comes back that was
 * deleted.
 */
@NullMarked
package io.vedfolnir.session;

import org.jspecify.annotations.NullMarked;
