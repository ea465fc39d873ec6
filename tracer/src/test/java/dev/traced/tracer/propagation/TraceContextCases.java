package dev.traced.tracer.propagation;

import static dev.traced.tracer.propagation.TraceContextCase.SPAN;
import static dev.traced.tracer.propagation.TraceContextCase.TRACE;
import static dev.traced.tracer.propagation.TraceContextCase.goesOn;
import static dev.traced.tracer.propagation.TraceContextCase.startsAnew;
import static dev.traced.tracer.propagation.TraceContextCase.state;
import static dev.traced.tracer.propagation.TraceContextCase.traceparent;
import static java.util.stream.Collectors.joining;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The rules of W3C Trace Context level 2, each as requests to a service. */
final class TraceContextCases {
    private static final String IDS = TRACE + "-" + SPAN;
    private static final String OK = "traceparent: " + traceparent("01");

    private TraceContextCases() {}

    static Stream<TraceContextCase> all() {
        return Stream.of(right(), ofOtherVersions(), twiceOrNever(), wrong(), lists(), members(), limits())
                .flatMap(cases -> cases);
    }

    private static Stream<TraceContextCase> right() {
        return Stream.of(
                goesOn("sampled", "01", OK),
                goesOn("not sampled", "00", "traceparent: " + traceparent("00")),
                goesOn("random, not sampled", "02", "traceparent: " + traceparent("02")),
                goesOn("random, sampled", "03", "traceparent: " + traceparent("03")),
                goesOn("reserved flags are not passed on", "03", "traceparent: " + traceparent("ff")),
                goesOn("reserved flags alone", "00", "traceparent: " + traceparent("fc")),
                goesOn("name in upper case", "01", "TRACEPARENT: " + traceparent("01")),
                goesOn("name in mixed case", "01", "tRaCePaReNt: " + traceparent("01")),
                goesOn("space around the value", "01", "traceparent:   " + traceparent("01") + "  "),
                goesOn("tabs around the value", "01", "traceparent:\t" + traceparent("01") + "\t"),
                goesOn("no whitespace at all", "01", "traceparent:" + traceparent("01")));
    }

    private static Stream<TraceContextCase> ofOtherVersions() {
        return Stream.of(
                goesOn("version 01", "01", "traceparent: 01-" + IDS + "-01"),
                goesOn("version fe, the last one", "02", "traceparent: fe-" + IDS + "-02"),
                goesOn("a later version has more", "01", "traceparent: 7b-" + IDS + "-01-more.of=it"),
                goesOn("a later version has nothing more after its dash", "01", "traceparent: 7b-" + IDS + "-01-"),
                goesOn("a later version's unknown flags", "01", "traceparent: 7b-" + IDS + "-f1"),
                startsAnew("a later version goes on without a dash", "traceparent: 7b-" + IDS + "-01more"),
                startsAnew("a later version with flags of three digits", "traceparent: 7b-" + IDS + "-011"),
                startsAnew("a later version that is too short", "traceparent: 7b-" + IDS + "-1"),
                startsAnew("a later version without flags", "traceparent: 7b-" + IDS),
                startsAnew("a later version with a wrong id", "traceparent: 7b-" + IDS.toUpperCase() + "-01-more"),
                startsAnew("version ff", "traceparent: ff-" + IDS + "-01"),
                startsAnew("version ff with more", "traceparent: ff-" + IDS + "-01-more"),
                startsAnew("version in upper case", "traceparent: 7B-" + IDS + "-01"),
                startsAnew("version of one digit", "traceparent: 0-" + IDS + "-01"),
                startsAnew("version of three digits", "traceparent: 000-" + IDS + "-01"),
                startsAnew("version of no digits", "traceparent: xy-" + IDS + "-01"),
                startsAnew("no version", "traceparent: " + IDS + "-01"));
    }

    private static Stream<TraceContextCase> twiceOrNever() {
        String other = "traceparent: 00-00000000000000000000000000000001-0000000000000001-01";
        return Stream.of(
                startsAnew("no header"),
                startsAnew("tracestate alone", "tracestate: vendor=1"),
                startsAnew("twice, different", OK, other, "tracestate: vendor=1"),
                startsAnew("twice, the same", OK, OK),
                startsAnew("twice, of different case", OK, "Traceparent: " + traceparent("01")),
                startsAnew("twice, the second one empty", OK, "traceparent:"),
                startsAnew("twice, the first one wrong", "traceparent: 1", OK),
                startsAnew("two in one line", OK + "," + traceparent("01")),
                startsAnew("two in one line of a later version", "traceparent: 7b-" + IDS + "-01,7b-" + IDS + "-01"),
                startsAnew("another name", "trace-parent: " + traceparent("01")),
                startsAnew("yet another name", "x-traceparent: " + traceparent("01")));
    }

    private static Stream<TraceContextCase> wrong() {
        return Stream.of(
                        "",
                        "-",
                        "-".repeat(55),
                        traceparent("01") + "-",
                        traceparent("01") + "-more",
                        traceparent("01") + ".",
                        traceparent("01") + " x",
                        traceparent("1"),
                        traceparent("001"),
                        traceparent("0A"),
                        traceparent("0g"),
                        traceparent(".1"),
                        traceparent(""),
                        "00-" + IDS,
                        "00_" + IDS + "-01",
                        "00-" + TRACE + "_" + SPAN + "-01",
                        "00-" + IDS + "_01",
                        "00 - " + IDS + "-01",
                        "00-" + "0".repeat(32) + "-" + SPAN + "-01",
                        "00-" + TRACE + "-" + "0".repeat(16) + "-01",
                        "00-" + TRACE.toUpperCase() + "-" + SPAN + "-01",
                        "00-" + TRACE + "-" + SPAN.toUpperCase() + "-01",
                        "00-" + TRACE.substring(1) + "-" + SPAN + "-01",
                        "00-" + TRACE + "0-" + SPAN + "-01",
                        "00-" + TRACE + "-" + SPAN.substring(1) + "-01",
                        "00-" + TRACE + "-" + SPAN + "0-01",
                        "00-" + TRACE.substring(1) + "-" + SPAN + "0-01",
                        "00-" + TRACE.replace('7', '.') + "-" + SPAN + "-01",
                        "00-" + TRACE + "-" + SPAN.replace('b', 'x') + "-01",
                        "\"" + traceparent("01") + "\"")
                .map(value -> startsAnew("wrong", "traceparent: " + value, "tracestate: vendor=1"));
    }

    private static Stream<TraceContextCase> lists() {
        return Stream.of(
                state("none", ""),
                state("one member", "vendor=1", "tracestate: vendor=1"),
                state("order is kept", "z=1,a=2,m=3", "tracestate: z=1,a=2,m=3"),
                state("lines are one list, in order", "z=1,a=2,m=3,b=4", "tracestate: z=1,a=2", "tracestate: m=3,b=4"),
                state(
                        "lines of names in any case",
                        "z=1,a=2,m=3",
                        "TraceState: z=1",
                        "TRACESTATE: a=2",
                        "tracestate: m=3"),
                state("another name", "", "trace-state: vendor=1"),
                state("an empty list", "", "tracestate:"),
                state("an empty list among others", "z=1,a=2", "tracestate: z=1", "tracestate:", "tracestate: a=2"),
                state("whitespace alone", "", "tracestate: \t , \t"),
                state("empty members", "z=1,a=2", "tracestate: ,z=1,, ,\t,a=2,"),
                state("whitespace around members", "z=1,a=2,m=3", "tracestate: \t z=1 \t ,\ta=2\t, m=3\t"),
                state("a key twice: the left one is newer", "z=1,a=2", "tracestate: z=1,a=2,z=3"),
                state("a key twice in two lines", "z=1,a=2", "tracestate: z=1", "tracestate: a=2,z=3"),
                state("a key twice with the same value", "z=1", "tracestate: z=1,z=1"),
                state("a list that is wrong keeps no part", "", "tracestate: z=1,WRONG=2,a=3"),
                state("nor any line", "", "tracestate: z=1", "tracestate: wrong"));
    }

    private static Stream<TraceContextCase> members() {
        String key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/@";
        String value = printable();
        Stream<TraceContextCase> right = Stream.of(
                        key + "=1",
                        "5g=1",
                        "0=1",
                        "tenant@vendor=1",
                        "9tenant@vendor=1",
                        "a@=1",
                        "a@@b=1",
                        "a@b@c=1",
                        "a-_*/=1",
                        "t".repeat(241) + "@" + "v".repeat(14) + "=1",
                        "t".repeat(250) + "@v=1",
                        "t@" + "v".repeat(200) + "=1",
                        "k".repeat(256) + "=1",
                        "v=" + "x".repeat(256),
                        "v=" + " ".repeat(255) + "x",
                        "v= leading spaces belong to it",
                        "v=" + value,
                        "v=;:\"'{}[]()<>|\\~`!@#$%^&*_+-./?")
                .map(member -> state("a right member", member, "tracestate: " + member));
        Stream<TraceContextCase> wrong = Stream.of(
                        "wrong",
                        "=",
                        "=1",
                        "v=",
                        "v= ",
                        "v =1",
                        "v\t=1",
                        "v v=1",
                        "V=1",
                        "vendoR=1",
                        "ven.dor=1",
                        "ven:dor=1",
                        "@v=1",
                        "_v=1",
                        "-v=1",
                        "*v=1",
                        "/v=1",
                        "v=1=2",
                        "v==1",
                        "v=1\t2",
                        "v=caf\u00e9",
                        "k".repeat(257) + "=1",
                        "t".repeat(251) + "@vendor=1",
                        "v=" + "x".repeat(257))
                .map(member -> state("a wrong member", "", "tracestate: first=1," + member + ",last=2"));
        return Stream.concat(right, wrong);
    }

    private static String printable() {
        return IntStream.rangeClosed(' ', '~')
                .filter(c -> c != ',' && c != '=')
                .mapToObj(c -> String.valueOf((char) c))
                .collect(joining());
    }

    private static Stream<TraceContextCase> limits() {
        String of120 = "l=" + "x".repeat(118);
        String of130 = "m=" + "y".repeat(128);
        String of128 = "n=" + "z".repeat(126);
        String few = members(0, 20) + ",w=" + "x".repeat(200);
        String of512 = few + ",x=" + "y".repeat(512 - few.length() - 3);
        return Stream.of(
                state("32 members", members(0, 32), "tracestate: " + members(0, 32)),
                state(
                        "32 members in lines",
                        members(0, 32),
                        "tracestate: " + members(0, 8),
                        "tracestate: " + members(8, 32)),
                state("33 members are no list", "", "tracestate: " + members(0, 33)),
                state("33 members in lines", "", "tracestate: " + members(0, 32), "tracestate: " + members(32, 33)),
                state("33 members, one twice", "", "tracestate: " + members(0, 32) + ",v00=1"),
                state("empty members do not count", members(0, 32), "tracestate: ,,," + members(0, 32) + ",,,"),
                state("512 characters", of512, "tracestate: " + of512),
                state("513: the last large member goes", few, "tracestate: " + of512 + "y"),
                state(
                        "a large member goes first, wherever it is",
                        of120 + ",a=1," + of128 + "," + of128.replace('n', 'o') + ",z=1",
                        "tracestate: " + of130 + "," + of120 + ",a=1," + of128 + "," + of128.replace('n', 'o')
                                + ",z=1"),
                state(
                        "of large ones the last one",
                        of130 + ",a=1," + of130.replace('m', 'n') + "," + of130.replace('m', 'o'),
                        "tracestate: " + of130 + ",a=1," + of130.replace('m', 'n') + "," + of130.replace('m', 'o') + ","
                                + of130.replace('m', 'p')),
                state(
                        "without large ones, the last one",
                        of128 + "," + of128.replace('n', 'o') + "," + of128.replace('n', 'p'),
                        "tracestate: " + of128 + "," + of128.replace('n', 'o') + "," + of128.replace('n', 'p') + ","
                                + of128.replace('n', 'q')));
    }

    private static String members(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> String.format("v%02d=%d", i, i))
                .collect(joining(","));
    }
}
