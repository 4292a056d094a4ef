package client;

import client.model.SdkJson;
import com.amazonaws.SdkClientException;
import com.amazonaws.opensdk.SdkRequestConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A request before it is signed. */
final class SdkCall {

    final String method;
    final boolean signed;
    final SdkRequestConfig config;
    final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private String path;
    /** Encoded, as name=value. */
    private final List<String> query = new ArrayList<>();
    byte[] body;

    SdkCall(String method, String path, boolean signed, SdkRequestConfig config) {
        this.method = method;
        this.path = path;
        this.signed = signed;
        this.config = config;
        headers.put("Accept", "application/json");
        config.getCustomQueryParams().forEach((name, values) -> values.forEach(value -> query(name, value, false)));
    }

    /** Puts a value into its place; `{name+}` keeps its slashes. */
    void path(String name, String value) {
        if (value == null || value.isEmpty()) {
            throw new SdkClientException("Missing required parameter: " + name);
        }
        boolean greedy = path.contains("{" + name + "+}");
        List<String> segments = new ArrayList<>();
        for (String segment : greedy ? value.split("/", -1) : new String[] {value}) {
            if (segment.equals(".") || segment.equals("..")) {
                throw new SdkClientException("Invalid value of " + name);
            }
            segments.add(encoded(segment));
        }
        path = path.replace("{" + name + (greedy ? "+}" : "}"), String.join("/", segments));
    }

    void query(String name, String value, boolean required) {
        if (value != null) {
            query.add(encoded(name) + "=" + encoded(value));
        } else if (required) {
            throw new SdkClientException("Missing required parameter: " + name);
        }
    }

    void header(String name, String value, boolean required) {
        if (value != null) {
            headers.put(name, value);
        } else if (required) {
            throw new SdkClientException("Missing required parameter: " + name);
        }
    }

    /** Bytes and strings are sent as they are, anything else as JSON. */
    void json(Object value) {
        if (value == null) {
            return;
        }
        String text = value instanceof String ? (String) value : value instanceof byte[] ? "" : SdkJson.write(value);
        body = value instanceof byte[] ? (byte[]) value : text.getBytes(StandardCharsets.UTF_8);
        headers.putIfAbsent("Content-Type", "application/json");
    }

    String path() {
        return path;
    }

    String query() {
        return String.join("&", query);
    }

    String sortedQuery() {
        List<String> sorted = new ArrayList<>(query);
        // By name, then by value: `a=2` comes before `a1=1`.
        sorted.sort(Comparator.comparing(pair -> pair.replace('=', '\t')));
        return String.join("&", sorted);
    }

    /** RFC 3986. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }
}
