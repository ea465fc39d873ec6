package dev.traced.query.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The libraries of the dashboard: by which names its modules import them, and where their files are. Both as the jars on
 * the class path have it, versions too, so that another version is a change of one number in the pom.
 */
final class Libraries {
    private static final List<String> LIT = List.of("lit", "lit-html", "lit-element", "@lit/reactive-element");
    private static final JsonFactory JSON = new JsonFactory();
    private static final ClassLoader CLASSES = Libraries.class.getClassLoader();

    private final Map<String, String> imports = new TreeMap<>();
    private final List<String> served = new ArrayList<>();

    /** @throws IllegalStateException if the class path lacks one of them */
    Libraries() {
        Map<String, String> known = importsOfJars();
        for (String name : LIT) {
            String folder = required(known, name + "/");
            imports.put(name, required(known, name));
            imports.put(name + "/", folder);
            served.add(folder);
        }
        // Not its import map's, which loads hundreds of modules.
        String echarts = required(known, "echarts/") + "dist/echarts.esm.min.js";
        imports.put("echarts", echarts);
        served.add(echarts);
        served.add(required(known, "@fontsource/inter/") + "files/");
        served.add(folderOfWebJar("org.webjars.npm", "fontsource__jetbrains-mono") + "files/");
        served.add(swaggerUi() + "swagger-ui-bundle.js");
        served.add(swaggerUi() + "swagger-ui.css");
    }

    /** The content of the page's import map; relative to the page, which may be below a path of somebody's proxy. */
    String importMap() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("imports");
            for (Map.Entry<String, String> entry : imports.entrySet()) {
                json.writeStringField(entry.getKey(), "." + entry.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** The paths of the modules that are imported by name from the beginning: all but the charts, which come once one is drawn. */
    List<String> entryModules() {
        return LIT.stream().map(imports::get).toList();
    }

    /** Whether a path of ours, such as {@code /_static/lit/3.3.3/index.js}, is of one of them. */
    boolean have(String path) {
        return served.stream().anyMatch(path::startsWith);
    }

    private static Map<String, String> importsOfJars() {
        Map<String, String> imports = new TreeMap<>();
        try {
            for (URL map : Collections.list(CLASSES.getResources("META-INF/importmap.json"))) {
                try (InputStream in = map.openStream()) {
                    read(new String(in.readAllBytes(), UTF_8), imports);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return imports;
    }

    /** All texts of all objects, of which an import map has one. */
    private static void read(String importMap, Map<String, String> imports) throws IOException {
        try (JsonParser json = JSON.createParser(new StringReader(importMap))) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    imports.put(json.currentName(), json.getText());
                }
            }
        }
    }

    private static String required(Map<String, String> imports, String name) {
        String path = imports.get(name);
        if (path == null) {
            throw new IllegalStateException("the class path lacks the dashboard's library " + name);
        }
        return path;
    }

    /** The folder of Swagger UI, which is not the dashboard's, but of the page beside it. */
    static String swaggerUi() {
        return folderOfWebJar("org.webjars", "swagger-ui");
    }

    /** Of a WebJar that has no import map, by its version. */
    private static String folderOfWebJar(String group, String name) {
        String resource = "META-INF/maven/" + group + "/" + name + "/pom.properties";
        Properties properties = new Properties();
        try {
            properties.load(new ByteArrayInputStream(ClasspathFiles.required(resource)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "/webjars/" + name + "/" + properties.getProperty("version") + "/";
    }
}
