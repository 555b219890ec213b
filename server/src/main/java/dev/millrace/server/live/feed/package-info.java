/**
 * Answers that keep themselves up to date, and their fan-out. Start at {@link
 * dev.millrace.server.live.feed.Feed}.
 *
 * <p>A {@link dev.millrace.server.live.feed.StandingQuery} hands over whole answers; a feed
 * compares each with the one before, and its lanes bring every subscriber from the state it has to
 * the newest one. How answers are made, and what transports do with updates, isn't known here.
 */
@NullMarked
package dev.millrace.server.live.feed;

import org.jspecify.annotations.NullMarked;
