/** The clients that users have, against the real thing. */
package dev.traced.standalone.clients;
