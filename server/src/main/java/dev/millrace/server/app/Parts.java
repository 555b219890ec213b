package dev.millrace.server.app;

import dev.millrace.server.http.HttpServer;
import dev.millrace.server.live.Tails;
import dev.millrace.server.storage.Storage;
import java.util.List;

/**
 * The parts of a server that have a life of their own, in the order in which they are made.
 *
 * @param drains what to tell that the server stops: each ends its streams after what is under way
 * @param closes what to close before the store, in this order
 */
record Parts(
    Storage storage,
    Tails tails,
    HttpServer http,
    List<Runnable> drains,
    List<AutoCloseable> closes) {}
