package dev.traced.assembler.trace;

/**
 * What tail sampling decided on a trace when it closed.
 *
 * @param rule the name of the rule that decided
 * @param isKept whether the trace is shown and told of; one that is dropped still has all its spans
 */
public record Verdict(String rule, boolean isKept) {}
