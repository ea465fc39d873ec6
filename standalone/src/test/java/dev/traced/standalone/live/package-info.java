/** The live tail on a real broker. */
package dev.traced.standalone.live;
