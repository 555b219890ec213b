package dev.millrace.server.demo;

import java.nio.file.Path;

/**
 * What a demo needs to know.
 *
 * @param address host and port of the server
 * @param data the directory to keep its state in
 * @param speed how many times faster than recorded the live part goes
 * @param terminal whether output can be redrawn in place
 */
public record DemoOptions(String address, Path data, double speed, boolean terminal) {}
