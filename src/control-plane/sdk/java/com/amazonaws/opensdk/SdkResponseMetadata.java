package com.amazonaws.opensdk;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The answer that a result was read from. */
public final class SdkResponseMetadata {

    private final int httpStatusCode;
    private final Map<String, String> headers;
    private final String body;

    public SdkResponseMetadata(int httpStatusCode, Map<String, String> headers, String body) {
        this.httpStatusCode = httpStatusCode;
        Map<String, String> caseless = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        caseless.putAll(headers);
        this.headers = Collections.unmodifiableMap(caseless);
        this.body = body;
    }

    public int httpStatusCode() {
        return httpStatusCode;
    }

    public String requestId() {
        return headers.get("x-amzn-requestid");
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    public Map<String, String> headers() {
        return headers;
    }

    /** As it came; what a method without a model answers is nowhere else. */
    public String body() {
        return body;
    }
}
