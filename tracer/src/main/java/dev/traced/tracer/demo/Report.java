package dev.traced.tracer.demo;

import dev.traced.tracer.demo.shop.Member;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is said in the end: a line for each service, and what is missing. */
final class Report {
    private final PrintWriter out;

    Report(PrintWriter out) {
        this.out = out;
    }

    void print(CpuUse cpu) {
        row("service", "CPU ms/request");
        for (Member member : Member.values()) {
            row(name(member), ms(cpu.msPerRequest(member)));
        }
        row("all", ms(cpu.msPerRequest()));
        out.flush();
    }

    /** Of a shop that somebody has closed: what was lost, service by service; of one that has not said, a question mark. */
    void print(Map<Member, Shop.Dropped> dropped) {
        if (Shop.isNothingDropped(dropped)) {
            out.println("nothing was dropped");
        } else {
            row("service", "dropped spans", "dropped logs");
            for (Member member : Member.values()) {
                Shop.Dropped lost = dropped.get(member);
                row(name(member), spans(lost), logs(lost));
            }
        }
        out.flush();
    }

    void print(Comparison compared, Map<Member, Shop.Dropped> dropped, long droppedByVisitors, CpuUse cpu) {
        row("service", "spans", "logs", "dropped spans", "dropped logs", "CPU ms/request");
        row("visitors", compared.spans("visitors"), 0, droppedByVisitors, 0, "");
        for (Member member : Member.values()) {
            String service = member.service();
            boolean hasOwn = member != Member.SIDECAR;
            Object spans = hasOwn ? compared.spans(service) : "";
            Object logs = hasOwn ? compared.logs(service) : "";
            Shop.Dropped lost = dropped.get(member);
            row(name(member), spans, logs, spans(lost), logs(lost), ms(cpu.msPerRequest(member)));
        }
        row("all", compared.spans(), compared.logs(), "", "", ms(cpu.msPerRequest()));
        compared.problems().forEach(problem -> out.println("missing: " + problem));
        out.printf("%d traces begun, %d whole and complete with their logs%n", compared.visits(), compared.whole());
        out.flush();
    }

    /** The spans that a sidecar makes are those of its service, which is in the line above. */
    private static String name(Member member) {
        return member == Member.SIDECAR ? "  its sidecar" : member.service();
    }

    private void row(Object first, Object... others) {
        StringBuilder line = new StringBuilder(String.format("%-14s", first));
        for (Object other : others) {
            line.append(String.format("%15s", other));
        }
        out.println(line.toString().stripTrailing());
    }

    private static String spans(Shop.@Nullable Dropped lost) {
        return lost == null ? "?" : Integer.toString(lost.spans());
    }

    private static String logs(Shop.@Nullable Dropped lost) {
        return lost == null ? "?" : Integer.toString(lost.logs());
    }

    private static String ms(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
