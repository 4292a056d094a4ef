package com.amazonaws.opensdk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one request has besides its parameters. */
public final class SdkRequestConfig {

    public static final SdkRequestConfig NO_OP = builder().build();

    private final Map<String, String> customHeaders;
    private final Map<String, List<String>> customQueryParams;
    private final Integer httpRequestTimeout;
    private final Integer totalExecutionTimeout;

    private SdkRequestConfig(Builder builder) {
        customHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(builder.customHeaders));
        customQueryParams = Collections.unmodifiableMap(new LinkedHashMap<>(builder.customQueryParams));
        httpRequestTimeout = builder.httpRequestTimeout;
        totalExecutionTimeout = builder.totalExecutionTimeout;
    }

    public Map<String, String> getCustomHeaders() {
        return customHeaders;
    }

    public Map<String, List<String>> getCustomQueryParams() {
        return customQueryParams;
    }

    public Integer getHttpRequestTimeout() {
        return httpRequestTimeout;
    }

    public Integer getTotalExecutionTimeout() {
        return totalExecutionTimeout;
    }

    public static Builder builder() {
        return new Builder();
    }

    public static final class Builder {

        private final Map<String, String> customHeaders = new LinkedHashMap<>();
        private final Map<String, List<String>> customQueryParams = new LinkedHashMap<>();
        private Integer httpRequestTimeout;
        private Integer totalExecutionTimeout;

        private Builder() {
        }

        /** A header of the request; it is sent instead of one of that name that the client would send. */
        public Builder customHeader(String name, String value) {
            customHeaders.put(name, value);
            return this;
        }

        /** One more query parameter of the request. */
        public Builder customQueryParam(String name, String value) {
            customQueryParams.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
            return this;
        }

        /** Instead of the client's, in milliseconds. */
        public Builder httpRequestTimeout(int httpRequestTimeout) {
            this.httpRequestTimeout = httpRequestTimeout;
            return this;
        }

        /** Instead of the client's, in milliseconds. */
        public Builder totalExecutionTimeout(int totalExecutionTimeout) {
            this.totalExecutionTimeout = totalExecutionTimeout;
            return this;
        }

        public SdkRequestConfig build() {
            return new SdkRequestConfig(this);
        }
    }
}
