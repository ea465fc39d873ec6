package dev.traced.standalone.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the README tells users to type, so that tests do. */
final class Readme {
    private Readme() {}

    /** The first block of a language below a heading. */
    static String block(String heading, String language) throws IOException {
        return block(heading, language, "");
    }

    /** The first block of a language below a heading that begins like this. */
    static String block(String heading, String language, String beginning) throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        Matcher section = Pattern.compile("(?ms)^## " + Pattern.quote(heading) + "$(.*?)(?=^## |\\z)")
                .matcher(readme);
        if (!section.find()) {
            throw new AssertionError("the README has no section " + heading);
        }
        Matcher block = Pattern.compile("(?s)```" + language + "\\n(" + Pattern.quote(beginning) + ".*?)```")
                .matcher(section.group(1));
        if (!block.find()) {
            throw new AssertionError("section " + heading + " has no block of " + language);
        }
        return block.group(1);
    }
}
