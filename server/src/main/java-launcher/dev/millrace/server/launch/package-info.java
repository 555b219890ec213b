/**
 * The jar's entry, compiled for Java 8 so that every Java can read it and be told which one is
 * needed. It knows the name of the server's main class and nothing else.
 */
package dev.millrace.server.launch;
