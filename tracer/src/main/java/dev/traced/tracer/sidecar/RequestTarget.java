package dev.traced.tracer.sidecar;

/** The parts of a request line's target (RFC 9112, section 3.2), taken apart and never decoded. */
final class RequestTarget {
    private RequestTarget() {}

    /** What goes on to the service, byte for byte: of the absolute form what follows the authority. */
    static String originForm(String target) {
        int authority = authority(target);
        if (authority < 0) {
            return ascii(target);
        }
        String rest = target.substring(authorityEnd(target, authority));
        return ascii(rest.startsWith("/") ? rest : "/" + rest);
    }

    /** Bytes that may not be in a target, and would be sent as others, in the form that means the same. */
    private static String ascii(String target) {
        if (target.chars().allMatch(c -> c < 0x80)) {
            return target;
        }
        StringBuilder ascii = new StringBuilder(target.length() + 16);
        target.chars().forEach(c -> ascii.append(c < 0x80 ? Character.toString(c) : String.format("%%%02X", c)));
        return ascii.toString();
    }

    /** The authority of the absolute form, which goes before the header Host; empty for the other forms. */
    static String authorityOf(String target) {
        int start = authority(target);
        String authority = start < 0 ? "" : target.substring(start, authorityEnd(target, start));
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    /** The path without the query. */
    static String path(String target) {
        String form = originForm(target);
        int query = form.indexOf('?');
        return query < 0 ? form : form.substring(0, query);
    }

    private static int authority(String target) {
        return target.startsWith("/") || !target.regionMatches(true, 0, "http://", 0, 7) ? -1 : 7;
    }

    private static int authorityEnd(String target, int start) {
        int end = start;
        while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        return end;
    }
}
