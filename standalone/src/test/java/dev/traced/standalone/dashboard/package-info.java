/** The dashboard in a real browser, over a real traced. */
package dev.traced.standalone.dashboard;
