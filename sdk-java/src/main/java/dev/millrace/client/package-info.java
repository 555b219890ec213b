/** The Java client: producing, querying, subscribing. It knows the contract, not the server. */
@NullMarked
package dev.millrace.client;

import org.jspecify.annotations.NullMarked;
