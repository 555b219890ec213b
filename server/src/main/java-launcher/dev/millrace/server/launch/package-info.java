/**
 * The jar's entry, compiled for Java 8 so that every Java can read it and be told which one is
 * needed. It knows the names of two classes of the server, the main one and the one that makes the
 * start quick, and nothing else.
 */
package dev.millrace.server.launch;
