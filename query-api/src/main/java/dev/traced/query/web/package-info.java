/** What a browser gets: the dashboard and the libraries it is made of, and the description of the API. */
@NullMarked
package dev.traced.query.web;

import org.jspecify.annotations.NullMarked;
